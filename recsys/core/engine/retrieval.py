"""Stage 1: the songs of a catalogue closest to a profile, exactly, whatever the weights.

`CandidateSearch.top_k` is an exact pruned search in four steps:

1. A threshold that `count` songs probably reach is guessed from a contiguous random sample of the catalogue.
2. Blocks whose upper bound (`pruning`) misses the threshold are skipped, and of the rest only songs that reach it are
   collected.
3. If at least `count` songs reach it, the best of them are the answer. If not, the guess was too high, and every song
   is scored.
4. Songs near the best are compared again in double precision, so that rounding decides nothing.

The threshold only decides how much is read, never what is found: the answer is the same after any moves of sliders, and
the same song has the same cosine in any part of a catalogue.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.layout import CHUNK_ROWS, UNSORTED_ROWS
from recsys.core.engine.pruning import Block
from recsys.core.engine.running_sums import RunningSums, Terms
from recsys.core.engine.similarity import TINY, Metric, is_enough, likely_threshold, top_positions
from recsys.core.model.arrays import Doubles, Floats, Integers, Mask
from recsys.core.model.scaling import FIRST_AXIS

ROUNDING_MARGIN: Final = 1 - 1e-5
"""A block is skipped only if its bound misses the threshold by more than rounding could explain."""

MARGIN: Final = 1e-5
"""How far a cosine in single precision may be off: what `running_sums.MAX_DRIFT` allows, and as much again."""

SAMPLE: Final = UNSORTED_ROWS
"""Songs that the threshold is guessed from: the first of the most common pattern."""

LARGE: Final = 8 * SAMPLE
"""Smaller catalogues are scored as a whole: guessing a threshold would cost more than it saves."""

FEW_SCORES: Final = 16_384
"""Up to this many scores, sorting is faster than guessing."""

FEW: Final = 31 / 32
"""Where filters exclude more than this share of the catalogue, the rest is read row by row."""


class CandidateSearch:
    """Searches one catalogue for one listener; stores sums between calls, so it is not shared between threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Nothing is computed yet."""
        self._catalogue = catalogue
        self._sums = RunningSums(catalogue)
        self._passes = np.empty(min(CHUNK_ROWS, len(catalogue)), dtype=bool)
        self._squared = np.empty(min(CHUNK_ROWS, len(catalogue)), np.float32)
        # The unsorted first rows of the most common pattern; an empty block in an empty catalogue.
        most_common = catalogue.songs_by_pattern.argmax() if len(catalogue) else 0
        first = next((chunk for chunk in catalogue.chunks if chunk.pattern == most_common), Block(0, 0, 0))
        unsorted = min(SAMPLE, catalogue.unsorted_rows)
        self.sample = first._replace(stop=min(first.start + unsorted, first.stop))

    def is_eligible(self, metric: Metric) -> Mask:
        """Of which patterns of the catalogue enough is known, and all that is needed, (patterns,)."""
        is_lacking = (metric.needed & ~self._catalogue.patterns).any(axis=1)
        return is_enough(self._catalogue.patterns, metric.weights.astype(np.float64)) & ~is_lacking

    def cosines(self, profile: Floats, metric: Metric) -> Floats:
        """
        The weighted cosine of every song with a profile (axes,), shape (songs,) float32.

        Minus infinity for songs of which too little is known.
        """
        found = np.full(len(self._catalogue), -np.inf, np.float32)
        update, is_eligible = self._sums.plan(Terms.of(self._catalogue, profile, metric)), self.is_eligible(metric)
        scales = np.float32(1) / self.lengths(profile, metric)
        for chunk in self._catalogue.chunks:
            numerator, norm = self._sums.apply(update, chunk, scales[chunk.pattern])
            if is_eligible[chunk.pattern]:
                np.divide(numerator, np.sqrt(norm), out=found[chunk.start : chunk.stop])
        self._sums.commit(update)
        return found

    def top_k(self, profile: Floats, metric: Metric, count: int, excluded_rows: Mask) -> tuple[Integers, Floats]:
        """
        The songs closest to a profile, exactly.

        Parameters
        ----------
        profile : (axes,)
        metric : Metric
        count : int
            How many songs at most.
        excluded_rows : (songs,) bool
            True for songs that are not candidates.

        Returns
        -------
        rows, cosines : (n,)
            Highest first; fewer than `count` where fewer are left. Songs of which too little is known are not among
            them.
        """
        if np.count_nonzero(excluded_rows) > FEW * len(excluded_rows):
            rows = np.flatnonzero(~excluded_rows)
            scores = self.cosines_of(profile, metric, rows)
            order = top_positions(scores, count)
            return rows[order], scores[order]
        threshold = self._threshold(profile, metric, count, excluded_rows)
        if threshold > 0:
            rows, scores = self._reaching(profile, metric, threshold, excluded_rows)
            if np.count_nonzero(scores >= threshold + 2 * MARGIN) >= count:
                return self.best_of(profile, metric, count, (rows, scores))
        scores = self.cosines(profile, metric)
        scores[excluded_rows] = -np.inf
        return self.best_of(profile, metric, count, (np.arange(len(scores)), scores))

    def best_of(
        self, profile: Floats, metric: Metric, count: int, found: tuple[Integers, Floats]
    ) -> tuple[Integers, Floats]:
        """As `top_k`, of some rows, rising, and their cosines in single precision."""
        rows, scores = found
        best = np.flatnonzero(scores > -np.inf)
        if len(best) > count:
            # The best, and whatever rounding could bring among them.
            last = scores[top_positions(scores, count)[-1]] if len(scores) > FEW_SCORES else np.sort(scores)[-count]
            best = np.flatnonzero(scores >= last - np.float32(2 * MARGIN))
        cosines = self.cosines_of(profile, metric, rows[best])
        order = top_positions(cosines, count)
        return rows[best[order]], cosines[order]

    def cosines_of(self, profile: Floats, metric: Metric, rows: Integers) -> Floats:
        """As `cosines`, but of some rows (n,) alone, in double precision until the end; stored sums are not used."""
        patterns = self._catalogue.patterns_of(rows)
        found = self._cosines(profile, metric, rows, patterns)
        return np.where(self.is_eligible(metric)[patterns], found, -np.inf).astype(np.float32)

    def known_cosines_of(self, profile: Floats, metric: Metric, rows: Integers) -> Floats:
        """As `cosines_of`, but of songs of which too little is known as well; 0 where nothing is known."""
        return self._cosines(profile, metric, rows, self._catalogue.patterns_of(rows)).astype(np.float32)

    def _cosines(self, profile: Floats, metric: Metric, rows: Integers, patterns: Integers) -> Doubles:
        numerator, norm = self._sums.compute_rows(Terms.of(self._catalogue, profile, metric), rows, patterns)
        return np.asarray(numerator / (np.sqrt(norm) * self._precise_lengths(profile, metric)[patterns]))

    def _reaching(
        self, profile: Floats, metric: Metric, threshold: float, excluded_rows: Mask
    ) -> tuple[Integers, Floats]:
        """The rows of the candidates whose cosine reaches a threshold above 0, and their cosines, in order of rows."""
        rows, scores = [np.arange(0)], [np.zeros(0, np.float32)]
        update, is_eligible = self._sums.plan(Terms.of(self._catalogue, profile, metric)), self.is_eligible(metric)
        scales = np.float32(1) / (self.lengths(profile, metric) * np.float32(threshold))
        # Stored sums are brought up to date as a whole: skipping blocks would leave some of them behind.
        chunks: Sequence[Block] = self._catalogue.chunks
        if not update.is_stored:
            # The blocks that can hold a song whose cosine reaches the threshold, from the squared length of the profile
            # within each feature, times its weight, (features,).
            bounds, pattern = self._catalogue.bounds, self._catalogue.bounds.blocks[:, 2]
            weighted_squares = np.asarray(np.add.reduceat(profile * profile, FIRST_AXIS) * metric.weights)
            needed = ROUNDING_MARGIN * threshold**2 * (self._catalogue.patterns @ weighted_squares)
            can_reach = bounds.upper_bounds(profile, weighted_squares) >= needed[pattern]
            chunks = bounds.runs(is_eligible[pattern] & can_reach, CHUNK_ROWS)
        for chunk in chunks:
            numerator, norm = self._sums.apply(update, chunk, scales[chunk.pattern])
            if not is_eligible[chunk.pattern]:
                continue
            # cos >= t is compared as (numerator / t |y|)² >= norm: no root and no division for songs that miss it.
            # Squaring loses the sign, so songs that point the opposite way are dropped afterwards.
            squared = np.square(numerator, out=self._squared[: len(norm)])
            passing = np.flatnonzero(np.greater_equal(squared, norm, out=self._passes[: len(norm)]))
            passing = passing[(numerator[passing] > 0) & ~excluded_rows[chunk.start : chunk.stop][passing]]
            rows.append(passing + chunk.start)
            scores.append((threshold * numerator[passing] / np.sqrt(norm[passing])).astype(np.float32))
        self._sums.commit(update)
        return np.concatenate(rows), np.concatenate(scores)

    def _threshold(self, profile: Floats, metric: Metric, count: int, excluded_rows: Mask) -> float:
        """A cosine that `count` candidates probably reach, guessed from the sample; −∞ where none can be."""
        block = self.sample
        if not self.is_large or not self.is_eligible(metric)[block.pattern]:
            return -np.inf
        numerator, norm = np.empty((2, block.stop - block.start), np.float32)
        self._sums.compute(Terms.of(self._catalogue, profile, metric), block, numerator, norm)
        sample = numerator / (np.sqrt(norm) * self.lengths(profile, metric)[block.pattern])
        return self.guess(sample, excluded_rows, count)

    @property
    def is_large(self) -> bool:
        """Whether guessing a threshold is worth it."""
        return len(self._catalogue) >= LARGE

    def guess(self, sample: Floats, excluded_rows: Mask, count: int) -> float:
        """A cosine that `count` candidates probably reach, by the cosines of the sample; −∞ where none can be."""
        candidates = sample[~excluded_rows[self.sample.start : self.sample.stop]]
        # The share of the sample that is excluded is about that of the catalogue: the rest is what `count` is out of.
        return likely_threshold(candidates, count, len(self._catalogue) * len(candidates) // max(len(sample), 1))

    def lengths(self, profile: Floats, metric: Metric) -> Floats:
        """|profile|_w over what is known of each pattern, (patterns,); where nothing is, tiny."""
        return np.asarray(self._precise_lengths(profile, metric), dtype=np.float32)

    def _precise_lengths(self, profile: Floats, metric: Metric) -> Doubles:
        """The same in double precision."""
        squares = np.add.reduceat(profile.astype(np.float64) ** 2, FIRST_AXIS) * metric.weights
        return np.asarray(np.sqrt(np.maximum((self._catalogue.patterns * squares).sum(axis=1), TINY)))
