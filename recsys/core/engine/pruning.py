"""Upper bounds for blocks of a catalogue: which of them can hold a song close to a profile, without reading the songs.

Rows are sorted so that songs that point the same way are neighbours: in the same part of the octave, on the same side
of the median, of the same years. In a block whose songs all point away from the profile in some features, no song can
be closer than the other features allow: with p_f = w_f |y_f|² the weight of feature f in a profile y, and A the
features in which some song of the block may point its way,

    cos_w(x, y)² <= Σ_{f in A} p_f cos²(angle_f) / Σ_f p_f

by the Cauchy-Schwarz inequality, for any weights (the angle is 0 except for tempo and year). No index of distances can
do that, because each move of a slider makes another distance; no slider changes on which side of a median a song is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, NamedTuple

import numpy as np

from recsys.core.model.arrays import Doubles, Floats, Integers, Mask, Matrix
from recsys.core.model.features import FEATURES, NUMBER_FEATURES
from recsys.core.model.scaling import FIRST_AXIS, SCALED, Columns, QuantileTransform, era, rank_length

BLOCK_ROWS: Final = 4096
"""Songs that share one bound: reading this many takes about as long as skipping them and starting behind them."""

SECTORS: Final = 8
"""Parts of an octave by which tempos are clustered."""

YEAR_PARTS: Final = 8
"""Parts of all years, of equally many songs, by which they are clustered: of a million songs .48 to .65 are read for a
real library and six aims, with two parts .59 to .68."""

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
"""Features by which songs are clustered: first those in which libraries differ most from a catalogue (shares of
real profiles: instrumentalness .28 to .38, speechiness .02 to .36, year .06 to .26), but tempo before all, because its
two axes may hold nine tenths of a profile without a taste in anything else."""

TEMPO: Final = [f.name for f in FEATURES].index("tempo")
YEAR: Final = [f.name for f in FEATURES].index("year")
SIDED: Final = np.setdiff1d(SCALED, [YEAR])
"""The numbers in `FEATURES` of those that are on one side of the median and nothing else."""

FIRST_SIDED_AXIS: Final = FIRST_AXIS[SIDED]
ERAS: Final = 32
"""Stretches of the scaled year, of equal width, of which a block knows whether it holds songs."""

LATEST: Final = 2.58
"""Normal quantiles of ranks end at ±2.576 (`scaling.CLIP`)."""

POINTS_PER_ERA: Final = 16
ERA_SPACING: Final = 2 * LATEST / (ERAS * POINTS_PER_ERA)
ERA_MARGIN: Final = 3.0 * ERA_SPACING / 2
"""How far the direction of a year may be from that of the nearest point, in radians: with quantile x and rank u it is
(x, cos 2πu, sin 2πu), which turns by at most √(1 + 2π) < 2.8 radians a step of x, half a spacing here."""

_POINTS: Final = era(-LATEST + ERA_SPACING * (np.arange(ERAS * POINTS_PER_ERA) + 0.5))
_DIRECTIONS: Final = _POINTS / np.linalg.norm(_POINTS, axis=0)


class Block(NamedTuple):
    """A run of rows of which the same features are known: start, stop, and the row of `Catalogue.patterns`."""

    start: int
    stop: int
    pattern: int


def patterns_of(blocks: Sequence[Block], rows: Integers) -> Integers:
    """The pattern of the block that each row is in, (n,); the blocks hold all rows, in their order."""
    starts = np.array([block.start for block in blocks])
    patterns = np.array([block.pattern for block in blocks], dtype=np.int64)
    # The block of a row is the last that starts at or before it.
    return np.asarray(patterns[np.searchsorted(starts, rows, side="right") - 1])


@dataclass(frozen=True)
class BlockBounds:
    """
    Where the songs of each block point.

    Attributes
    ----------
    blocks : (blocks, 3) int64
        A `Block` in each row, in order of rows.
    has_above, has_below : (features of `SIDED`, blocks) bool
        Whether any song of the block is above, below the median.
    has_era : (ERAS, blocks) bool
        Whether any song of the block is of that stretch of years.
    tempo_middles, tempo_widths : (blocks,) float64
        The arc that holds all tempos of the block, in radians within the octave: its middle and half its width.
    known : (features, blocks) bool
    """

    blocks: Integers
    has_above: Mask
    has_below: Mask
    has_era: Mask
    tempo_middles: Doubles
    tempo_widths: Doubles
    known: Mask

    @classmethod
    def of(cls, axes: Floats, patterns: Mask, chunks: Iterable[Block]) -> "BlockBounds":
        """Of the axes of a catalogue (NUMBER_AXES, songs), its patterns (patterns, features) and its chunks."""
        blocks = np.array(cut(chunks, BLOCK_ROWS), dtype=np.int64).reshape(-1, 3)
        has_above, has_below = np.zeros((2, len(SIDED), len(blocks)), dtype=bool)
        has_era = np.zeros((ERAS, len(blocks)), dtype=bool)
        middles, widths = np.zeros((2, len(blocks)))
        for number, (start, stop, _) in enumerate(blocks.tolist()):
            sided = axes[FIRST_SIDED_AXIS, start:stop]
            has_above[:, number], has_below[:, number] = sided.max(axis=1) > 0, sided.min(axis=1) < 0
            has_era[_eras(axes[FIRST_AXIS[YEAR], start:stop]), number] = True
            cos, sin = axes[FIRST_AXIS[TEMPO] : FIRST_AXIS[TEMPO] + 2, start:stop]
            # The direction of the summed unit vectors: any middle gives a correct bound, this one a narrow arc.
            middles[number] = np.arctan2(sin.sum(dtype=np.float64), cos.sum(dtype=np.float64))
            widths[number] = _angle_between(np.arctan2(sin, cos), middles[number]).max()
        return cls(blocks, has_above, has_below, has_era, middles, widths, patterns[blocks[:, 2]].T)

    def upper_bounds(self, profile: Floats, weighted_squares: Matrix) -> Matrix:
        """
        The highest squared cosine that each block can hold, times the squared length of the profile, (blocks,).

        Parameters
        ----------
        profile : (axes,)
        weighted_squares : (features,)
            The squared length of the profile within each feature, times the weight.
        """
        # A feature scaled by rank adds its whole share if any song is on the profile's side of the median, else nothing
        # (its product is then <= 0): one product of a row of shares with a matrix of booleans.
        is_above = profile[FIRST_SIDED_AXIS, None] > 0
        found = weighted_squares[SIDED] @ np.where(is_above, self.has_above, self.has_below)
        # Tempo adds cos² of the angle to the nearest end of the block's arc; 0 inside the arc, a right angle at most.
        cos, sin = profile[FIRST_AXIS[TEMPO] : FIRST_AXIS[TEMPO] + 2]
        angle = _angle_between(np.arctan2(sin, cos), self.tempo_middles) - self.tempo_widths
        found += weighted_squares[TEMPO] * self.known[TEMPO] * np.cos(np.clip(angle, 0, np.pi / 2)) ** 2
        # The year adds cos² of the angle to the nearest year of the block.
        closest = _closest(profile[FIRST_AXIS[YEAR] : FIRST_AXIS[YEAR] + 3].astype(np.float64))
        found += weighted_squares[YEAR] * self.known[YEAR] * np.where(self.has_era, closest[:, None], 0.0).max(axis=0)
        # Genres have no median to be sorted by, so any block may hold a song that matches them fully.
        return np.asarray(found + weighted_squares[-1] * self.known[-1])

    def runs(self, is_wanted: Mask, longest: int) -> list[Block]:
        """The rows of the wanted blocks (blocks,): neighbours of one pattern joined, at most `longest` rows each."""
        starts, stops, patterns = self.blocks[is_wanted].T
        # A run begins where a block does not continue the one before it, and ends where none continues it.
        is_continued = (starts[1:] == stops[:-1]) & (patterns[1:] == patterns[:-1])
        first, last = np.append(True, ~is_continued)[: len(starts)], np.append(~is_continued, True)[: len(starts)]
        runs = zip(starts[first].tolist(), stops[last].tolist(), patterns[first].tolist(), strict=True)
        return cut(map(Block._make, runs), longest)


def cut(runs: Iterable[Block], longest: int) -> list[Block]:
    """The same rows in blocks of at most `longest`."""
    return [
        Block(at, min(at + longest, stop), pattern)
        for start, stop, pattern in runs
        for at in range(start, stop, longest)
    ]


def cluster_key(columns: Columns, quantiles: Mapping[str, QuantileTransform]) -> Integers:
    """
    A number for each track (n,), by which sorting brings tracks together that point the same way.

    `quantiles` are the scaling of each feature, as `Space.quantiles`: a track is above the median where its axis is
    above 0, to the last digit, because one song on the other side is enough for a block not to be skipped.
    """
    # The digits of one number, the leading feature first: a sector of the octave for tempo, one bit for the others.
    key = np.zeros(len(columns[0]), dtype=np.int64)
    by_name = {f.name: (f, column) for f, column in zip(NUMBER_FEATURES, columns, strict=True)}
    for name in LEADING:
        feature, column = by_name[name]
        if feature.scale == "octave":
            octaves = np.nan_to_num(np.log2(column / 60))
            key = SECTORS * key + (SECTORS * (octaves - np.floor(octaves))).astype(np.int64)
        else:
            scale, parts = quantiles[name], YEAR_PARTS if feature.scale == "era" else 2
            # The values between parts of equal size: the median alone where there are two.
            ends = [NormalDist().inv_cdf(part / parts) for part in range(1, parts)]
            between = np.interp(ends, scale.quantiles, scale.values) if len(scale.values) else np.zeros(0)
            key = parts * key + np.searchsorted(between, column)
    return key


def _eras(years: Floats) -> Integers:
    """The stretch of each scaled year (n,)."""
    quantiles = years / np.float32(rank_length(FEATURES[YEAR]))
    return np.clip(((quantiles + LATEST) * (ERAS / (2 * LATEST))).astype(np.int64), 0, ERAS - 1)


def _closest(year: Doubles) -> Doubles:
    """The highest squared cosine of a profile's year (3,) with any year of each stretch, (ERAS,)."""
    cosines = (year / max(float(np.linalg.norm(year)), 1e-30)) @ _DIRECTIONS
    angles = np.arccos(np.clip(cosines, -1, 1)).reshape(ERAS, POINTS_PER_ERA).min(axis=1) - ERA_MARGIN
    return np.asarray(np.cos(np.clip(angles, 0, np.pi / 2)) ** 2)


def _angle_between(one: Matrix, other: Matrix) -> Matrix:
    """The angle between two directions, 0..π, whichever way round is shorter."""
    return np.asarray(np.abs(np.remainder(one - other + np.pi, 2 * np.pi) - np.pi))
