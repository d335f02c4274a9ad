"""From candidates in order to the songs of a list: locked songs, a length or minutes, a limit per artist, variety."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.filters import NO_ROWS
from recsys.core.engine.ordering import fit_minutes
from recsys.core.engine.profile import Profile
from recsys.core.engine.recipe import LONGEST_LIST, Recipe
from recsys.core.engine.reranking import Cost, Options, cost, rerank_mmr
from recsys.core.engine.scoring import DensityRatioScorer
from recsys.core.engine.similarity import Weighted, cosines
from recsys.core.model.arrays import Floats, Integers, Matrix

ROOM: Final = 50
"""Songs beyond the length of a list that the limit per artist may first choose from; variety gets four lengths more."""


@dataclass(frozen=True)
class Ranking:
    """
    Candidates before they are cut to a list.

    `rows` of the catalogue best first: the shortlist. Beside each its `scores`, the `bonus` in it that familiarity
    added, and the `cosines` of stage 1.
    """

    profile: Profile
    scorer: DensityRatioScorer
    rows: Integers
    scores: Floats
    bonus: Floats
    cosines: Floats
    counts: Mapping[str, int]


def select(
    catalogue: Catalogue, ranking: Ranking, recipe: Recipe, locked_rows: Integers = NO_ROWS
) -> tuple[Integers, dict[str, Cost]]:
    """
    Positions in the shortlist of the songs to list, rising, and what each dial cost.

    `locked_rows` of the catalogue are the locked songs that are candidates: the list has room for them first.
    """
    if recipe.minutes is None and not recipe.locked:
        listed, costs = _rerank(catalogue, ranking, recipe)
        return np.sort(listed), costs
    length = recipe.length if recipe.minutes is None else min(int(recipe.minutes) + ROOM, LONGEST_LIST)
    locked = np.flatnonzero(np.isin(ranking.rows, locked_rows))
    in_order, _ = _rerank(catalogue, ranking, replace(recipe, length=length), locked)
    # Locked songs first, so that none of them is cut off.
    in_order = np.concatenate([locked, in_order[~np.isin(in_order, locked)]])
    if recipe.minutes is None:
        listed = in_order[: recipe.length]
    else:
        durations = catalogue.raw.at(ranking.rows[in_order])["duration_ms"].to_numpy()
        timed_locked = int(np.count_nonzero(durations[: len(locked)] > 0))
        listed = in_order[fit_minutes(durations, recipe.minutes, timed_locked)]
    _, costs = _rerank(catalogue, ranking, replace(recipe, length=max(len(listed), 1)))
    return np.sort(listed), costs


def usual_pool(recipe: Recipe) -> int:
    """How many songs of the shortlist are nearly always enough to choose from."""
    return recipe.length * (5 if recipe.variety else 1) + ROOM


def _rerank(
    catalogue: Catalogue, ranking: Ranking, recipe: Recipe, locked: Integers = NO_ROWS
) -> tuple[Integers, dict[str, Cost]]:
    """Positions in the shortlist of the songs to list, and what each dial cost; `locked` ones count for every dial."""
    # The best few are nearly always enough; where limits leave the list short, the whole shortlist is tried.
    for pool in (usual_pool(recipe), len(ranking.rows)):
        positions = np.union1d(np.arange(min(pool, len(ranking.rows))), locked)
        rows, scores = ranking.rows[positions], ranking.scores[positions].astype(np.float64)
        artists = catalogue.artists.of_rows(rows)
        similarity: Matrix = np.zeros((0, 0))
        if recipe.variety:
            songs = Weighted.of(catalogue.vectors(rows), ranking.profile.metric)
            similarity = cosines(songs, songs)
        listed = np.arange(min(recipe.length, len(rows)))
        costs: dict[str, Cost] = {}
        for dial, variety in (("per_artist", 0.0), ("variety", recipe.variety)):
            if getattr(recipe, dial):
                options = Options(recipe.length, recipe.per_artist, variety)
                after = rerank_mmr(scores, artists, similarity, options, np.searchsorted(positions, locked))
                costs[dial] = cost(scores, listed, after)
                listed = after
        if len(listed) == recipe.length:
            break
    return positions[listed], costs
