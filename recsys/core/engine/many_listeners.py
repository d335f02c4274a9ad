"""Lists for many listeners under one recipe: what does not depend on the listener is computed once.

That is the norm of every song (`shared_search`) and the catalogue's side of every score: log mean e^(β cos) of a song
with the background depends on the weights and on β alone, so it is stored for each song that reaches stage 2.
The lists equal those of `Recommender` to the last digit, because rounding depends on neither (`similarity`).
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Final

import numpy as np

from recsys.core.engine.candidates import Candidates, why_none_is_left
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.library_tracks import Library, LibraryTracks
from recsys.core.engine.ordering import Order
from recsys.core.engine.profile import Profile, profile
from recsys.core.engine.query import EMPTY_LIBRARY
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import SHORTLIST, Recommendations, Recommender, uses_familiarity
from recsys.core.engine.retrieval import CandidateSearch
from recsys.core.engine.scoring import DensityRatioScorer, log_mean_exp
from recsys.core.engine.selection import Ranking, select
from recsys.core.engine.shared_search import SharedSearch
from recsys.core.engine.similarity import Weighted
from recsys.core.model.arrays import Bits, Doubles, Floats, Integers
from recsys.errors import NothingToRank, TonearmError

TABLES: Final = 8
"""Backgrounds stored at a time: β is the same for all libraries of 10 to 150 songs, and from 600 on."""

TableOf = Callable[[str, int], Floats]
"""The table of a name with a place for each song, (songs,) float32: zeros where nothing was stored yet."""


@dataclass(frozen=True)
class Listed:
    """The songs of one list, best first: rows of the catalogue, and scores in double precision, (n,) each."""

    rows: Integers
    scores: Doubles


@dataclass(frozen=True)
class Query:
    """
    One listener of a chunk as stage 1 and 2 need them.

    `excluded` are the songs that are no candidates, a bit each (`numpy.packbits`): a chunk has a byte for every song of
    the catalogue otherwise, for each of its listeners.
    """

    profile: Profile
    scorer: DensityRatioScorer
    excluded: Bits
    counts: dict[str, int]


class ManyListeners:
    """
    Ranks a catalogue under one recipe for any number of listeners.

    Parameters
    ----------
    catalogue : Catalogue
    recipe : Recipe
    table_of : (name, count) -> (count,) float32, optional
        Makes zeros, or a table of that name that several processes fill.
    whole_rows : (songs,), optional
        Of a part of a catalogue the rows of the whole, rising: libraries are then those looked up in the whole.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        recipe: Recipe,
        table_of: TableOf | None = None,
        whole_rows: Integers | None = None,
    ) -> None:
        self.catalogue, self.recipe, self._whole_rows = catalogue, recipe, whole_rows
        self._search = CandidateSearch(catalogue)
        self._searches: dict[bytes, SharedSearch] = {}
        self._backgrounds: OrderedDict[tuple[bytes, float], Background] = OrderedDict()
        self._table_of = table_of or zeros

    def lists(self, libraries: LibraryTracks, each: Sequence[Library]) -> Iterator[Listed | TonearmError]:
        """For each library the list of `Recommender.recommend`, or what that raises."""
        if not can_share(self.recipe):
            for library in each:
                own, disliked = (libraries.tracks.iloc[at].reset_index(drop=True) for at in library)
                alone = list_or_problem(partial(Recommender, self.catalogue, own, dislikes=disliked), self.recipe)
                if isinstance(alone, Recommendations):
                    yield Listed(alone.rows, alone.table["score"].to_numpy())
                else:
                    yield alone
            return
        for found in self.rankings(libraries, each):
            if isinstance(found, TonearmError):
                yield found
            elif not len(found.rows):
                yield NothingToRank(why_none_is_left(self.recipe.filters, found.counts))
            else:
                yield self.listed(found)

    def listed(self, ranking: Ranking) -> Listed:
        """The songs to list of a shortlist."""
        positions, _ = select(self.catalogue, ranking, self.recipe)
        rows, scorer = ranking.rows[positions], ranking.scorer
        sides = scorer.sides(np.float64)
        songs = sides.weighted(self.catalogue.vectors(rows))
        theirs = log_mean_exp(songs, self._background(scorer).precise, scorer.sharpness)
        return Listed(rows, np.minimum.accumulate(sides.sum(songs, log_mean_exp, theirs)))

    def rankings(self, libraries: LibraryTracks, each: Sequence[Library]) -> list[Ranking | TonearmError]:
        """
        What `Recommender.rank_candidates` returns for each library, or raises.

        Where there is no candidate the ranking is empty: another part of the catalogue may have some.
        """
        queries = [self._query(libraries, library) for library in each]
        found: dict[int, Ranking | TonearmError] = {}
        by_metric: dict[bytes, list[tuple[int, Query]]] = {}
        for at, query in enumerate(queries):
            if isinstance(query, TonearmError):
                found[at] = query
            elif not query.counts["candidates"]:
                found[at] = self._ranking(query, np.arange(0), np.zeros(0, np.float32))
            else:
                by_metric.setdefault(query.profile.metric.weights.tobytes(), []).append((at, query))
        for key, members in by_metric.items():
            if key not in self._searches:
                # One at a time: few recipes have two metrics.
                self._searches = {key: SharedSearch(self.catalogue, members[0][1].profile.metric)}
            profiles, excluded = zip(*((one.profile.centroid, one.excluded) for _, one in members), strict=True)
            shortlists = self._searches[key].top_k(profiles, SHORTLIST, excluded)
            for (at, query), (rows, cosines) in zip(members, shortlists, strict=True):
                found[at] = self._ranking(query, rows, cosines)
        return [found[at] for at in range(len(queries))]

    def _ranking(self, query: Query, rows: Integers, cosines: Floats) -> Ranking:
        # What `DensityRatioScorer.scores` returns, in order of rows, because neighbours are read faster.
        scorer, by_row = query.scorer, np.argsort(rows)
        in_order = rows[by_row]
        sides = scorer.sides(np.float32)
        songs = sides.weighted(self.catalogue.vectors(in_order, bool(scorer.metric.weights[-1])))
        theirs = self._background(scorer).of(in_order, songs)
        scores, bonus = np.empty(len(rows), np.float32), np.zeros(len(rows), np.float32)
        scores[by_row] = sides.sum(songs, log_mean_exp, theirs)
        order = np.argsort(-scores, kind="stable")
        return Ranking(query.profile, query.scorer, rows[order], scores[order], bonus, cosines[order], query.counts)

    def profile_of(self, libraries: LibraryTracks, library: Library) -> tuple[Profile, DensityRatioScorer]:
        """
        The profile of one library, and the score by it.

        Raises
        ------
        NothingToRank
            As `Recommender`.
        """
        if not len(self.catalogue):
            raise NothingToRank("The catalogue is empty. Add tracks to it first.")
        vectors, disliked = (libraries.vectors(libraries.distinct(at)) for at in library)
        if not len(vectors):
            raise NothingToRank(EMPTY_LIBRARY)
        shifts, weights = self.recipe.shifts, self.recipe.weights
        found = profile(vectors.shifted(shifts), weights, self.catalogue.known_features, shifts)
        return found, DensityRatioScorer(found.tracks, self.catalogue.background, disliked, found.metric)

    def _query(self, libraries: LibraryTracks, library: Library) -> Query | TonearmError:
        try:
            found, scorer = self.profile_of(libraries, library)
        except TonearmError as problem:
            return problem

        def familiar() -> Integers:
            return self.catalogue.artists.rows_by(libraries.tracks["artists"].iloc[library.own])

        owned, nobody = libraries.rows_owned(library.own), np.arange(0)
        turned_down = libraries.rows_owned(libraries.distinct(library.disliked))
        mine = (self._own_rows(owned), self._own_rows(turned_down))
        candidates = Candidates(self.catalogue, *mine, familiar, nobody, nobody, None)
        counts = candidates.count(self.recipe, self._search.is_eligible(found.metric))
        return Query(found, scorer, np.packbits(candidates.exclusion(self.recipe).rows), counts)

    def _own_rows(self, rows: Integers) -> Integers:
        """Of some rows of the whole catalogue those that a shard holds, as its own; of the whole all of them."""
        if self._whole_rows is None:
            return rows
        places = np.searchsorted(self._whole_rows, rows).clip(max=len(self._whole_rows) - 1)
        return np.asarray(places[self._whole_rows[places] == rows])

    def _background(self, scorer: DensityRatioScorer) -> "Background":
        key = (scorer.metric.weights.tobytes(), scorer.sharpness)
        if key not in self._backgrounds:
            name = blake2b(key[0] + np.float64(key[1]).tobytes(), digest_size=8).hexdigest()
            # A β that dislikes have raised is hardly any other listener's: such a table is not shared, and forgotten.
            table_of = self._table_of if scorer.sharpness == scorer.sharpness_by_size else zeros
            self._backgrounds[key] = Background(scorer, table_of(name, len(self.catalogue)))
        self._backgrounds.move_to_end(key)
        while len(self._backgrounds) > TABLES:
            self._backgrounds.popitem(last=False)
        return self._backgrounds[key]


class Background:
    """The catalogue's side of the scores under one metric and β, each computed when first asked for."""

    def __init__(self, scorer: DensityRatioScorer, table: Floats) -> None:
        """`table` (songs,) float32: 0 where nothing is stored yet."""
        self._sharpness, self._table = scorer.sharpness, table
        self._points = Weighted.of(scorer.background, scorer.metric)
        self.precise = Weighted.of(scorer.background, scorer.metric, np.float64)

    def of(self, rows: Integers, songs: Weighted) -> Floats:
        """log mean e^(β cos) over the background for the songs in some rows (n,)."""
        found = self._table[rows]
        if len(missing := np.flatnonzero(found == 0)):
            found[missing] = log_mean_exp(songs.take(missing), self._points, self._sharpness)
            self._table[rows[missing]] = found[missing]
        return found


def zeros(name: str, count: int) -> Floats:
    """A table of one process's own."""
    return np.zeros(count, np.float32)


def list_or_problem(engine: Callable[[], Recommender], recipe: Recipe) -> Recommendations | TonearmError:
    """The list of one listener, ranked alone, or why there is none."""
    try:
        return engine().recommend(recipe)
    except TonearmError as problem:
        return problem


def can_share(recipe: Recipe) -> bool:
    """Whether a recipe asks for nothing that each listener's songs must be compared for one by one."""
    is_by_score = Order(recipe.order, recipe.by, recipe.spacing, {}) == Order(by=recipe.by)
    return is_by_score and not uses_familiarity(recipe) and recipe.choose_from == "new" and not recipe.locked
