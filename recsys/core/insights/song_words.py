"""What a song is in each of its features, in as few words as there are: "calm", "acoustic", "no vocals", "1990s"."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.core.insights.placement import Yardstick
from recsys.core.insights.wording import MIDDLING
from recsys.core.model.arrays import Doubles
from recsys.core.model.features import NUMBER_FEATURES, feature

OUTER: Final = 0.4307
"""How far from the catalogue's median, in steps of its spread, its lowest and its highest third begin."""

YEAR: Final = feature("year")
_NAMED: Final = tuple(f for f in NUMBER_FEATURES if f.scale == "rank")
_MIDDLES: Final = {f.name: (f.low + f.high) / 2 for f in NUMBER_FEATURES}
_MIDDLES.update({name: (low + high) / 2 for name, (low, high) in MIDDLING.items()}, speechiness=0.1)
"""The raw value below which the low end's word may be said, and above which the high end's; rap begins at about 0.1."""


@dataclass(frozen=True)
class SongWords:
    """
    The words for songs of a catalogue.

    A song is called after an end where it is among the third of the catalogue nearest to it and its value is on that
    side of the middle, too: the least intense song of a metal catalogue is not calm. Of a year the decade is said.
    Tempo has no ends, as 70 and 140 beats per minute may be the same.

    Attributes
    ----------
    low, high : (features, 1)
        The positions below and above which songs are called after an end.
    """

    low: Doubles
    high: Doubles

    @classmethod
    def of(cls, yardstick: Yardstick) -> "SongWords":
        """The words for songs that a yardstick places."""
        middles = [float(yardstick.transforms[f.name].transform(np.array([_MIDDLES[f.name]]))[0]) for f in _NAMED]
        places = np.array(middles)[:, None]
        return cls(np.minimum(places, -OUTER), np.maximum(places, OUTER))

    def words(self, positions: Mapping[str, Doubles], years: Doubles) -> dict[str, list[str]]:
        """
        By feature name a word per song ("" where its value is unknown or between the two ends); empty without songs.

        Parameters
        ----------
        positions : mapping of feature name to array (songs,)
            Where the songs lie in the catalogue (`placement.Yardstick.positions`); NaN where unknown.
        years : (songs,)
            When they were released; NaN where unknown.
        """
        placed = np.array([positions[f.name] for f in _NAMED])
        ends = 1 + (placed > self.high).astype(np.int64) - (placed < self.low)  # 1 where NaN
        words = {
            f.name: [(f.low_short, "", f.high_short)[end] for end in row]
            for f, row in zip(_NAMED, ends.tolist(), strict=True)
        }
        return words | {YEAR.name: ["" if year != year else f"{year // 10 * 10:.0f}s" for year in years.tolist()]}
