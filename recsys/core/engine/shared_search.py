"""Stage 1 for many listeners under one metric: the norms of all songs are computed once, numerators as one product."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.retrieval import MARGIN, CandidateSearch
from recsys.core.engine.running_sums import RunningSums, Terms
from recsys.core.engine.similarity import Metric
from recsys.core.model.arrays import Bits, Floats, Integers, Mask
from recsys.core.model.scaling import NUMBER_AXES

BLOCK_ROWS: Final = 8192
"""Songs whose cosines with some listeners are computed at once, so that they stay in the processor's cache."""

LISTENERS_AT_ONCE: Final = 16


class SharedSearch:
    """What `CandidateSearch.top_k` finds, for many profiles under one metric."""

    def __init__(self, catalogue: Catalogue, metric: Metric) -> None:
        """Computes the norm of every song."""
        self._catalogue, self._metric = catalogue, metric
        self._alone = CandidateSearch(catalogue)
        self._is_eligible = self._alone.is_eligible(metric)
        # 1 / |song|_w, (songs,).
        self._scales = np.empty(len(catalogue), np.float32)
        sums, nobody = RunningSums(catalogue), np.zeros(catalogue.background.values.shape[0], np.float32)
        terms, numerator = Terms.of(catalogue, nobody, metric), np.empty(len(catalogue), np.float32)
        for chunk in catalogue.chunks:
            rows = slice(chunk.start, chunk.stop)
            sums.compute(terms, chunk, numerator[rows], self._scales[rows])
        np.divide(1, np.sqrt(self._scales, out=self._scales), out=self._scales)

    def top_k(self, profiles: Sequence[Floats], count: int, excluded: Sequence[Bits]) -> list[tuple[Integers, Floats]]:
        """
        As `CandidateSearch.top_k` for each profile (axes,) with its own excluded rows: a bit for each song.

        A byte for each song and profile would be most of what a search needs.
        """
        found: list[tuple[Integers, Floats]] = []
        for start in range(0, len(profiles), LISTENERS_AT_ONCE):
            some, bits = profiles[start : start + LISTENERS_AT_ONCE], excluded[start : start + LISTENERS_AT_ONCE]
            each = Numerators.of([Terms.of(self._catalogue, profile, self._metric) for profile in some])
            # Squared lengths of what is known of each pattern, (profiles, patterns).
            lengths = np.stack([self._alone.lengths(profile, self._metric) for profile in some])
            # A cosine that `count` candidates probably reach, for each profile; infinite where none can be guessed.
            sample = self._alone.sample
            thresholds = np.full(len(some), np.inf, np.float32)
            if self._alone.is_large and self._is_eligible[sample.pattern]:
                of_sample = self._numerators(each, sample.start, sample.stop) / lengths[:, sample.pattern, None]
                pairs = zip(of_sample, bits, strict=True)
                guesses = [self._alone.guess(row, self._is_excluded(one), count) for row, one in pairs]
                thresholds[:] = [guess if guess > 0 else np.inf for guess in guesses]
            reaching = self._reaching(each, lengths, thresholds) if np.isfinite(thresholds).any() else []
            for at, profile in enumerate(some):
                rows, cosines = reaching[at] if reaching else (np.arange(0), np.zeros(0, np.float32))
                # The bits of these rows alone: rows are numbered from the highest bit of the first byte.
                is_candidate = bits[at][rows >> 3] >> (7 - (rows & 7)).astype(np.uint8) & 1 == 0
                rows, cosines = rows[is_candidate], cosines[is_candidate]
                if np.count_nonzero(cosines >= thresholds[at] + 2 * MARGIN) >= count:
                    found.append(self._alone.best_of(profile, self._metric, count, (rows, cosines)))
                else:
                    found.append(self._alone.top_k(profile, self._metric, count, self._is_excluded(bits[at])))
        return found

    def _is_excluded(self, bits: Bits) -> Mask:
        return np.unpackbits(bits, count=len(self._catalogue)).view(bool)

    def _reaching(self, each: "Numerators", lengths: Floats, thresholds: Floats) -> list[tuple[Integers, Floats]]:
        """For each profile the rows whose cosine reaches its threshold, rising, and the cosines."""
        found: list[tuple[Integers, Integers, Floats]] = []
        for chunk in self._catalogue.chunks:
            if not self._is_eligible[chunk.pattern]:
                continue
            needed = (thresholds * lengths[:, chunk.pattern])[:, None]
            for start in range(chunk.start, chunk.stop, BLOCK_ROWS):
                block = self._numerators(each, start, min(start + BLOCK_ROWS, chunk.stop))
                # One index for profile and song: of a flat array the places that pass are found fastest.
                passing = np.flatnonzero(block >= needed)
                profile, row = np.divmod(passing, block.shape[1])
                found.append((profile, row + start, block.reshape(-1)[passing] / lengths[profile, chunk.pattern]))
        profile, rows, cosines = (np.concatenate(parts) for parts in zip(*found, strict=True))
        order = np.argsort(profile, kind="stable")
        ends = np.searchsorted(profile[order], np.arange(1, len(thresholds)))
        return list(zip(np.split(rows[order], ends), np.split(cosines[order], ends), strict=True))

    def _numerators(self, each: "Numerators", start: int, stop: int) -> Floats:
        """Σ_axes (w y)_a x_a / |x|_w of the songs in some rows of one pattern, (profiles, rows)."""
        catalogue = self._catalogue
        found = each.towards @ catalogue.axes[:, start:stop]
        if self._metric.weights[-1]:
            codes = catalogue.genre_codes[start:stop]
            for row, genre_terms in zip(found, each.genre_terms, strict=True):
                row += genre_terms[codes]  # code -1 (unknown) reads the last place, which is 0
        found *= self._scales[start:stop]
        return np.asarray(found)


@dataclass(frozen=True)
class Numerators:
    """The `Terms` of several profiles: `towards` (profiles, number axes), `genre_terms` (profiles, genre sets + 1)."""

    towards: Floats
    genre_terms: Floats

    @classmethod
    def of(cls, each: Sequence[Terms]) -> "Numerators":
        """Of the terms of each profile."""
        towards = np.stack([terms.towards[:NUMBER_AXES] for terms in each])
        return cls(towards, np.stack([terms.genre_terms for terms in each]))
