"""Which stretches of a catalogue can hold a song like a profile, known without looking at the songs.

Songs that point the same way stand side by side: in the same part of the octave, on the same side of the median. In a
stretch whose songs all point away from the profile in some features, no song can be closer than the others allow:
with p_f = w_f |y_f|² the weight of feature f in a profile y, and A the features in which x may point its way,

    cos_w(x, y)² <= Σ_{f in A} p_f cos²(angle_f) / Σ_f p_f

by the inequality of Cauchy and Schwarz, for any weights (the angle is 0 but for tempo). No index of distances can do
that, because each move of a slider makes another distance; on which side of a median a song stands no slider changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from recsys.core.model.arrays import Doubles, Floats, Integers, Mask, Matrix
from recsys.core.model.features import FEATURES, NUMBER_FEATURES
from recsys.core.model.scaling import FIRST_AXIS, SCALED, Columns

BLOCK_ROWS: Final = 4096
"""Songs judged as one: reading so many takes about as long as beginning anew behind them."""

FIRST: Final = 10_000
SECTORS: Final = 8
LEADING: Final = (
    "tempo",
    "instrumentalness",
    "speechiness",
    "year",
    "acousticness",
    "valence",
    "danceability",
    "energy",
)
"""Features by which songs are put side by side: first those in which libraries differ most from a catalogue (shares of
real profiles: instrumentalness .28 to .38, speechiness .02 to .36, year .06 to .26), but tempo before all, because its
two axes may hold nine tenths of a profile without a taste in anything else."""

TEMPO: Final = [f.name for f in FEATURES].index("tempo")
FIRST_SCALED_AXIS: Final = FIRST_AXIS[SCALED]


class Block(NamedTuple):
    """A run of rows of which the same features are known: start, stop, and the row of `Catalogue.patterns`."""

    start: int
    stop: int
    pattern: int


@dataclass(frozen=True)
class BlockBounds:
    """
    Where the songs of each stretch point.

    Attributes
    ----------
    stretches : (stretches, 3) int64
        A `Block` in each row, in order of rows.
    rises, falls : (features scaled by rank, stretches) bool
        Whether a song of the stretch stands above, below the median.
    middles, widths : (stretches,) float64
        The arc of tempos in radians: its middle, and how far from it songs stray.
    known : (features, stretches) bool
    """

    blocks: Integers
    rises: Mask
    falls: Mask
    middles: Doubles
    widths: Doubles
    known: Mask

    @classmethod
    def of(cls, axes: Floats, patterns: Mask, chunks: Iterable[Block]) -> "BlockBounds":
        """Of the axes of a catalogue (NUMBER_AXES, songs), the patterns (patterns, features) and the pieces in it."""
        blocks = np.array(cut(chunks, BLOCK_ROWS), dtype=np.int64).reshape(-1, 3)
        rises, falls = np.zeros((2, len(SCALED), len(blocks)), dtype=bool)
        middles, widths = np.zeros((2, len(blocks)))
        for number, (start, stop, _) in enumerate(blocks.tolist()):
            piece = axes[FIRST_SCALED_AXIS, start:stop]
            rises[:, number], falls[:, number] = piece.max(axis=1) > 0, piece.min(axis=1) < 0
            middles[number], widths[number] = _arc(*axes[FIRST_AXIS[TEMPO] : FIRST_AXIS[TEMPO] + 2, start:stop])
        return cls(blocks, rises, falls, middles, widths, patterns[blocks[:, 2]].T)

    def upper_bounds(self, centre: Floats, shares: Matrix) -> Matrix:
        """
        The highest squared cosine that each stretch can hold, times the squared length of the profile, (stretches,).

        Parameters
        ----------
        centre : (axes,)
            The profile.
        shares : (features,)
            Its squared length within each feature, times the weight.
        """
        rising = centre[FIRST_SCALED_AXIS, None] > 0
        found = shares[SCALED] @ np.where(rising, self.rises, self.falls)
        cos, sin = centre[FIRST_AXIS[TEMPO] : FIRST_AXIS[TEMPO] + 2]
        apart = np.abs(np.remainder(np.arctan2(sin, cos) - self.middles + np.pi, 2 * np.pi) - np.pi)
        towards = np.cos(np.clip(apart - self.widths, 0, np.pi / 2))
        found += shares[TEMPO] * self.known[TEMPO] * towards**2
        return np.asarray(found + shares[-1] * self.known[-1])

    def runs(self, is_wanted: Mask, longest: int) -> list[Block]:
        """Stretches (stretches,) that are wanted, joined to pieces of at most so many rows."""
        starts, stops, patterns = self.blocks[is_wanted].T
        is_joined = (starts[1:] == stops[:-1]) & (patterns[1:] == patterns[:-1])
        first, last = np.append(True, ~is_joined)[: len(starts)], np.append(~is_joined, True)[: len(starts)]
        runs = zip(starts[first].tolist(), stops[last].tolist(), patterns[first].tolist(), strict=True)
        return cut(map(Block._make, runs), longest)


def cut(runs: Iterable[Block], longest: int) -> list[Block]:
    """Runs of rows in pieces of at most so many rows."""
    return [
        Block(at, min(at + longest, stop), pattern)
        for start, stop, pattern in runs
        for at in range(start, stop, longest)
    ]


def cluster_key(columns: Columns) -> Integers:
    """
    A number for each track (n,), by which sorting brings tracks together that point the same way.

    Medians are those of the first tracks: nothing but speed depends on them.
    """
    number = np.zeros(len(columns[0]), dtype=np.int64)
    by_name = {f.name: (f, column) for f, column in zip(NUMBER_FEATURES, columns, strict=True)}
    for name in LEADING:
        feature, column = by_name[name]
        if feature.scale == "octave":
            turns = np.nan_to_num(np.log2(column / 60))
            number = SECTORS * number + (SECTORS * (turns - np.floor(turns))).astype(np.int64)
        else:
            first = column[:FIRST][~np.isnan(column[:FIRST])]
            number = 2 * number + (column > (np.median(first) if len(first) else 0.0))
    return number


def _arc(cos: Floats, sin: Floats) -> tuple[float, float]:
    """The middle of some angles and the farthest from it, in radians; a full turn's half where they lie all around."""
    middle = np.arctan2(sin.sum(dtype=np.float64), cos.sum(dtype=np.float64))
    apart = np.abs(np.remainder(np.arctan2(sin, cos) - middle + np.pi, 2 * np.pi) - np.pi)
    return float(middle), float(apart.max())
