"""The weighted cosine, exactly: between two sets of tracks, and between a profile and a whole catalogue.

cos_w(x, y) = Σ w_i x_i y_i / (|x|_w |y|_w) with w_i >= 0, over the features known of both: an unknown feature drops out
of the numerator and of both norms. No vector index is used: an index serves one metric, every slider makes another one
(measured recall 0.25 to 0.5 after one move), and exact search over a million tracks takes milliseconds.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.core.arrays import Floats, Integers, Mask
from recsys.core.catalogue import Catalogue
from recsys.core.features import FEATURES
from recsys.core.scaling import AXIS_FEATURE, FIRST_AXIS, NUMBER_AXES, Points

TINY: Final = 1e-18
DRIFT: Final = 5e-6
"""How far running sums may stray before they are made anew; twice this is promised."""

ROUNDING: Final = 2.0**-23
SAMPLE: Final = 8192


@dataclass(frozen=True)
class Metric:
    """The weights of the features that take part, (features,) float32; 0 for those that do not."""

    weights: Floats

    @property
    def axes(self) -> Floats:
        """The weight of each axis."""
        return self.weights[AXIS_FEATURE]


def metric(weights: Floats, taking_part: Mask) -> Metric:
    """
    The weights of features that take part, brought to the size of 1.

    Only proportions of weights matter. They are scaled by a power of two, which changes no digit of any result.
    """
    kept = np.where(taking_part, weights, 0.0)
    top = kept.max(initial=0.0)
    return Metric((kept / 2.0 ** np.round(np.log2(top)) if top > 0 else kept).astype(np.float32))


@dataclass(frozen=True)
class Weighted:
    """Tracks seen through a metric: axes times the root of their weight, squares and knowledge per feature."""

    axes: np.ndarray
    squares: np.ndarray
    known: np.ndarray

    @classmethod
    def of(cls, points: Points, metric: Metric, dtype: type = np.float32) -> "Weighted":
        """Only features and axes that count are kept. `dtype` is the precision of everything that follows."""
        counts, axes = metric.weights > 0, metric.axes > 0
        roots = np.sqrt(metric.axes[axes].astype(dtype))
        squares = points.squares[counts].astype(dtype) * metric.weights[counts, None].astype(dtype)
        return cls(points.axes[axes].astype(dtype) * roots[:, None], squares, points.known[counts].astype(dtype))

    @property
    def is_complete(self) -> bool:
        """Nothing that counts is unknown."""
        return bool(self.known.all())

    def take(self, columns: slice | Mask) -> "Weighted":
        """Some of the tracks."""
        return Weighted(self.axes[:, columns], self.squares[:, columns], self.known[:, columns])

    def lengths(self, other: "Weighted") -> np.ndarray:
        """|x|_w |y|_w of every pair over what is known of both, (n, m); where nothing is, tiny."""
        squared = (self.squares.T @ other.known) * (self.known.T @ other.squares)
        return np.sqrt(np.maximum(squared, TINY))

    def units(self) -> np.ndarray:
        """Axes divided by their own length, (axes, n)."""
        return self.axes / np.sqrt(np.maximum(self.squares.sum(0), TINY))


def cosines(some: Weighted, others: Weighted) -> np.ndarray:
    """The weighted cosine of every pair, (n, m); 0 where nothing is known of both or a track is all median."""
    if some.is_complete and others.is_complete:
        return some.units().T @ others.units()
    return (some.axes.T @ others.axes) / some.lengths(others)


class Scan:
    """
    The weighted cosine of one profile with every song of a catalogue, kept between moves of the sliders.

    The numerator and the squared norm are sums over axes. When few axes change, only those are added; the bound on
    accumulated rounding decides when everything is summed anew. Not to be shared between threads.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._numerator, self._norm, self._cosines = np.zeros((3, len(catalogue)), np.float32)
        self._profile = np.zeros(len(AXIS_FEATURE), np.float32)
        self._weights = np.zeros(len(FEATURES), np.float32)
        self._drift = np.inf

    def cosines(self, profile: Floats, metric: Metric) -> Floats:
        """
        The weighted cosine of every song, shape (songs,); minus infinity where less than half of the weight is known.

        `profile` is a point (axes,). The array is reused by the next call.
        """
        towards = (profile * metric.axes).astype(np.float32)
        step, heavier = towards - self._profile, metric.weights - self._weights
        self._drift = self._drift_after(step, metric.weights)
        is_full = self._drift > DRIFT
        scales = self._scales(profile, metric)
        for start, stop, pattern in self._catalogue.pieces:
            if is_full:
                self._sum(slice(start, stop), towards, metric.weights)
            else:
                self._add(slice(start, stop), step, heavier)
            self._finish(slice(start, stop), scales[pattern])
        self._drift = ROUNDING if is_full else self._drift
        self._profile, self._weights = towards, metric.weights
        return self._cosines

    def _drift_after(self, step: Floats, weights: Floats) -> float:
        """
        A bound on the relative rounding error after adding the changes, infinite where all must be summed anew.

        Lowering a weight from a to b can leave no less than b/a of a norm, so what was astray grows at most by a/b.
        """
        changed = np.flatnonzero(weights != self._weights)
        moved = np.unique(AXIS_FEATURE[np.flatnonzero(step)])
        if len(changed) > len(FEATURES) // 3 or np.setdiff1d(moved, changed).size or not weights[changed].all():
            return np.inf
        shrink = max(1.0, (self._weights[changed] / weights[changed]).max(initial=1.0))
        return float((self._drift + ROUNDING) * shrink + ROUNDING) if len(changed) else self._drift

    def _scales(self, profile: Floats, metric: Metric) -> Floats:
        """What each pattern's cosines are divided by: |profile|_w over what is known; NaN where too little is."""
        patterns = self._catalogue.patterns.astype(np.float32)
        squares = np.add.reduceat(profile * profile, FIRST_AXIS) * metric.weights
        lengths = np.sqrt(np.maximum(patterns @ squares, TINY))
        is_enough = patterns @ metric.weights >= 0.5 * metric.weights.sum()
        return np.where(is_enough, lengths, np.nan)

    def _sum(self, at: slice, towards: Floats, weights: Floats) -> None:
        catalogue, numerator, norm = self._catalogue, self._numerator[at], self._norm[at]
        np.matmul(towards[:NUMBER_AXES], catalogue.axes[:, at], out=numerator)
        np.matmul(weights[:-1], catalogue.squares[:, at], out=norm)
        self._add_genres(at, towards[NUMBER_AXES:], weights[-1])

    def _add(self, at: slice, step: Floats, heavier: Floats) -> None:
        for axis in np.flatnonzero(step[:NUMBER_AXES]):
            self._numerator[at] += step[axis] * self._catalogue.axes[axis, at]
        for feature in np.flatnonzero(heavier[:-1]):
            self._norm[at] += heavier[feature] * self._catalogue.squares[feature, at]
        self._add_genres(at, step[NUMBER_AXES:], heavier[-1])

    def _add_genres(self, at: slice, towards: Floats, weight: np.float32) -> None:
        if weight or towards.any():
            codes = self._catalogue.genre_codes[at]
            self._numerator[at] += (self._catalogue.genre_points @ towards)[codes]
            self._norm[at] += weight * self._catalogue.genre_known[codes]

    def _finish(self, at: slice, length: np.float32) -> None:
        out = self._cosines[at]
        if np.isnan(length):
            out.fill(-np.inf)
            return
        np.maximum(self._norm[at], TINY, out=out)
        np.sqrt(out, out=out)
        out *= length
        np.divide(self._numerator[at], out, out=out)


def best(scores: Floats, count: int) -> Integers:
    """
    The positions of the highest finite scores, at most `count`, highest first; equal ones in order of position.

    The threshold is guessed from a sample and only what passes it is sorted; the answer is exact.
    """
    passing = _passing(scores, count)
    if len(passing) > count:
        cut = np.partition(scores[passing], len(passing) - count)[len(passing) - count]
        above, level = passing[scores[passing] > cut], passing[scores[passing] == cut]
        passing = np.sort(np.concatenate([above, level[: count - len(above)]]))
    return passing[np.argsort(-scores[passing], kind="stable")]


def _passing(scores: Floats, count: int) -> Integers:
    """Positions of finite scores above a level that at least `count` scores reach, if so many are finite."""
    sample = scores[:: max(1, len(scores) // SAMPLE)]
    expected = int(1.5 * count * len(sample) / max(len(scores), 1)) + 8
    if len(scores) > 4 * count and expected < len(sample):
        level = np.partition(sample, len(sample) - expected)[len(sample) - expected]
        passing = np.flatnonzero(scores >= level)
        if level > -np.inf and len(passing) >= count:
            return passing
    return np.flatnonzero(scores > -np.inf)
