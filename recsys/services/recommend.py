"""Recommend for one listener: their library and thumbs against a catalogue."""

from collections.abc import Sequence

import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommendations, Recommender
from recsys.services.library import songs
from recsys.storage.store import Store


def recommender(
    catalogue: Catalogue, library: pd.DataFrame, feedback: pd.DataFrame, seeds: Sequence[str] = ()
) -> Recommender:
    """
    The engine for a library and its thumbs.

    Parameters
    ----------
    library : DataFrame
        A track table.
    feedback : DataFrame
        A track table with `liked`. A thumbs-up counts like a track of the library, a thumbs-down against it.
    seeds : sequence of track ids
        Tracks to start from instead of the library.

    Raises
    ------
    NothingToRank, BadTracks
        As `Recommender` does.
    """
    is_liked = feedback["liked"].astype(bool)
    liked = feedback.loc[is_liked & ~feedback["track_id"].isin(library["track_id"]), library.columns]
    own = pd.concat([library, liked], ignore_index=True) if len(liked) else library
    return Recommender(catalogue, own, seeds=seeds, dislikes=feedback.loc[~is_liked, library.columns])


def recommend(
    catalogue: Catalogue, store: Store, listener: str, recipe: Recipe, seeds: Sequence[str] = ()
) -> Recommendations:
    """The list for a listener's own library as it is stored. Raises as ranking does."""
    engine = recommender(catalogue, songs(store, listener), store.feedback(listener), seeds)
    return engine.recommend(recipe)
