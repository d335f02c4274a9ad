"""Recommend for one listener: their library and thumbs against a catalogue."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.pool import owned
from recsys.core.engine.recipe import ChoiceName, Recipe
from recsys.core.engine.recommender import Recommender
from recsys.errors import UnknownMinus
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
        if unknown := [one for one in minus if one not in search.known(minus)]:
            raise UnknownMinus(
                f"The track {unknown[0]} to stay away from is neither in your library nor in the catalogue."
            )
        feedback = _with_minus(feedback, search.tracks_of(minus))
    own, dislikes = with_liked(library, feedback), feedback.loc[~feedback["liked"].astype(bool), library.columns]
    if choose_from == "forgotten":
        catalogue = _own_catalogue(catalogue, own, seeds, dislikes)
    return Recommender(catalogue, own, seeds=seeds, dislikes=dislikes, plays=plays, now=now, given=given)


def _own_catalogue(catalogue: Catalogue, own: pd.DataFrame, seeds: Sequence[str], dislikes: pd.DataFrame) -> Catalogue:
    """The listener's own songs, and what is needed of the catalogue to compare with: seeds and what is turned down."""
    others = SongSearch(own, catalogue).tracks_of([*seeds, *dislikes["track_id"]])
    return owned(catalogue, pd.concat([own, others[~others["track_id"].isin(own["track_id"])]], ignore_index=True))


def with_liked(library: pd.DataFrame, feedback: pd.DataFrame) -> pd.DataFrame:
    """A library and the songs that its listener gave a thumbs-up, each once."""
    is_new = feedback["liked"].astype(bool) & ~feedback["track_id"].isin(library["track_id"])
    liked = feedback.loc[is_new, library.columns]
    return pd.concat([library, liked], ignore_index=True) if len(liked) else library


def _with_minus(feedback: pd.DataFrame, minus: pd.DataFrame) -> pd.DataFrame:
    """Thumbs, and a thumbs-down for each track of `minus` (a track table), whatever was thought of it before."""
    rated = feedback[~feedback["track_id"].isin(minus["track_id"])]
    return pd.concat([rated, minus.assign(liked=False)], ignore_index=True)


def heard_until(
    store: Store, listener: str, recipe: Recipe, now: datetime | None
) -> tuple[pd.DataFrame, pd.Timestamp | None]:
    """The listening history and the day, where a recipe chooses from the forgotten: a history may be years long."""
    if recipe.choose_from != "forgotten" or now is None:
        return pd.DataFrame({"track_id": [], "played_at": []}, dtype="str"), None
    return store.plays(listener), pd.Timestamp(now).floor("D")
