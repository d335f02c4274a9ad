"""What a song is in each of its features, in as few words as there are: "calm", "no vocals", "1990s", "112 bpm"."""

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

AVERAGE: Final = "average"
"""The word for a song in the middle third of the catalogue."""

YEAR: Final = feature("year")
TEMPO: Final = feature("tempo")
_NAMED: Final = tuple(f for f in NUMBER_FEATURES if f.scale == "rank")
_MIDDLES: Final = {f.name: (f.low + f.high) / 2 for f in NUMBER_FEATURES}
_MIDDLES.update({name: (low + high) / 2 for name, (low, high) in MIDDLING.items()}, speechiness=0.1)
"""The raw value below which the low end's word may be said, and above which the high end's; rap begins at about 0.1."""

_UNKNOWN: Final = 3
_WORDS: Final = {
    f.name: {-2: f.low_short, -1: f.less, 0: AVERAGE, 1: f.more, 2: f.high_short, _UNKNOWN: ""} for f in _NAMED
}
"""From the lowest to the highest."""


@dataclass(frozen=True)
class SongWords:
    """
    The words for songs of a catalogue.

    A song is called after an end where it is among the third of the catalogue nearest to it and its value is on that
    side of the middle, too: the least intense song of a metal catalogue is not calm, but calmer. In the middle third it
    is average. A year is named by its decade, a tempo by its beats per minute: 70 and 140 may be the same pulse.

    Attributes
    ----------
    low, high : (features, 1)
        The positions below and above which songs are called after an end. In an outer third, but nearer to the median,
        they are called after the direction ("calmer").
    """

    low: Doubles
    high: Doubles

    @classmethod
    def of(cls, yardstick: Yardstick) -> "SongWords":
        """The words for songs that a yardstick places."""
        middles = [float(yardstick.transforms[f.name].transform(np.array([_MIDDLES[f.name]]))[0]) for f in _NAMED]
        places = np.array(middles)[:, None]
        return cls(np.minimum(places, -OUTER), np.maximum(places, OUTER))

    def words(self, positions: Mapping[str, Doubles], years: Doubles, tempos: Doubles) -> dict[str, list[str]]:
        """
        By feature name a word per song ("" where its value is unknown); empty without songs.

        Parameters
        ----------
        positions : mapping of feature name to array (songs,)
            Where the songs lie in the catalogue (`placement.Yardstick.positions`); NaN where unknown.
        years, tempos : (songs,)
            When they were released, and their beats per minute; NaN where unknown.
        """
        placed = np.array([positions[f.name] for f in _NAMED])
        beyond = [placed > OUTER, placed > self.high], [placed < -OUTER, placed < self.low]
        up, down = (np.sum(sides, axis=0) for sides in beyond)
        steps = np.where(np.isnan(placed), _UNKNOWN, up - down)
        words = {f.name: [_WORDS[f.name][step] for step in row] for f, row in zip(_NAMED, steps.tolist(), strict=True)}
        return words | {
            YEAR.name: ["" if year != year else f"{year // 10 * 10:.0f}s" for year in years.tolist()],
            TEMPO.name: ["" if tempo != tempo else f"{tempo:.0f} bpm" for tempo in tempos.tolist()],
        }
