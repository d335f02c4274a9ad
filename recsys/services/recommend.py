"""Recommend for one listener: their library and thumbs against a catalogue."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.pool import owned
from recsys.core.engine.query import EMPTY_LIBRARY
from recsys.core.engine.recipe import ChoiceName, Recipe
from recsys.core.engine.recommender import Recommender
from recsys.errors import NothingToRank, UnknownMinus
from recsys.services.song_search import SongSearch
from recsys.storage.store import Store


def recommender(
    catalogue: Catalogue,
    library: pd.DataFrame,
    feedback: pd.DataFrame,
    seeds: Sequence[str] = (),
    plays: pd.DataFrame | None = None,
    now: pd.Timestamp | None = None,
    given: pd.DataFrame | None = None,
    minus: Sequence[str] = (),
    choose_from: ChoiceName = "new",
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
    plays, now
        The listening history and the time, for recipes that choose from the forgotten.
    given : DataFrame, optional
        A track table of songs that are not recommended again.
    minus : sequence of track ids
        Tracks of the library or the catalogue that count as turned down.
    choose_from : str
        As in the recipe: where it is "forgotten" only the listener's own songs are candidates, those too that the
        catalogue lacks.

    Raises
    ------
    NothingToRank, BadTracks
        As `Recommender` does.
    UnknownMinus
        One of `minus` is in neither.
    """
    if minus:
        search = SongSearch(library, catalogue)
        known = search.known(minus)
        if unknown := [one for one in minus if one not in known]:
            raise UnknownMinus(
                f"The track {unknown[0]} to stay away from is neither in your library nor in the catalogue."
            )
        # A thumbs-down for each of them, whatever was thought of it before.
        away = search.tracks_of(minus)
        rated = feedback[~feedback["track_id"].isin(away["track_id"])]
        feedback = pd.concat([rated, away.assign(liked=False)], ignore_index=True)
    own, dislikes = with_liked(library, feedback), feedback.loc[~feedback["liked"].astype(bool), library.columns]
    if choose_from == "forgotten":
        if own.empty and not seeds:
            raise NothingToRank(EMPTY_LIBRARY)
        # The listener's own songs, and what is needed of the catalogue to compare with: seeds and what is turned down.
        others = SongSearch(own, catalogue).tracks_of([*seeds, *dislikes["track_id"]])
        others = others[~others["track_id"].isin(own["track_id"])]
        catalogue = owned(catalogue, pd.concat([own, others], ignore_index=True))
    return Recommender(catalogue, own, seeds=seeds, dislikes=dislikes, plays=plays, now=now, given=given)


def with_liked(library: pd.DataFrame, feedback: pd.DataFrame) -> pd.DataFrame:
    """A library and the songs that its listener gave a thumbs-up, each once."""
    is_new = feedback["liked"].astype(bool) & ~feedback["track_id"].isin(library["track_id"])
    liked = feedback.loc[is_new, library.columns]
    return pd.concat([library, liked], ignore_index=True) if len(liked) else library


def heard_until(
    store: Store, listener: str, recipe: Recipe, now: datetime | None
) -> tuple[pd.DataFrame, pd.Timestamp | None]:
    """The listening history and the day, where a recipe chooses from the forgotten: a history may be years long."""
    today = today_of(recipe, now)
    if today is None:
        return pd.DataFrame({"track_id": [], "played_at": []}, dtype="str"), None
    return store.plays(listener), today


def today_of(recipe: Recipe, now: datetime | None) -> pd.Timestamp | None:
    """The day of `now`, where a recipe's list depends on it and on the listening history: it takes the forgotten."""
    return None if recipe.choose_from != "forgotten" or now is None else pd.Timestamp(now).floor("D")
