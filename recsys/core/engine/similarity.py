"""The weighted cosine, exactly: between two sets of tracks, and between a profile and a whole catalogue.

cos_w(x, y) = Σ w_i x_i y_i / (|x|_w |y|_w) with w_i >= 0, over the features known of both: an unknown feature drops out
of the numerator and of both norms. A cosine over few features is easily near 1, so the score discounts it (`scoring`).
No vector index is used: an index serves one metric, every slider makes another one (measured recall 0.25 to 0.5 after
one move), and exact search over a million tracks takes milliseconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from recsys.core.model.arrays import Floats, Integers, Mask, Matrix
from recsys.core.model.features import FEATURES
from recsys.core.model.scaling import AXIS_FEATURE, FeatureMatrix

ENOUGH_KNOWN: Final = 0.5 * (1 - 1e-6)
"""The share of the weight that must be known of a track for it to count: half, less a trace, so that weights in the
same proportions decide alike however they are rounded."""

IS_GENRE: Final = np.array([f.scale == "genre" for f in FEATURES])
NONE_AIMED: Final[Mask] = np.zeros(len(FEATURES), dtype=bool)
TINY: Final = 1e-18
SCALE_STEP: Final = 16
ROWS_AT_ONCE: Final = 32
"""Tracks compared at once with thousands of others, so that their cosines stay in the cache."""

CELLS_AT_ONCE: Final = 65_536
"""Cosines computed at once where the others are few: a multiple of `ROWS_AT_ONCE` tracks."""

MANY_PARTS: Final = 20
"""With more combinations of known features among the others, lengths per pair are cheaper than units per group. Only
the others decide, so that a song's cosine does not depend on the songs beside it."""

SAMPLE: Final = 8192
"""Scores that the threshold of `top_positions` is guessed from."""


@dataclass(frozen=True)
class Metric:
    """
    How tracks are compared.

    Attributes
    ----------
    weights : (features,) float32
        Of the features that take part; 0 for those that do not.
    needed : (features,) bool
        What must be known of a song for it to be a candidate: the features that are aimed at.
    """

    weights: Floats
    needed: Mask = field(default_factory=lambda: NONE_AIMED)

    @property
    def axis_weights(self) -> Floats:
        """The weight of each axis."""
        return self.weights[AXIS_FEATURE]


def metric(weights: Matrix, active: Mask, aimed: Mask = NONE_AIMED) -> Metric:
    """
    The weights of features that take part, scaled to about 1, and which of these features are aimed at.

    Only proportions of weights matter. They are scaled by a power of two, which changes no digit of any result, and
    in large steps, so that a moving slider does not move the others' weights.
    """
    active_weights = np.where(active, weights, 0.0)
    top = active_weights.max(initial=0.0)
    size = 2.0 ** (SCALE_STEP * np.round(np.log2(top) / SCALE_STEP)) if top > 0 else 1.0
    return Metric((active_weights / size).astype(np.float32), active & aimed)


def is_enough(known: Matrix | Mask, weights: Matrix) -> Mask:
    """
    Whether enough is known of tracks: half of the weight, with genre or without it, (n,).

    A song whose artists nobody named a genre for is compared by how it sounds, however much genre counts for others.

    Parameters
    ----------
    known : (n, features)
    weights : (features,)
    """
    numbers = np.where(IS_GENRE, 0.0, weights)
    with_genre, without = (known @ some >= ENOUGH_KNOWN * some.sum() for some in (weights, numbers))
    return np.asarray(with_genre | (without & numbers.any()), dtype=bool)


@dataclass(frozen=True)
class Weighted:
    """
    Tracks seen through a metric; features that do not count are gone.

    `values` (axes, n) times the root of their weight, `squares` (features, n) times their weight, `mask` (features, n)
    1 or 0, and `weights` (2, features): all of them, and those without genre.
    """

    values: Matrix
    squares: Matrix
    mask: Matrix
    weights: Matrix

    @classmethod
    def of(cls, points: FeatureMatrix, metric: Metric, dtype: type = np.float32) -> "Weighted":
        """`dtype` is the precision of everything that follows."""
        counts, axes = metric.weights > 0, metric.axis_weights > 0
        # Both sides times the root of the weight: a plain product of two tracks is then the weighted one.
        roots = np.sqrt(metric.axis_weights[axes].astype(dtype))
        values = points.values[axes]
        # The first of the axes that count of each feature: squares are summed within features.
        firsts = np.flatnonzero(np.diff(AXIS_FEATURE[axes], prepend=-1))
        lengths = np.add.reduceat(values * values, firsts, axis=0) if len(firsts) else np.zeros((0, len(points)))
        weights: Matrix = metric.weights[counts].astype(dtype)
        squares: Matrix = lengths.astype(dtype, copy=False) * weights[:, None]
        mask: Matrix = points.mask[counts].astype(dtype, copy=False)
        both = np.stack([weights, np.where(IS_GENRE[counts], weights.dtype.type(0), weights)])
        return cls(values.astype(dtype, copy=False) * roots[:, None], squares, mask, both)

    def __len__(self) -> int:
        return int(self.values.shape[1])

    def take(self, columns: slice | Integers) -> "Weighted":
        """Some of the tracks."""
        return Weighted(self.values[:, columns], self.squares[:, columns], self.mask[:, columns], self.weights)

    def lengths(self, other: "Weighted") -> Matrix:
        """|x|_w |y|_w of every pair over what is known of both, (n, m); where nothing is, tiny."""
        # What is unknown of the other track drops out of this one's norm, and the other way round: two products with
        # masks.
        squared = np.maximum(self.squares.T @ other.mask, TINY) * np.maximum(self.mask.T @ other.squares, TINY)
        return np.asarray(np.sqrt(squared))

    def shares(self, other: "Weighted") -> Matrix:
        """
        The share of the weight that is known of both, (n, m): 1 where all is.

        With genre or without it, whichever is more, as in `is_enough`.
        """
        unknown, unknown_there = 1 - self.mask, 1 - other.mask
        # The unknown weight is summed, not the known, so that the share is exactly 1 where nothing is unknown.
        lacking = [
            ((weights[:, None] * unknown).sum(axis=0)[:, None] + (weights[:, None] * self.mask).T @ unknown_there)
            / max(float(weights.sum()), TINY)
            for weights in self.weights
        ]
        return np.asarray(np.maximum(1 - np.minimum(*lacking), 0))

    def discounts(self, other: "Weighted") -> Matrix:
        """The roots of the shares, (n, m): what a cosine over the features known of both is multiplied by."""
        firsts, pattern = other.patterns
        return np.asarray(np.sqrt(self.shares(other.take(firsts))).take(pattern, axis=1))

    def units(self, known: Matrix) -> Matrix:
        """Axes divided by their length within the features of a pattern (features,), (axes, n)."""
        # Summed row by row: a product with a matrix rounds the last columns otherwise than those before them.
        return np.asarray(self.values / np.sqrt(np.maximum(self.squares[known > 0].sum(axis=0), TINY)))

    @cached_property
    def has_one_pattern(self) -> bool:
        """Whether the same features are known of all tracks, and there is one."""
        return len(self) > 0 and bool((self.mask == self.mask[:, :1]).all())

    @property
    def by_pattern(self) -> list[tuple[Integers, "Weighted"]]:
        """The tracks in groups of which the same features are known, with their positions."""
        # Not cached: an object that holds itself is freed by the garbage collector alone, seconds later.
        return [(np.arange(len(self)), self)] if self.has_one_pattern else self.groups

    @cached_property
    def groups(self) -> list[tuple[Integers, "Weighted"]]:
        """As `by_pattern`, each a copy."""
        firsts, pattern = self.patterns
        positions = [np.flatnonzero(pattern == number) for number in range(len(firsts))]
        return [(at, self.take(at)) for at in positions]

    @cached_property
    def patterns(self) -> tuple[Integers, Integers]:
        """The first track of each combination of known features, (patterns,), and the combination of each, (n,)."""
        # As one number with a bit per feature; exact in 64 bits for the features there are.
        codes = (2 ** np.arange(len(self.mask))) @ self.mask.astype(np.int64)
        _, firsts, pattern = np.unique(codes, return_index=True, return_inverse=True)
        return firsts, pattern


def cosines(some: Weighted, others: Weighted) -> Matrix:
    """The weighted cosine of every pair, (n, m); 0 where nothing is known of both or a track is all median."""
    return np.asarray((some.values.T @ others.values) / some.lengths(others))


def discounted_blocks(some: Weighted, others: Weighted, scale: float) -> Iterator[tuple[Integers, Matrix]]:
    """
    Cosines times their discounts and a factor, in blocks that fit the cache: n positions in `some`, and a block for a
    part of `others`.

    Every block has a multiple of `ROWS_AT_ONCE` rows, of which the first n count: products of whole tiles round every
    row alike, so that the cosines of a song are the same to the last digit whichever songs are compared with it.

    Tracks are grouped by what is known of them. Between two groups one pattern drops out of each side, so a cosine is
    a product of unit vectors and needs no length per pair.
    """
    parts = others.by_pattern
    # One track of each part: within a part shares are the same.
    one_each = others.take(np.array([at[0] for at, _ in parts], dtype=np.int64))
    if len(parts) > MANY_PARTS:
        filled = some.take(_padded(np.arange(len(some))))
        shares = filled.shares(one_each)
        for start in range(0, len(some), ROWS_AT_ONCE):
            at, rows = np.arange(start, min(start + ROWS_AT_ONCE, len(some))), slice(start, start + ROWS_AT_ONCE)
            yield at, _discounted(filled.take(rows), others, shares[rows]) * some.values.dtype.type(scale)
        return
    for at, group in some.by_pattern:
        factors = some.values.dtype.type(scale) * np.sqrt(group.take(slice(0, 1)).shares(one_each)[0])
        filled = group if len(at) >= ROWS_AT_ONCE else group.take(_padded(np.arange(len(at))))
        for (_, part), factor in zip(parts, factors, strict=True):
            left = np.zeros((len(some.values), len(at) + -len(at) % ROWS_AT_ONCE), some.values.dtype)
            left[:, : len(filled)] = filled.units(part.mask[:, 0]) * factor
            right = part.units(group.mask[:, 0])
            many = ROWS_AT_ONCE * max(1, CELLS_AT_ONCE // (ROWS_AT_ONCE * len(part)))
            for start in range(0, len(at), many):
                rows = slice(start, start + many)
                yield at[rows], left[:, rows].T @ right


def _discounted(some: Weighted, others: Weighted, shares: Matrix) -> Matrix:
    """Cosines times their discounts, (n, m), from the `shares` with one track of each part of the others."""
    firsts, part = others.patterns
    # A length within what is known of both, and longer by the root of the share: per part and not per pair.
    squared = np.maximum(some.squares.T @ others.mask[:, firsts], TINY) / np.maximum(shares, TINY)
    lengths = squared.take(part, axis=1)
    lengths *= np.maximum(some.mask.T @ others.squares, TINY)
    return np.asarray((some.values.T @ others.values) / np.sqrt(lengths, out=lengths))


def _padded(positions: Integers) -> Integers:
    """Positions (n,), the last one repeated up to a multiple of `ROWS_AT_ONCE`."""
    return np.pad(positions, (0, -len(positions) % ROWS_AT_ONCE), mode="edge")


def top_positions(scores: Floats, count: int) -> Integers:
    """
    The positions of the highest finite scores, at most `count`, highest first; equal ones in order of position.

    The threshold is guessed from a sample and only what passes it is sorted; the answer is exact.
    """
    # Every n-th score; the threshold it suggests is checked by counting, so a poor sample costs time, not songs.
    level = likely_threshold(scores[:: max(1, len(scores) // SAMPLE)], count, len(scores))
    passing = np.flatnonzero(scores >= level) if level > -np.inf else np.arange(0)
    if len(passing) < count:
        passing = np.flatnonzero(scores > -np.inf)
    if len(passing) > count:
        # The count-th highest score, without sorting the rest. Of those equal to it the first positions fill up the
        # list.
        cut = np.partition(scores[passing], len(passing) - count)[len(passing) - count]
        above, level = passing[scores[passing] > cut], passing[scores[passing] == cut]
        passing = np.sort(np.concatenate([above, level[: count - len(above)]]))
    return passing[np.argsort(-scores[passing], kind="stable")]


def likely_threshold(sample: Floats, count: int, total: int) -> float:
    """A level that `count` of `total` scores probably reach, judged by a sample; minus infinity where it is small."""
    # Half as many again as the share says, and 8 more: too low a level costs little, too high a one a second pass.
    expected = int(1.5 * count * len(sample) / max(total, 1)) + 8
    if total < 4 * count or expected >= len(sample):
        return -np.inf
    return float(np.partition(sample, len(sample) - expected)[len(sample) - expected])
