"""Why a song is ranked where it is: what each feature adds, the closest own tracks, and what would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender, contribution_table
from recsys.core.engine.selection import Ranking
from recsys.core.engine.similarity import Weighted, cosines
from recsys.core.model.features import FEATURES
from recsys.core.model.identity import song_hashes
from recsys.errors import BadRecipe, BadTracks, NothingToRank

NEAREST: Final = 3


@dataclass(frozen=True)
class Explanation:
    """
    One song explained.

    Attributes
    ----------
    track_id : str
    rank : int or None
        Among all candidates by score alone; None when the song is not a candidate.
    score : float
    contributions : Series
        By feature name (and "familiar artist" where that dial is used), summing to `score`; against the average song
        of the catalogue.
    nearest : DataFrame
        track_id, title, artists, cosine of the listener's own tracks closest to it, best first; only usable ones, for
        of the others too little is known to be compared.
    strongest : str
        The heaviest feature that takes part, or the one asked about.
    rank_without : int or None
        The rank if that feature weighed nothing; None when the song could not be ranked then.
    """

    track_id: str
    rank: int | None
    score: float
    contributions: pd.Series
    nearest: pd.DataFrame
    strongest: str
    rank_without: int | None


def explain(recommender: Recommender, recipe: Recipe, track_id: str, without: str | None = None) -> Explanation:
    """One song of the catalogue; see `explain_all`."""
    return explain_all(recommender, recipe, [track_id], without)[0]


def explain_all(
    recommender: Recommender, recipe: Recipe, track_ids: Sequence[str], without: str | None = None
) -> list[Explanation]:
    """
    Several songs at once, in the order asked for.

    Parameters
    ----------
    recommender : Recommender
    recipe : Recipe
        What the songs were ranked by.
    track_ids : sequence of str
        Songs of the catalogue.
    without : str, optional
        The feature whose weight is set to 0 in `rank_without`; the strongest one that takes part where none is named.

    Raises
    ------
    BadTracks
        A track is not in the catalogue.
    NothingToRank, UnknownFeature
        As ranking does.
    """
    ranking = recommender.rank_candidates(recipe)
    found = recommender.catalogue.rows_of(track_ids)
    unknown = [track_id for track_id in track_ids if track_id not in found]
    if unknown:
        raise BadTracks(f"The track {unknown[0]} is not in the catalogue, so there is nothing to explain.")
    rows = np.array([found[track_id] for track_id in track_ids], dtype=np.int64)
    feature = without or FEATURES[int(ranking.profile.metric.weights.argmax())].name
    parts_of = ranking.scorer.contributions(recommender.catalogue.vectors(rows))
    contributions = contribution_table(parts_of, recommender.bonus(recipe, rows), recipe)
    return [
        Explanation(track_id, rank, float(parts.sum()), parts, nearest=near, strongest=feature, rank_without=other)
        for track_id, rank, (_, parts), near, other in zip(
            track_ids,
            recommender.positions_of(rows, recipe),
            contributions.iterrows(),
            nearest_own(recommender, ranking, rows),
            positions_without(recommender, recipe, rows, feature),
            strict=True,
        )
    ]


def nearest_own(recommender: Recommender, ranking: Ranking, rows: np.ndarray) -> list[pd.DataFrame]:
    """
    For each row of the catalogue the `NEAREST` usable own tracks: track_id, title, artists, cosine.

    A song of the listener's own that is on the list (one they forgot) is not named as near to itself.
    """
    is_usable, metric = ranking.profile.is_usable, ranking.profile.metric
    songs = Weighted.of(recommender.catalogue.vectors(rows), metric)
    similarity = cosines(songs, Weighted.of(recommender.own_vectors.take(is_usable), metric))
    own = recommender.own[is_usable]
    # (rows, own): the same song, whichever version of it.
    similarity[recommender.catalogue.songs[rows][:, None] == song_hashes(own)] = -np.inf
    # Stable, so that of equally close tracks the first of the library is named, regardless of what else is asked.
    order = np.argsort(-similarity, axis=1, kind="stable")[:, :NEAREST]
    return [
        own.iloc[at].assign(cosine=row[at].astype(np.float64)).reset_index(drop=True)
        for at, row in ((at[row[at] > -np.inf], row) for at, row in zip(order, similarity, strict=True))
    ]


def positions_without(recommender: Recommender, recipe: Recipe, rows: np.ndarray, feature: str) -> list[int | None]:
    """The rank of each row of the catalogue if a feature weighed nothing; None for what could not be ranked then."""
    try:
        return recommender.positions_of(rows, recipe.with_weight(feature, 0.0))
    except (BadRecipe, NothingToRank):
        return [None] * len(rows)
