"""The recommender: a catalogue, a library and a recipe become a ranked list that explains itself.

1. Query: the listener's own tracks, or the seeds, as vectors (`query`, `profile`).
2. Retrieve: one weighted cosine of every song with their centroid; the best 3,000 go on (`retrieval`).
3. Score: a density ratio of those against the whole library and the catalogue's background (`scoring`).
4. Rerank: a limit per artist, and variety (`selection`, `reranking`). What the listener has, or ruled out, was
   excluded before.
5. Explain: what each feature adds to each score (`scoring`, `explanation`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from hashlib import blake2b
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.engine.candidates import Candidates, why_none_is_left
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.locked import ALL_LISTED, locked_places, unlisted
from recsys.core.engine.ordering import Groups, Order, arrange
from recsys.core.engine.pool import POOL
from recsys.core.engine.profile import Profile, profile
from recsys.core.engine.query import LONGEST_LIBRARY, drop_duplicate_songs, embed, query_tracks
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.reranking import Cost, monotone_scores
from recsys.core.engine.retrieval import CandidateSearch
from recsys.core.engine.scoring import DensityRatioScorer, StoredBackground, log_mean_exp, log_mean_exp_by_axis
from recsys.core.engine.selection import Ranking, select
from recsys.core.engine.silence import SILENCE, last_heard, months_silent, silence_bonus
from recsys.core.engine.similarity import top_positions
from recsys.core.engine.transitions import Sound
from recsys.core.model.arrays import Doubles, Floats, Integers
from recsys.core.model.artists import first_artists
from recsys.core.model.features import FEATURES
from recsys.core.model.identity import song_hashes
from recsys.core.model.tracks import NUMBERS, empty_tracks, links
from recsys.errors import NothingToRank

SHORTLIST: Final = 3000
"""Songs that reach stage 2; scoring all of them gains 1 to 7 % NDCG@50 at a hundred times the work."""

FIRST_SONGS: Final = 10
"""Songs of a list by which the cost of its order is judged."""

_ALL_RANKED: Final = pd.DataFrame(columns=["track_id", "title", "artists"], dtype="str")

FEATURE_NAMES: Final = pd.Index([f.name for f in FEATURES])
"""Made once: from a list of names pandas would make an index of every table, which takes longer than the table."""

FAMILIAR_ARTIST: Final = "familiar artist"
FAMILIAR_STEP: Final = 2.0
"""What full familiarity adds to the score of a song by an artist in the library."""


@dataclass(frozen=True)
class Recommendations:
    """
    One ranked list.

    Attributes
    ----------
    table : DataFrame
        rank, track_id, title, artists, album, year, genres, score, cosine, url. Best first, and scores never rise,
        unless the recipe asks for another order.
        With a pool found around the listener (`pool.around`) also `pool`: where each song came from.
        `score` ranks (higher is better, 0 is no closer to the listener than the average song),
        `cosine` the weighted cosine with the centroid of the library in −1..1. `album`, `year`, `genres` and `url` may
        be missing.
    contributions : DataFrame
        Indexed by track_id, one column per feature name, and "familiar artist" where that dial is used. Rows sum to
        `score`.
    counts : mapping of str to int
        "catalogue" songs = "owned" + "disliked" + "given_before" (where some were) + "familiar_artists" + what each
        filter left out (`filters.exclude`) + "too_little_known" + "candidates". A song of which a
        feature that is aimed at is unknown counts as too little known, unless it is locked (`locked`).
    costs : mapping of "per_artist", "variety" and "order" to Cost
        What each dial in use cost; of an order, how many songs moved, and the fall of the mean score of the first ten.
    features : DataFrame
        Indexed by track_id: isrc, and every number feature, key, mode and explicit as the catalogue knows them.
    unranked : DataFrame
        track_id, title, artists of the songs counted as "too_little_known" where only the forgotten are chosen.
    rows : (songs,)
        The rows of the catalogue, in the order of the table.
    unlisted : DataFrame
        track_id, title, artists of the locked songs that are not on the list, and why, as a phrase (`locked`).
    """

    table: pd.DataFrame
    contributions: pd.DataFrame
    counts: Mapping[str, int]
    costs: Mapping[str, Cost] = field(default_factory=dict)
    features: pd.DataFrame = field(default_factory=pd.DataFrame)
    unranked: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=["track_id", "title", "artists"]))
    rows: Integers = field(default_factory=partial(np.arange, 0))
    unlisted: pd.DataFrame = field(default_factory=lambda: ALL_LISTED)


class Recommender:
    """
    Ranks one catalogue for one listener. Stores running sums between calls, so it is not shared between threads.

    Parameters
    ----------
    catalogue : Catalogue
    library : DataFrame
        The listener's track table; never recommended. Each song counts once, however many versions of it there are.
    seeds : sequence of track ids, optional
        Tracks of the library or the catalogue that are used instead of the library.
    dislikes, given : DataFrame, optional
        Track tables never recommended either: what to stay away from; and earlier lists, which say nothing about taste.
    plays : DataFrame, optional
        `track_id` and `played_at` (ISO 8601, UTC) of the library's tracks, for recipes that choose from the forgotten.
    now : Timestamp, optional
        With a time zone; without it nothing counts as forgotten.
    known : Catalogue, optional
        What is read of the library and the dislikes, where `catalogue` is a part of a larger one: see
        `shards.songs_named`.

    Raises
    ------
    NothingToRank
        The library (and seeds) or the catalogue is empty.
    BadTracks
        A seed is in neither.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        library: pd.DataFrame,
        *,
        seeds: Sequence[str] = (),
        dislikes: pd.DataFrame | None = None,
        given: pd.DataFrame | None = None,
        plays: pd.DataFrame | None = None,
        now: pd.Timestamp | None = None,
        known: Catalogue | None = None,
    ) -> None:
        disliked = empty_tracks() if dislikes is None else drop_duplicate_songs(dislikes)
        if not len(catalogue):
            raise NothingToRank("The catalogue is empty. Add tracks to it first.")
        self.catalogue = catalogue
        known = catalogue if known is None else known
        self.own, self.own_vectors = query_tracks(known, library, seeds)
        self._dislikes = embed(known, disliked.head(LONGEST_LIBRARY))
        seed_rows = _rows_of_seeds(catalogue, known, library, seeds)
        owned = np.union1d(catalogue.rows_owned(library), seed_rows)
        turned_down = catalogue.rows_owned(disliked)
        self._months_silent: Doubles | None = None
        if now is not None:
            heard = last_heard(library, pd.DataFrame(columns=["track_id", "played_at"]) if plays is None else plays)
            self._months_silent = months_silent(catalogue, library, heard, now)
        given_rows = np.arange(0) if given is None else catalogue.rows_owned(given)
        self._candidates = Candidates(
            catalogue, owned, turned_down, lambda: self._familiar, seed_rows, given_rows, self._months_silent
        )
        self._tracks = (library, disliked)
        self._search = CandidateSearch(catalogue)
        self._background = StoredBackground(log_mean_exp)
        self._precise_background = StoredBackground(log_mean_exp)
        self._background_parts = StoredBackground(log_mean_exp_by_axis)
        self._last: tuple[Recipe, Ranking] | None = None

    def recommend(self, recipe: Recipe) -> Recommendations:
        """
        The list that a recipe asks for. May be shorter than asked when few candidates are left.

        Raises
        ------
        NothingToRank
            No candidate is left, or no weighted feature is known both of the library and of the catalogue.
        """
        ranking = self.rank_candidates(recipe)
        exclusion = self._candidates.exclusion(recipe)
        listed, costs = select(self.catalogue, ranking, recipe, exclusion.locked)
        rows, bonus = ranking.rows[listed], ranking.bonus[listed]
        sides = ranking.scorer.sides(np.float64)
        weighted = sides.weighted(self.catalogue.vectors(rows))
        by_axis = sides.sum(weighted, log_mean_exp_by_axis, self._background_parts.of(sides, rows, weighted))
        precise_scores = sides.sum(weighted, log_mean_exp, self._precise_background.of(sides, rows, weighted))
        parts = ranking.scorer.by_feature(by_axis)
        scores = monotone_scores(precise_scores, parts, bonus)
        text = {name: self.catalogue.texts(name, rows) for name in ("track_id", "title", "artists", "album")}
        pool = {POOL: self.catalogue.texts(POOL, rows)} if POOL in self.catalogue.tracks else {}
        columns = {
            "rank": np.arange(1, len(rows) + 1),
            **text,
            "year": self.catalogue.tracks["year"].to_numpy()[rows].astype(np.float64),
            "genres": self.catalogue.texts("genres", rows),
            "score": scores,
            "cosine": ranking.cosines[listed].astype(np.float64),
            "url": links(pd.Series(text["track_id"])).array,
            **pool,
        }
        # Of arrays, because pandas aligns the indices of series first, which takes longer than all the rest.
        table = pd.DataFrame(columns, copy=False)
        contributions, features = contribution_table(parts, bonus, recipe), self.catalogue.raw.at(rows)
        features.insert(0, "isrc", self.catalogue.texts("isrc", rows))
        contributions.index = features.index = pd.Index(text["track_id"], name="track_id")
        found = Recommendations(
            table,
            contributions,
            ranking.counts,
            costs,
            features,
            self._unranked(recipe, ranking),
            rows,
            unlisted(self.catalogue, recipe, exclusion, rows),
        )
        return arranged(found, recipe, locked_places(recipe, exclusion, rows))

    def rank_candidates(self, recipe: Recipe) -> Ranking:
        """All candidates in order, cached until it is called with another recipe. Raises as `recommend`."""
        if self._last is None or self._last[0] != recipe:
            self._last = (recipe, self._rank(recipe, self._search))
        return self._last[1]

    def positions_of(self, rows: Integers, recipe: Recipe) -> list[int | None]:
        """
        The rank of each row of the catalogue among all candidates: by score in the shortlist, by stage 1 behind it.

        None for what is not a candidate. A recipe other than the last leaves the running sums of that one alone.
        """
        is_last = self._last is not None and self._last[0] == recipe
        ranking = self.rank_candidates(recipe) if is_last else self._rank(recipe, self._what_if)
        # Ranks within the shortlist are by score; further down nobody computed scores, so stage 1 decides.
        ranks = {int(row): rank for rank, row in enumerate(ranking.rows, start=1)}
        if all(int(row) in ranks for row in rows):
            return [ranks[int(row)] for row in rows]
        stage1_scores = self._stage1_scores(recipe, self._what_if, ranking.profile, ranking.scorer)
        positions: list[int | None] = []
        for row in map(int, rows):
            position = ranks.get(row)
            if position is None and stage1_scores[row] > -np.inf:
                position = max(int(np.count_nonzero(stage1_scores > stage1_scores[row])), len(ranks)) + 1
            positions.append(position)
        return positions

    def bonus(self, recipe: Recipe, rows: Integers) -> Floats:
        """What familiarity, or a long silence where only the forgotten are chosen, adds to the score of some rows."""
        if recipe.choose_from == "forgotten" and self._months_silent is not None:
            return silence_bonus(self._months_silent[rows], recipe.silent_months)
        if not recipe.familiarity:
            return np.zeros(len(rows), np.float32)
        return np.isin(rows, self._familiar).astype(np.float32) * np.float32(FAMILIAR_STEP * recipe.familiarity)

    @cached_property
    def checksum(self) -> str:
        """Eight hexadecimal digits of the library and the dislikes, independent of their order and of the catalogue."""
        digest = blake2b(digest_size=4)
        for tracks in self._tracks:
            one_each = drop_duplicate_songs(tracks)  # in order of song number
            digest.update(np.ascontiguousarray(song_hashes(one_each)).data)
            digest.update(one_each[list(NUMBERS)].to_numpy(np.float64).tobytes())
        return digest.hexdigest()

    @cached_property
    def _what_if(self) -> CandidateSearch:
        """A second search, so that a question about another recipe leaves the running sums of the list alone."""
        return CandidateSearch(self.catalogue)

    @cached_property
    def _familiar(self) -> Integers:
        return self.catalogue.artists.rows_by(self._tracks[0]["artists"])

    def shortlist(self, recipe: Recipe) -> tuple[Integers, Mapping[str, int]]:
        """
        The rows that reach stage 2, and the counts of `Recommendations`; for a part of a larger catalogue.

        Raises as `recommend`, but not where no candidate is left: another part may have some.
        """
        found, scorer, counts = self._query(recipe, self._search)
        rows = self._shortlist(recipe, self._search, found, scorer)[0] if counts["candidates"] else np.arange(0)
        return rows, counts

    def _query(self, recipe: Recipe, search: CandidateSearch) -> tuple[Profile, DensityRatioScorer, dict[str, int]]:
        shifted, known = self.own_vectors.shifted(recipe.shifts), self.catalogue.known_features
        found = profile(shifted, recipe.weights, known, recipe.shifts)
        scorer = DensityRatioScorer(found.tracks, self.catalogue.background, self._dislikes, found.metric)
        return found, scorer, self._candidates.count(recipe, search.is_eligible(found.metric))

    def _rank(self, recipe: Recipe, search: CandidateSearch) -> Ranking:
        found, scorer, counts = self._query(recipe, search)
        if not counts["candidates"]:
            raise NothingToRank(why_none_is_left(recipe.filters, counts))
        rows, cosine = self._shortlist(recipe, search, found, scorer)
        bonus = self.bonus(recipe, rows)
        sides = scorer.sides(np.float32)
        songs = sides.weighted(self.catalogue.vectors(rows))
        scores = sides.sum(songs, log_mean_exp, self._background.of(sides, rows, songs)) + bonus
        # Stable: of equal scores the one with the higher cosine stays first.
        order = np.argsort(-scores, kind="stable")
        return Ranking(found, scorer, rows[order], scores[order], bonus[order], cosine[order], counts)

    def _shortlist(
        self, recipe: Recipe, search: CandidateSearch, found: Profile, scorer: DensityRatioScorer
    ) -> tuple[Integers, Floats]:
        """The rows that reach stage 2 and their cosines: the closest, and locked candidates wherever they are."""
        if uses_familiarity(recipe):
            # The bonus moves songs across the whole catalogue, so that no block may be skipped.
            stage1_scores = self._stage1_scores(recipe, search, found, scorer)
            rows = top_positions(stage1_scores, SHORTLIST)
            # Without the bonus: the list shows the cosine alone.
            cosine = search.cosines_of(found.centroid, found.metric, rows)
        else:
            excluded_rows = self._candidates.exclusion(recipe).rows
            rows, cosine = search.top_k(found.centroid, found.metric, SHORTLIST, excluded_rows)
        if not recipe.locked:
            return rows, cosine
        # The shortlist and its cosines with the locked candidates that are not on it, however little is known of them.
        locked = np.setdiff1d(self._candidates.exclusion(recipe).locked, rows)
        cosines_of = search.known_cosines_of(found.centroid, found.metric, locked)
        return np.append(rows, locked), np.append(cosine, cosines_of)

    def _stage1_scores(
        self, recipe: Recipe, search: CandidateSearch, found: Profile, scorer: DensityRatioScorer
    ) -> Floats:
        """The cosine of every song, (songs,), raised for familiar artists; minus infinity for those excluded."""
        stage1_scores = search.cosines(found.centroid, found.metric)
        stage1_scores[self._candidates.exclusion(recipe).rows] = -np.inf
        if uses_familiarity(recipe):
            # β times a cosine is about a score, so a bonus to the score is β times smaller here.
            stage1_scores[self._familiar] += np.float32(FAMILIAR_STEP * recipe.familiarity / scorer.sharpness)
        return stage1_scores

    def _unranked(self, recipe: Recipe, ranking: Ranking) -> pd.DataFrame:
        """See `Recommendations.unranked`."""
        if recipe.choose_from != "forgotten" or not ranking.counts["too_little_known"]:
            return _ALL_RANKED
        exclusion = self._candidates.exclusion(recipe)
        chosen = np.setdiff1d(np.flatnonzero(~exclusion.rows), exclusion.locked)
        cosines_of = self._search.cosines_of(ranking.profile.centroid, ranking.profile.metric, chosen)
        rows = chosen[cosines_of == -np.inf]
        return pd.DataFrame({name: self.catalogue.text(name, rows) for name in ("track_id", "title", "artists")})


def _rows_of_seeds(catalogue: Catalogue, known: Catalogue, library: pd.DataFrame, seeds: Sequence[str]) -> Integers:
    """The rows of a catalogue that hold any version of a seed, rising; `known` and `library` say what the seeds are."""
    if not len(seeds):
        return np.arange(0)
    mine = library[library["track_id"].isin(seeds)]
    theirs = known.tracks.iloc[known.rows_of_ids(seeds)]
    versions = [catalogue.rows_owned(mine), catalogue.rows_owned(theirs), catalogue.rows_of_ids(seeds)]
    return np.unique(np.concatenate(versions))


def arranged(found: Recommendations, recipe: Recipe, locked: Mapping[int, int]) -> Recommendations:
    """A list by score in the order that a recipe asks for, with what that cost; `locked` as from `locked_places`."""
    order = Order(recipe.order, recipe.by, recipe.spacing, locked)
    if order == Order(by=recipe.by):
        return found
    sound = Sound(*(found.features[name].to_numpy() for name in ("tempo", "key", "mode", "energy")))
    albums = pd.factorize(found.table["artists"].where(found.table["album"].notna()) + "\n" + found.table["album"])[0]
    songs = arrange(sound, Groups(first_artists(found.table["artists"]), albums), order)
    scores = found.table["score"].to_numpy()
    moved = int(np.count_nonzero(songs != np.arange(len(songs))))
    fall = float(scores[:FIRST_SONGS].mean() - scores[songs[:FIRST_SONGS]].mean()) if len(songs) else 0.0
    table = found.table.iloc[songs].reset_index(drop=True).assign(rank=np.arange(1, len(songs) + 1))
    return replace(
        found,
        table=table,
        contributions=found.contributions.iloc[songs],
        features=found.features.iloc[songs],
        rows=found.rows[songs],
        costs={**found.costs, "order": Cost(moved, fall)},
    )


def contribution_table(parts: Doubles, bonus: Floats, recipe: Recipe) -> pd.DataFrame:
    """Contributions (n, features) as a table with a column per feature, and one for the bonus where there is one."""
    table = pd.DataFrame(parts, columns=FEATURE_NAMES)
    if recipe.choose_from == "forgotten":
        return table.assign(**{SILENCE: bonus})
    return table.assign(**{FAMILIAR_ARTIST: bonus}) if recipe.familiarity else table


def uses_familiarity(recipe: Recipe) -> bool:
    """Whether familiarity counts: among the listener's own songs all artists are familiar."""
    return bool(recipe.familiarity) and recipe.choose_from != "forgotten"
