"""Why a song is where it is: what each feature adds, the nearest tracks of one's own, and what would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import FAMILIAR_ARTIST, Ranking, Recommender
from recsys.core.engine.similarity import Weighted, cosines
from recsys.core.model.features import FEATURES
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
        track_id, title, artists, cosine of the listener's own tracks most like it, best first; only of those that
        speak, for of the others too little is known to be compared.
    strongest : str
        The feature that weighs most, or the one asked about.
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
        The feature to imagine away; the strongest one that takes part where none is named.

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
    feature = without or _strongest(ranking)
    contributions = _contributions(recommender, ranking, recipe, rows)
    return [
        Explanation(track_id, rank, float(told.sum()), told, nearest=near, strongest=feature, rank_without=other)
        for track_id, rank, (_, told), near, other in zip(
            track_ids,
            recommender.positions_of(rows, recipe),
            contributions.iterrows(),
            nearest_own(recommender, ranking, rows),
            positions_without(recommender, recipe, rows, feature),
            strict=True,
        )
    ]


def nearest_own(
    recommender: Recommender, ranking: Ranking, rows: np.ndarray, count: int = NEAREST
) -> list[pd.DataFrame]:
    """For each row of the catalogue the speaking own tracks most like it: track_id, title, artists, cosine."""
    speaks, metric = ranking.profile.is_usable, ranking.profile.metric
    songs = Weighted.of(recommender.catalogue.vectors(rows), metric)
    similarity = cosines(songs, Weighted.of(recommender.own_vectors.take(speaks), metric))
    order = np.argsort(-similarity, axis=1, kind="stable")[:, :count]
    own = recommender.own[speaks]
    return [
        own.iloc[at].assign(cosine=row[at].astype(np.float64)).reset_index(drop=True)
        for at, row in zip(order, similarity, strict=True)
    ]


def positions_without(recommender: Recommender, recipe: Recipe, rows: np.ndarray, feature: str) -> list[int | None]:
    """The rank of each row of the catalogue if a feature weighed nothing; None for what could not be ranked then."""
    try:
        return recommender.positions_of(rows, recipe.with_weight(feature, 0.0))
    except (BadRecipe, NothingToRank):
        return [None] * len(rows)


def _strongest(ranking: Ranking) -> str:
    return FEATURES[int(ranking.profile.metric.weights.argmax())].name


def _contributions(recommender: Recommender, ranking: Ranking, recipe: Recipe, rows: np.ndarray) -> pd.DataFrame:
    told = ranking.scorer.contributions(recommender.catalogue.vectors(rows))
    table = pd.DataFrame(told, columns=[f.name for f in FEATURES])
    return table.assign(**{FAMILIAR_ARTIST: recommender.bonus(recipe, rows)}) if recipe.familiarity else table
