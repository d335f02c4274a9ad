"""One profile against a whole catalogue, kept between moves of the sliders.

The numerator of the weighted cosine and the squared norm of every song are sums over axes: two matrix-vector products
over contiguous float32. When one slider moves, only that feature is added to both. When all weights change, stretches
of the catalogue that point away from the profile are not read, see `directions`.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from recsys.core.engine.catalogue import CHUNK_ROWS, UNSORTED_ROWS, Catalogue
from recsys.core.engine.pruning import Block
from recsys.core.engine.similarity import ENOUGH_KNOWN, TINY, Metric, likely_threshold, top_positions
from recsys.core.model.arrays import Floats, Integers, Mask
from recsys.core.model.features import FEATURES
from recsys.core.model.scaling import AXIS_FEATURE, FIRST_AXIS, NUMBER_AXES, SCALED

MAX_DRIFT: Final = 5e-6
"""How far the running sums may stray, relative to a norm, before they are made anew; half of what is promised."""

UNITS: Final = np.setdiff1d(np.arange(len(FEATURES)), SCALED)
ROUNDING: Final = 2.0**-23
ROUNDING_MARGIN: Final = 1 - 1e-5
"""What is not read must miss the level by more than rounding can be."""

MOVED_AT_ONCE: Final = 3
"""Features that may change for a call to count as the move of one slider."""

SAMPLE: Final = UNSORTED_ROWS
"""Songs that the level of `top` is judged by: the first of the commonest pattern."""

LARGE: Final = 8 * SAMPLE
"""Catalogues from here on are not scored as a whole to find the top."""


class _Terms(NamedTuple):
    """
    The coefficients of both sums.

    `towards` (axes,) of the numerator, `weights` (features,) of the squared norm, and `sets`: what each set of genres
    of the catalogue adds to the numerator.
    """

    towards: Floats
    weights: Floats
    sets: Floats

    def scaled(self, scale: np.float32) -> "_Terms":
        """The same with the numerator scaled."""
        return self._replace(towards=self.towards * scale, sets=self.sets * scale)


class _Change(NamedTuple):
    """
    From the sums there are to those `wanted`.

    `is_added`: the difference `step` is added to the kept sums; else, `is_kept`: the kept sums are made anew; else
    nothing is kept. `drift` is the bound on rounding afterwards.
    """

    wanted: _Terms
    step: _Terms
    is_added: bool
    is_kept: bool
    drift: float


class CandidateSearch:
    """
    The running sums of one listener over one catalogue. Not to be shared between threads.

    Sums are written down from the second move of one slider on: while all weights change at once nobody needs them.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._numerator, self._norm = np.empty((2, len(catalogue)), np.float32)
        self._spare = np.empty((3, min(CHUNK_ROWS, len(catalogue))), np.float32)
        self._passes = np.empty(min(CHUNK_ROWS, len(catalogue)), dtype=bool)
        self._last = self._terms(np.zeros(len(AXIS_FEATURE), np.float32), Metric(np.zeros(len(FEATURES), np.float32)))
        self._drift = np.inf
        self._commonest = _first_of_the_commonest(catalogue)

    def is_eligible(self, metric: Metric) -> Mask:
        """Of which patterns of the catalogue enough is known, (patterns,)."""
        weights = metric.weights.astype(np.float64)
        return np.asarray(self._catalogue.patterns @ weights >= ENOUGH_KNOWN * weights.sum(), dtype=bool)

    def cosines(self, profile: Floats, metric: Metric) -> Floats:
        """
        The weighted cosine of every song with a profile (axes,), shape (songs,) float32.

        Minus infinity for songs of which too little is known.
        """
        found = np.full(len(self._catalogue), -np.inf, np.float32)
        is_eligible, change = self.is_eligible(metric), self._change(profile, metric)
        for at, pattern, numerator, norm in self._sums(change, self._lengths(profile, metric), self._catalogue.chunks):
            if is_eligible[pattern]:
                np.divide(numerator, np.sqrt(norm), out=found[at])
        return found

    def top_k(self, profile: Floats, metric: Metric, count: int, excluded_rows: Mask) -> tuple[Integers, Floats]:
        """
        The songs most like a profile, exactly.

        Parameters
        ----------
        profile : (axes,)
        metric : Metric
        count : int
            At most so many.
        left_out : (songs,) bool
            True for songs that are not candidates.

        Returns
        -------
        rows, cosines : (n,)
            Highest first. Songs of which too little is known are not among them.
        """
        level = self._level(profile, metric, count, excluded_rows)
        if level > 0:
            rows, scores = self._above(profile, metric, level, excluded_rows)
            if len(rows) >= count:
                order = top_positions(scores, count)
                return rows[order], scores[order]
        scores = self.cosines(profile, metric)
        scores[excluded_rows] = -np.inf
        rows = top_positions(scores, count)
        return rows, scores[rows]

    def _above(self, profile: Floats, metric: Metric, level: float, excluded_rows: Mask) -> tuple[Integers, Floats]:
        """The candidates whose cosine reaches a level above 0: compared by squares, without writing the others."""
        is_eligible, change = self.is_eligible(metric), self._change(profile, metric)
        chunks = self._catalogue.chunks if change.is_kept else self._reaching(profile, metric, level, is_eligible)
        rows, scores = [np.arange(0)], [np.zeros(0, np.float32)]
        for at, pattern, numerator, norm in self._sums(change, level * self._lengths(profile, metric), chunks):
            if is_eligible[pattern]:
                squared = np.square(numerator, out=self._spare[2, : len(norm)])
                reach = np.flatnonzero(np.greater_equal(squared, norm, out=self._passes[: len(norm)]))
                reach = reach[(numerator[reach] > 0) & ~excluded_rows[at][reach]]
                rows.append(reach + at.start)
                scores.append((level * numerator[reach] / np.sqrt(norm[reach])).astype(np.float32))
        return np.concatenate(rows), np.concatenate(scores)

    def _reaching(self, profile: Floats, metric: Metric, level: float, is_eligible: Mask) -> Sequence[Block]:
        """The parts of the catalogue that can hold a song whose cosine reaches a level above 0."""
        directions, pattern = self._catalogue.bounds, self._catalogue.bounds.blocks[:, 2]
        shares = _shares(profile, metric)
        needed = ROUNDING_MARGIN * level**2 * (self._catalogue.patterns @ shares)
        is_wanted = is_eligible[pattern] & (directions.upper_bounds(profile, shares) >= needed[pattern])
        return directions.runs(is_wanted, CHUNK_ROWS)

    def _level(self, profile: Floats, metric: Metric, count: int, excluded_rows: Mask) -> float:
        """A cosine that `count` candidates probably reach, judged by the first songs of the commonest pattern."""
        if len(self._catalogue) < LARGE or not self.is_eligible(metric)[self._commonest.pattern]:
            return -np.inf
        start, stop, pattern = self._commonest
        at = slice(start, min(start + SAMPLE, stop))
        numerator, norm = self._spare[:2, : at.stop - at.start]
        self._sum(at, pattern, self._terms(profile, metric), numerator, norm)
        sample = numerator / (np.sqrt(norm) * self._lengths(profile, metric)[pattern])
        return likely_threshold(sample[~excluded_rows[at]], count, len(self._catalogue))

    def _sums(
        self, change: _Change, lengths: Floats, chunks: Sequence[Block]
    ) -> Iterator[tuple[slice, int, Floats, Floats]]:
        """
        Piece by piece: rows, pattern, the numerator divided by the `lengths` of its pattern, and the norm.

        The arrays are read only, and overwritten by the next piece. All pieces must be asked for; and where sums are
        kept, they must be the whole catalogue.
        """
        scales = np.float32(1) / lengths
        for start, stop, pattern in chunks:
            at = slice(start, stop)
            numerator, norm = self._spare[0, : stop - start], self._spare[1, : stop - start]
            if change.is_kept:
                self._bring(at, pattern, change)
                np.multiply(self._numerator[at], scales[pattern], out=numerator)
                yield at, pattern, numerator, self._norm[at]
            else:
                self._sum(at, pattern, change.wanted.scaled(scales[pattern]), numerator, norm)
                yield at, pattern, numerator, norm
        self._last, self._drift = change.wanted, change.drift

    def _change(self, profile: Floats, metric: Metric) -> _Change:
        wanted = self._terms(profile, metric)
        step = _Terms(*(new - old for new, old in zip(wanted, self._last, strict=True)))
        changed = np.flatnonzero(step.weights)
        if len(changed) > MOVED_AT_ONCE:
            return _Change(wanted, step, False, False, np.inf)
        drift = self._drift_after(changed, np.unique(AXIS_FEATURE[np.flatnonzero(step.towards)]), wanted.weights)
        is_added = drift <= MAX_DRIFT
        return _Change(wanted, step, is_added, True, drift if is_added else ROUNDING)

    def _terms(self, profile: Floats, metric: Metric) -> _Terms:
        towards = (profile * metric.axis_weights).astype(np.float32)
        return _Terms(towards, metric.weights, np.matmul(self._catalogue.genre_vectors, towards[NUMBER_AXES:]))

    def _drift_after(self, changed: Integers, moved: Integers, weights: Floats) -> float:
        """
        A bound on the relative rounding error after adding the changes; infinite where adding cannot do.

        Lowering a weight from a to b leaves at least b/a of a norm, so what was astray grows at most by a/b.
        """
        if np.setdiff1d(moved, changed).size or not weights[changed].all():
            return np.inf
        shrink = max(1.0, float((self._last.weights[changed] / weights[changed]).max(initial=1.0)))
        return self._drift * shrink + ROUNDING * (shrink + 1) * (len(changed) > 0)

    def _lengths(self, profile: Floats, metric: Metric) -> Floats:
        """|profile|_w over what is known of each pattern, (patterns,); where nothing is, tiny."""
        squared = self._catalogue.patterns @ _shares(profile, metric)
        return np.asarray(np.sqrt(np.maximum(squared, TINY)), dtype=np.float32)

    def _bring(self, at: slice, pattern: int, change: _Change) -> None:
        """Bring the kept sums of a piece to what is wanted."""
        if change.is_added:
            self._add(at, pattern, change.step)
        else:
            self._sum(at, pattern, change.wanted, self._numerator[at], self._norm[at])

    def _sum(self, at: slice, pattern: int, terms: _Terms, numerator: Floats, norm: Floats) -> None:
        """Both sums of a piece from nothing, into two arrays."""
        catalogue = self._catalogue
        np.matmul(terms.towards[:NUMBER_AXES], catalogue.axes[:, at], out=numerator)
        np.matmul(terms.weights[SCALED], catalogue.squares[:, at], out=norm)
        self._add_units(at, pattern, terms, numerator, norm)

    def _add(self, at: slice, pattern: int, step: _Terms) -> None:
        """Only the features that changed, to the kept sums of a piece."""
        catalogue, numerator, norm, spare = self._catalogue, self._numerator[at], self._norm[at], self._spare[2]
        spare = spare[: at.stop - at.start]
        for axis in np.flatnonzero(step.towards[:NUMBER_AXES]):
            numerator += np.multiply(catalogue.axes[axis, at], step.towards[axis], out=spare)
        for row in np.flatnonzero(step.weights[SCALED]):
            norm += np.multiply(catalogue.squares[row, at], step.weights[SCALED[row]], out=spare)
        self._add_units(at, pattern, step, numerator, norm)

    def _add_units(self, at: slice, pattern: int, terms: _Terms, numerator: Floats, norm: Floats) -> None:
        """What is of length 1 wherever it is known: the norm of tempo and genre, and the numerator of genre."""
        known = self._catalogue.patterns[pattern]
        if length := terms.weights[UNITS] @ known[UNITS]:
            norm += length
        if known[-1] and terms.weights[-1]:
            numerator += self._of_sets(at, terms.sets)

    def _of_sets(self, at: slice, sets: Floats) -> Floats:
        """A number per set of genres, for each song of a piece."""
        spare = self._spare[2, : at.stop - at.start]
        return sets.take(self._catalogue.genre_codes[at], out=spare, mode="wrap")  # "raise" would copy; -1 is the last


def _first_of_the_commonest(catalogue: Catalogue) -> Block:
    """The first piece of the pattern that most songs have; none of the first pattern in an empty catalogue."""
    commonest = catalogue.songs_by_pattern.argmax() if len(catalogue) else 0
    return next((piece for piece in catalogue.chunks if piece.pattern == commonest), Block(0, 0, 0))


def _shares(profile: Floats, metric: Metric) -> Floats:
    """The squared length of a profile within each feature, times its weight, (features,)."""
    return np.asarray(np.add.reduceat(profile * profile, FIRST_AXIS) * metric.weights)
