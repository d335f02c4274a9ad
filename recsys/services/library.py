"""A listener's library: imports in batches, each stored for good, and reading it back."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from recsys.core.model.identity import NAMED, ids_of_names, renamed
from recsys.core.model.tracks import filled
from recsys.storage.store import Saved, Store

BATCH = 2_000
"""Tracks acknowledged at a time."""

LONGEST_ORIGIN: Final = 260
"""Characters. No system has names of files above 255, but a form may: with one of 3,900 a library takes 2 GB."""

ERASED: Final = (
    "Everything of yours was erased, or moved to your account as you signed in, while this file was being stored, so "
    "the rest of it was not. Choose it again where you want it."
)
NOTE: Final = "import "
"""
Prefix of the states that note unfinished imports, followed by the origin: how many tracks are stored, and of how many.

Each import has a state of its own, so that tabs and processes that import at the same time do not overwrite each
other's notes.
"""

_NAMES: Final = ["track_id", "title", "artists"]


def save_import(
    store: Store,
    listener: str,
    tracks: pd.DataFrame,
    origin: str,
    now: str,
    plays: pd.DataFrame | None = None,
    liked: pd.Series | None = None,
) -> Iterator[tuple[int, Saved]]:
    """
    Save what was imported. A song that the file knows by name alone is the one that the library has under an id.

    Parameters
    ----------
    store : Store
        Of a `noticing_erasure` that began before the file was read; `ERASED` is its sentence.
    tracks : DataFrame
        A track table.
    origin : str
        Where the tracks came from, such as "file:likes.csv"; it is stored with each of them, up to a length.
    now : str
        The time of the import, ISO 8601 in UTC.
    plays : DataFrame, optional
        Listening history: `track_id, played_at, ms_played`.
    liked : Series of bool by track_id, optional
        Marks of a file that has them. A disliked track becomes a thumbs-down and does not enter the library.

    Yields
    ------
    int, Saved
        How many tracks are stored so far, and what all batches together changed in the library.

    Raises
    ------
    StorageProblem
        The store did not answer; or everything of the listener's was erased meanwhile, in another tab or process.
        Nothing of the import is left then.
    """
    origin = origin[:LONGEST_ORIGIN]
    tracks, ids = _recognised(tracks, store, listener)
    liked = pd.Series(dtype=bool) if liked is None else liked.rename(index=ids)
    wanted, disliked = split_by_liked(tracks, liked)
    total = Saved(0, 0, 0)
    everything = len(wanted) + len(disliked)
    _note(store, listener, origin, 0, everything)
    for start in range(0, len(wanted), BATCH):
        batch = wanted.iloc[start : start + BATCH]
        saved = store.save_tracks(listener, batch)
        total = Saved(total.added + saved.added, total.updated + saved.updated, total.unchanged + saved.unchanged)
        store.save_origins(listener, origins(batch["track_id"], origin, now))
        _note(store, listener, origin, start + len(batch), everything)
        yield start + len(batch), total
    for position, row in enumerate(range(len(disliked)), start=len(wanted) + 1):
        store.save_feedback(listener, disliked.iloc[[row]], liked=False, at=now)
        yield position, total
    if plays is not None and len(plays):
        store.save_plays(listener, plays.assign(track_id=renamed(plays["track_id"], ids)))
    forget_import(store, listener, origin)


def unfinished_imports(store: Store, listener: str) -> dict[str, tuple[int, int]]:
    """Imports that were not finished, by origin: how many tracks are stored, and of how many."""
    noted = store.states(listener, NOTE)
    return {name.removeprefix(NOTE): (int(note["stored"]), int(note["of"])) for name, note in noted.items()}


def forget_import(store: Store, listener: str, origin: str) -> None:
    """Mention an import no longer; one that is not mentioned is no error."""
    store.remove_state(listener, NOTE + origin)


def _note(store: Store, listener: str, origin: str, stored: int, everything: int) -> None:
    """Remember how far an import is; one of nothing leaves no trace."""
    if everything:
        store.save_state(listener, NOTE + origin, {"stored": stored, "of": everything})


def split_by_liked(tracks: pd.DataFrame, liked: pd.Series | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tracks that count for the listener, and those that `liked` (bool by track_id) marks as disliked."""
    is_disliked = tracks["track_id"].map(pd.Series(dtype=bool) if liked is None else liked).eq(False)
    return tracks[~is_disliked], tracks[is_disliked]


def songs(store: Store, listener: str) -> pd.DataFrame:
    """
    The library as a track table with each song once.

    A song may have come by name alone, from Spotify's account data, and later with its id, from Spotify itself. It
    is listed under its id, with the gaps filled from the row without one. The store has both.
    """
    tracks = store.tracks(listener)
    ids = ids_of_names(tracks)
    is_named = tracks["track_id"].isin(list(ids))
    if not is_named.any():
        return tracks
    named = tracks[is_named].assign(track_id=tracks["track_id"].map(ids)).drop_duplicates("track_id")
    return filled(tracks[~is_named], named)


def plays(store: Store, listener: str) -> pd.DataFrame:
    """The listening history under the ids that `songs` has: `track_id, played_at, ms_played`, oldest first."""
    history = store.plays(listener)
    if not history["track_id"].str.startswith(NAMED).any():
        return history
    return history.assign(track_id=renamed(history["track_id"], ids_of_names(store.tracks(listener))))


def origins(track_ids: pd.Series, origin: str, now: str) -> pd.DataFrame:
    """One row per track saying where it came from: `track_id, origin, seen_at, rank` (unranked)."""
    table = pd.DataFrame({"track_id": list(track_ids)}, dtype="str")
    return table.assign(origin=origin, seen_at=now, rank=float("nan"))


def _recognised(tracks: pd.DataFrame, store: Store, listener: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """Songs known by name alone, with the id and name the library has for them; and a mapping of old to new ids."""
    is_named = tracks["track_id"].str.startswith(NAMED)
    if not is_named.any():
        return tracks, {}
    library = store.tracks(listener)
    ids = ids_of_names(pd.concat([library[_NAMES], tracks.loc[is_named, _NAMES]], ignore_index=True))
    names = library.set_index("track_id")[_NAMES[1:]].reindex(tracks["track_id"].map(ids)).set_axis(tracks.index)
    tracks = tracks.assign(track_id=renamed(tracks["track_id"], ids))
    return tracks.assign(**names.fillna(tracks[_NAMES[1:]])).drop_duplicates("track_id"), ids
