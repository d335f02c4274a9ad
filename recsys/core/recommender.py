"""The recommender: a catalogue, a library and a recipe become a ranked list that explains itself.

1. Stage 1 compares every song with the centre of the library: one weighted cosine each (`similarity.Scan`).
2. Stage 2 scores the best 3,000 of them against the library and the catalogue's background (`contrast.Contrast`).
3. What the listener has, or ruled out, is left out; artists are limited and variety is added (`ranking`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.arrays import Doubles, Floats, Integers
from recsys.core.artists import first_artists
from recsys.core.catalogue import Catalogue
from recsys.core.contrast import Contrast
from recsys.core.features import FEATURES
from recsys.core.identity import song_numbers
from recsys.core.profile import Profile, profile
from recsys.core.ranking import Cost, choose, cost
from recsys.core.recipe import Recipe
from recsys.core.scaling import Points
from recsys.core.similarity import Scan, Weighted, best, cosines
from recsys.core.tracks import empty_tracks, links
from recsys.errors import BadTracks, NothingToRank

SHORTLIST: Final = 3000
"""Songs that reach stage 2; scoring all of them gains 1 to 7 % NDCG@50 at a hundred times the work."""

LONGEST_LIBRARY: Final = 1000
"""Tracks of a library that are listened to, chosen by song number where there are more."""

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
        rank, track_id, title, artists, album, year, genres, score, cosine, url; best first, scores never rise.
        `score` is the contrast that ranks (higher is better, 0 is no closer to the listener than the average song),
        `cosine` the weighted cosine with the centre of the library in −1..1. `album`, `year`, `genres` and `url` may
        be missing.
    contributions : DataFrame
        Indexed by track_id, one column per feature name, and "familiar artist" where that dial is used. Rows sum to
        `score`.
    counts : mapping of str to int
        "catalogue" songs = "owned" + "disliked" + "familiar_artists" + "too_little_known" + "candidates".
    costs : mapping of "per_artist" and "variety" to Cost
        What each dial in use cost.
    """

    table: pd.DataFrame
    contributions: pd.DataFrame
    counts: Mapping[str, int]
    costs: Mapping[str, Cost] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranking:
    """
    Candidates before they are cut to a list.

    `rows` of the catalogue best first with their `scores`: the shortlist. `bonus` is what familiarity added to each of
    them. `cosines` is every song's, minus infinity for what is not a candidate; `likely` adds familiarity and is what
    the shortlist was taken by.
    """

    profile: Profile
    contrast: Contrast
    rows: Integers
    scores: Floats
    bonus: Floats
    cosines: Floats
    likely: Floats
    counts: Mapping[str, int]

    def ranks_of(self, rows: Integers) -> list[int | None]:
        """The rank of each row among all candidates: by score in the shortlist, by stage 1 behind it."""
        place = {int(row): rank for rank, row in enumerate(self.rows, start=1)}
        return [place.get(int(row), self._rank_behind(int(row))) for row in rows]

    def _rank_behind(self, row: int) -> int | None:
        if self.likely[row] == -np.inf:
            return None
        ahead = np.count_nonzero(self.likely > self.likely[row])
        return max(int(ahead), len(self.rows)) + 1


class Recommender:
    """
    Ranks one catalogue for one listener. Keeps running sums between calls, so it is not shared between threads.

    Parameters
    ----------
    catalogue : Catalogue
    library : DataFrame
        The listener's track table; never recommended. One row per song speaks, however many versions it holds.
    seeds : sequence of track ids, optional
        Tracks of the library or the catalogue that speak instead of the library.
    dislikes : DataFrame, optional
        A track table to stay away from; never recommended either.

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
    ) -> None:
        disliked = empty_tracks() if dislikes is None else _one_of_each(dislikes)
        if not len(catalogue):
            raise NothingToRank("The catalogue is empty. Add tracks to it first.")
        self.catalogue = catalogue
        self.own, self.points = _speakers(catalogue, _one_of_each(library), seeds)
        self._dislikes = catalogue.space.place(disliked.head(LONGEST_LIBRARY))
        self._left_out = {
            "owned": np.union1d(catalogue.rows_owned(library), _rows(catalogue, seeds)),
            "disliked": catalogue.rows_owned(disliked),
        }
        self._artists = library["artists"]
        self._scan = Scan(catalogue)
        self._last: tuple[Recipe, Ranking] | None = None

    def recommend(self, recipe: Recipe) -> Recommendations:
        """
        The list that a recipe asks for. May be shorter than asked when few candidates are left.

        Raises
        ------
        NothingToRank
            No candidate is left, or no weighted feature is known both of the library and of the catalogue.
        """
        ranking = self.rank(recipe)
        listed, costs = self._choose(ranking, recipe)
        points = self.catalogue.points(ranking.rows[listed])
        scores = ranking.contrast.exact_scores(points) + ranking.bonus[listed]
        by_score = np.argsort(-scores, kind="stable")
        listed, points, scores = listed[by_score], points.take(by_score), scores[by_score]
        rows = ranking.rows[listed]
        table = self._table(rows, scores, ranking.cosines[rows])
        contributions = pd.DataFrame(
            ranking.contrast.contributions(points),
            index=pd.Index(table["track_id"], dtype="str"),
            columns=[f.name for f in FEATURES],
        )
        if recipe.familiarity:
            contributions[FAMILIAR_ARTIST] = ranking.bonus[listed]
        return Recommendations(table, contributions, ranking.counts, costs)

    def rank(self, recipe: Recipe) -> Ranking:
        """All candidates in order, kept until another recipe is asked for. Raises as `recommend`."""
        if self._last is None or self._last[0] != recipe:
            self._last = (recipe, self._rank(recipe, self._scan))
        return self._last[1]

    def rank_what_if(self, recipe: Recipe) -> Ranking:
        """As `rank`, leaving the running sums of the recipe in use alone."""
        return self._rank(recipe, self._what_if)

    def bonus(self, recipe: Recipe) -> Floats:
        """What familiarity adds to the score of every song, (songs,)."""
        bonus = np.zeros(len(self.catalogue), np.float32)
        if recipe.familiarity:
            bonus[self._familiar] = FAMILIAR_STEP * recipe.familiarity
        return bonus

    @cached_property
    def _what_if(self) -> Scan:
        return Scan(self.catalogue)

    @cached_property
    def _familiar(self) -> Integers:
        return self.catalogue.artists.rows_by(self._artists)

    def _rank(self, recipe: Recipe, scan: Scan) -> Ranking:
        found = profile(self.points.shifted(recipe.shifts), recipe.weights, self.catalogue.patterns.any(axis=0))
        contrast = Contrast(found.points, self.catalogue.background, self._dislikes, found.metric)
        stage_one = scan.cosines(found.centre, found.metric).copy()
        left_out = dict(self._left_out)
        if recipe.only_new_artists:
            left_out["familiar_artists"] = self._familiar
        counts = _leave_out(stage_one, left_out)
        bonus = self.bonus(recipe)
        likely = stage_one + bonus / contrast.sharpness
        rows = best(likely, SHORTLIST)
        if not len(rows):
            raise NothingToRank(_nothing_left(counts))
        scores = contrast.scores(self.catalogue.points(rows)) + bonus[rows]
        order = np.argsort(-scores, kind="stable")
        return Ranking(found, contrast, rows[order], scores[order], bonus[rows[order]], stage_one, likely, counts)

    def _choose(self, ranking: Ranking, recipe: Recipe) -> tuple[Integers, dict[str, Cost]]:
        """Positions in the shortlist of the songs to list, and what each dial cost."""
        pool = min(len(ranking.rows), 4 * recipe.length + 200)
        scores = ranking.scores[:pool].astype(np.float64)
        artists = first_artists(self.catalogue.tracks["artists"].iloc[ranking.rows[:pool]])
        likeness = np.zeros((0, 0))
        if recipe.variety:
            songs = Weighted.of(self.catalogue.points(ranking.rows[:pool]), ranking.profile.metric)
            likeness = cosines(songs, songs)
        by_score = np.arange(min(recipe.length, pool))
        costs: dict[str, Cost] = {}
        listed = by_score
        for dial, per_artist, variety in (
            ("per_artist", recipe.per_artist, 0.0),
            ("variety", recipe.per_artist, recipe.variety),
        ):
            if getattr(recipe, dial):
                after = choose(scores, artists, likeness, count=recipe.length, per_artist=per_artist, variety=variety)
                costs[dial] = cost(scores, listed, after)
                listed = after
        return listed, costs

    def _table(self, rows: Integers, scores: Doubles, found: Floats) -> pd.DataFrame:
        songs = self.catalogue.tracks.iloc[rows].reset_index(drop=True)
        text = {name: songs[name].astype("str") for name in ("track_id", "title", "artists", "album")}
        return pd.DataFrame(
            {
                "rank": np.arange(1, len(rows) + 1),
                **text,
                "year": songs["year"].astype("float64"),
                "genres": songs["genres"].astype("str"),
                "score": scores,
                "cosine": found.astype(np.float64),
                "url": links(text["track_id"]),
            }
        )


def _leave_out(scores: Floats, left_out: Mapping[str, Integers]) -> dict[str, int]:
    """Take rows out of the running, in place; how many for which reason, each song counted once."""
    counts = {"catalogue": len(scores), "familiar_artists": 0}
    is_left = np.ones(len(scores), dtype=bool)
    for reason, rows in left_out.items():
        counts[reason] = int(is_left[rows].sum())
        is_left[rows] = False
        scores[rows] = -np.inf
    candidates = int(np.count_nonzero(scores > -np.inf))
    return counts | {"too_little_known": int(is_left.sum()) - candidates, "candidates": candidates}


def _nothing_left(counts: Mapping[str, int]) -> str:
    """Why there is no candidate, by the most frequent reason."""
    sentences = {
        "owned": "Your library already holds every song of the catalogue that could be recommended.",
        "disliked": "You turned down every song of the catalogue that could be recommended.",
        "familiar_artists": "Every song that is left is by an artist in your library. Allow familiar artists.",
        "too_little_known": "Too little is known about the songs of the catalogue to rank them by these weights.",
    }
    return sentences[max(sentences, key=lambda reason: counts[reason])]


def _one_of_each(tracks: pd.DataFrame) -> pd.DataFrame:
    """One row per song, in order of song number, so that the order of a library changes nothing."""
    numbers = song_numbers(tracks)
    _, kept = np.unique(numbers, return_index=True)
    return tracks.iloc[kept].reset_index(drop=True)


def _speakers(catalogue: Catalogue, library: pd.DataFrame, seeds: Sequence[str]) -> tuple[pd.DataFrame, Points]:
    """The tracks that speak for the listener, as track_id, title and artists, and in model space."""
    names = ["track_id", "title", "artists"]
    if not seeds:
        if not len(library):
            raise NothingToRank("Your library is empty. Import or sync some tracks first.")
        speaking = library.head(LONGEST_LIBRARY)
        return speaking[names], catalogue.space.place(speaking)
    own = library[library["track_id"].isin(seeds)]
    rows = catalogue.rows_of([seed for seed in seeds if seed not in set(own["track_id"])])
    unknown = [seed for seed in seeds if seed not in rows and seed not in set(own["track_id"])]
    if unknown:
        raise BadTracks(f"The seed {unknown[0]} is neither in your library nor in the catalogue.")
    others = np.array(sorted(rows.values()), dtype=np.int64)
    points, more = catalogue.space.place(own), catalogue.points(others)
    told = pd.concat([own[names], catalogue.tracks.iloc[others][names].astype("str")], ignore_index=True)
    return told, Points(np.hstack([points.axes, more.axes]), np.hstack([points.known, more.known]))


def _rows(catalogue: Catalogue, track_ids: Sequence[str]) -> Integers:
    return np.array(sorted(catalogue.rows_of(track_ids).values()), dtype=np.int64)
