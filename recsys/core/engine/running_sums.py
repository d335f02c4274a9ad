"""The two sums behind every cosine, stored between the moves of a slider and updated instead of computed again.

For a profile y and weights w the weighted cosine of a song x is `numerator / sqrt(norm)`, divided by |y|_w, with

    numerator = Σ_axes (w y)_a x_a        norm = Σ_features w_f |x_f|²

Both are linear in the weights. When one weight moves, only the change of that feature is added, which reads one column
of the catalogue instead of all of them. When an aim moves, every axis of the profile does, but no norm: norms are
stored as they are computed, and only numerators are computed again, of the blocks that matter.
"""

from typing import Final, NamedTuple

import numpy as np

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.layout import CHUNK_ROWS
from recsys.core.engine.pruning import Block
from recsys.core.engine.similarity import Metric
from recsys.core.model.arrays import Doubles, Floats, Integers
from recsys.core.model.features import FEATURES
from recsys.core.model.scaling import AXIS_FEATURE, FIRST_AXIS, FIXED_SQUARES, NUMBER_AXES, SCALED

MAX_DRIFT: Final = 5e-6
"""How far stored sums may drift by rounding, relative to a norm, before they are computed again: half of what the
engine promises."""

ROUNDING: Final = 2.0**-23
"""The relative rounding error of one float32 addition."""

MOVED_AT_ONCE: Final = 3
"""At most this many features may change for a call to count as the move of one slider."""

TILE_ROWS: Final = 8192
"""Songs whose squares are computed at once, so that they are still in the processor's cache when they are summed (a
million songs: 5.3 ms, with half or twice as many 6.6 and 5.9; with stored squares, 44 bytes a song, 6.1)."""

TRACE: Final = np.float32(1e-12)
"""Added to every norm, so that none is zero. It does not depend on the weights, so a moved slider leaves it alone."""

FIRST_SCALED_AXIS: Final = FIRST_AXIS[SCALED]
SCALED_RUNS: Final = np.split(FIRST_SCALED_AXIS, np.flatnonzero(np.diff(FIRST_SCALED_AXIS) > 1) + 1)
"""The axes of features scaled by rank in runs of neighbours, so that a run is a slice and nothing is copied."""

FIXED: Final = np.flatnonzero(FIXED_SQUARES)
"""The numbers in `FEATURES` of those of whose squared length a part is the same for all tracks: tempo, year, genre."""


class Terms(NamedTuple):
    """
    The coefficients of both sums.

    Attributes
    ----------
    towards : (axes,)
        Of the numerator: weight times profile.
    weights : (features,)
        Of the squared norm.
    genre_terms : (sets of genres + 1,)
        What each distinct set of genres adds to the numerator; 0 in the last place, for unknown genres.
    """

    towards: Floats
    weights: Floats
    genre_terms: Floats

    @classmethod
    def of(cls, catalogue: Catalogue, profile: Floats, metric: Metric) -> "Terms":
        """The coefficients for a profile (axes,) and weights."""
        towards = (profile * metric.axis_weights).astype(np.float32)
        # Songs share few distinct sets of genres: one product per set replaces one of 32 axes per song.
        return cls(towards, metric.weights, np.matmul(catalogue.genre_vectors, towards[NUMBER_AXES:]))

    def scaled(self, scale: np.float32) -> "Terms":
        """The same with the numerator scaled."""
        return self._replace(towards=self.towards * scale, genre_terms=self.genre_terms * scale)


class Update(NamedTuple):
    """
    How to get from the stored sums to the `wanted` ones.

    `is_stored`: the stored sums are brought to `wanted`, else they are left alone and a scratch array is filled.
    `is_added`: the stored sums get the difference `step` added, else they are computed from scratch. `drift` bounds
    the relative rounding error afterwards, infinite where no numerators are stored. `has_last_weights`: norms stay as
    they are, and those that are computed are stored.
    """

    wanted: Terms
    step: Terms
    is_stored: bool = False
    is_added: bool = False
    drift: float = np.inf
    has_last_weights: bool = False


class RunningSums:
    """
    Numerator and norm of every song of a catalogue, for one listener. Not to be shared between threads.

    Usage: `plan` an update, `apply` it chunk by chunk, `commit` it. Until it is committed the stored sums count as
    unusable, so stopping half-way (an exception, a loop left early) only costs the next call time: it computes
    them from scratch. Sums are stored from the second move of one weight on, norms from the first move of an aim:
    while all weights change at once nobody would read them.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        """No sums are stored yet."""
        self._catalogue = catalogue
        self._numerator, self._norm = np.empty((2, len(catalogue)), np.float32)
        # One scratch buffer for all chunks: writing into memory that is in the cache already is what makes this fast.
        self._scratch = np.empty((3, min(CHUNK_ROWS, len(catalogue))), np.float32)
        # The squares of a tile, and under them a row of ones: its weight is what all rows of a chunk add alike.
        self._squares = np.ones((len(SCALED) + 1, min(TILE_ROWS, len(catalogue))), np.float32)
        no_weights = Metric(np.zeros(len(FEATURES), np.float32))
        self._last = Terms.of(catalogue, np.zeros(len(AXIS_FEATURE), np.float32), no_weights)
        self._drift = np.inf
        # Whether the stored norms are those of the last weights; NaN where none was computed yet.
        self._has_norms = False

    def plan(self, wanted: Terms) -> Update:
        """The cheapest exact way to some sums. Changes nothing."""
        # Linear sums: the sums of the difference are the difference of the sums.
        step = Terms(*(new - old for new, old in zip(wanted, self._last, strict=True)))
        changed = np.flatnonzero(step.weights)
        if len(changed) > MOVED_AT_ONCE:
            return Update(wanted, step)
        # Features in whose direction the numerator changes; more than the weights that changed means that the profile
        # moved.
        moved = np.unique(AXIS_FEATURE[np.flatnonzero(step.towards)])
        # A bound on the relative rounding error after adding the changes. Adding is right only where the profile moved
        # by its weights alone (`moved` features are among the `changed`). Lowering a weight from a to b leaves at least
        # b/a of a norm, so an absolute error grows at most by a/b relative to it; a weight that falls to 0 has no such
        # bound.
        drift, weights = np.inf, wanted.weights[changed]
        if not np.setdiff1d(moved, changed).size and weights.all():
            shrink = max(1.0, float((self._last.weights[changed] / weights).max(initial=1.0)))
            drift = self._drift * shrink + ROUNDING * (shrink + 1) * (len(changed) > 0)
        is_added = drift <= MAX_DRIFT
        if not is_added and not len(changed):
            return Update(wanted, step, has_last_weights=True)
        return Update(wanted, step, is_stored=True, is_added=is_added, drift=drift if is_added else ROUNDING)

    def apply(self, update: Update, chunk: Block, scale: np.float32) -> tuple[Floats, Floats]:
        """
        Carry out an update for the rows of one chunk.

        Returns
        -------
        numerator, norm : (rows of the chunk,)
            The numerator times `scale`. Read only, and overwritten by the next call.
        """
        rows = slice(chunk.start, chunk.stop)
        numerator, norm = self._scratch[:2, : chunk.stop - chunk.start]
        if update.has_last_weights:
            if not self._has_norms:
                self._norm.fill(np.nan)
                self._has_norms = True
            norm = self._norm[rows]
        if not update.is_stored:
            scaled = update.wanted.scaled(scale)
            if update.has_last_weights and not np.isnan(norm.min()):
                np.matmul(scaled.towards[:NUMBER_AXES], self._catalogue.axes[:, rows], out=numerator)
                self._add_genres(scaled, chunk, numerator)
            else:
                self.compute(scaled, chunk, numerator, norm)
            return numerator, norm
        # From here on until `commit` the stored sums fit no terms.
        self._drift, self._has_norms = np.inf, False
        if update.is_added:
            self._add(update.step, chunk)
        else:
            self.compute(update.wanted, chunk, self._numerator[rows], self._norm[rows])
        return np.multiply(self._numerator[rows], scale, out=numerator), self._norm[rows]

    def commit(self, update: Update) -> None:
        """Say that an update was applied: to every chunk of the catalogue, where its sums are stored."""
        self._last, self._drift = update.wanted, update.drift
        self._has_norms = update.is_stored or update.has_last_weights

    def compute(self, terms: Terms, chunk: Block, numerator: Floats, norm: Floats) -> None:
        """Both sums of the rows of a chunk from scratch, into two arrays (rows,)."""
        axes, towards = self._catalogue.axes, terms.towards[:NUMBER_AXES]
        weights = np.append(terms.weights[SCALED], self._fixed(terms, chunk) + TRACE)
        for start in range(0, len(norm), TILE_ROWS):
            tile = slice(start, min(start + TILE_ROWS, len(norm)))
            values = axes[:, chunk.start + tile.start : chunk.start + tile.stop]
            squares = self._squares[:, : tile.stop - tile.start]
            np.matmul(towards, values, out=numerator[tile])
            row = 0
            for run in SCALED_RUNS:
                np.square(values[run[0] : run[-1] + 1], out=squares[row : row + len(run)])
                row += len(run)
            np.matmul(weights, squares, out=norm[tile])
        self._add_genres(terms, chunk, numerator)

    def compute_rows(self, terms: Terms, rows: Integers, patterns: Integers) -> tuple[Doubles, Doubles]:
        """
        Both sums of some rows (n,) of these patterns (n,), from scratch and in double precision.

        Axis by axis, so that every row is rounded alike: the same song has the same sums among any others, and in any
        part of a catalogue. Nothing that is stored changes.
        """
        catalogue = self._catalogue
        known = catalogue.patterns[:, FIXED] * (terms.weights[FIXED].astype(np.float64) * FIXED_SQUARES[FIXED])
        numerator, norm = np.zeros(len(rows)), (known.sum(axis=1) + float(TRACE))[patterns]
        feature_of = dict(zip(FIRST_SCALED_AXIS.tolist(), SCALED.tolist(), strict=True))
        for axis in range(NUMBER_AXES):
            feature = feature_of.get(axis)
            weight = 0.0 if feature is None else float(terms.weights[feature])
            if not terms.towards[axis] and not weight:
                continue
            # Read once for both sums: in a large catalogue each row is somewhere else in memory.
            values = catalogue.axes[axis].take(rows).astype(np.float64)
            numerator += values * float(terms.towards[axis])
            if weight:
                norm += np.square(values) * weight
        if terms.weights[-1]:
            # Of few rows one product each, of many one product per kind of genres.
            vectors, codes = catalogue.genre_vectors, catalogue.genre_codes[rows]
            towards = terms.towards[NUMBER_AXES:].astype(np.float64)
            is_few = len(rows) < len(vectors)
            of_genres = (vectors[codes] * towards).sum(axis=1) if is_few else (vectors * towards).sum(axis=1)[codes]
            numerator += np.where(catalogue.patterns[patterns, -1], of_genres, 0.0)
        return numerator, norm

    def _add(self, step: Terms, chunk: Block) -> None:
        """Add only the features that changed to the stored sums of a chunk, one contiguous column each."""
        rows = slice(chunk.start, chunk.stop)
        numerator, norm, product = self._numerator[rows], self._norm[rows], self._scratch[2, : chunk.stop - chunk.start]
        for axis in np.flatnonzero(step.towards[:NUMBER_AXES]):
            numerator += np.multiply(self._catalogue.axes[axis, rows], step.towards[axis], out=product)
        for row in np.flatnonzero(step.weights[SCALED]):
            np.square(self._catalogue.axes[FIRST_SCALED_AXIS[row], rows], out=product)
            norm += np.multiply(product, step.weights[SCALED[row]], out=product)
        if length := self._fixed(step, chunk):
            norm += length
        self._add_genres(step, chunk, numerator)

    def _fixed(self, terms: Terms, chunk: Block) -> np.float32:
        """What is fixed of a norm: one number, for all rows of a chunk know the same features."""
        weights = terms.weights[FIXED] * FIXED_SQUARES[FIXED].astype(np.float32)
        return np.float32(weights @ self._catalogue.patterns[chunk.pattern, FIXED])

    def _add_genres(self, terms: Terms, chunk: Block, numerator: Floats) -> None:
        """Add what genres add to the numerators of a chunk, one look-up per song."""
        if self._catalogue.patterns[chunk.pattern, -1] and terms.weights[-1]:
            codes = self._catalogue.genre_codes[chunk.start : chunk.stop]
            # mode="wrap" reads code -1 (unknown) as the last place, and fills `out` without the copy "raise" makes.
            numerator += terms.genre_terms.take(codes, out=self._scratch[2, : len(codes)], mode="wrap")
