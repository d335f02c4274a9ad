"""A listener's library: bring tracks in batch by batch, so that a crash keeps every finished one, and read it."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from recsys.core.model.identity import NAMED, ids_of_names, renamed
from recsys.core.model.tracks import filled
from recsys.storage.store import Saved, Store

BATCH = 2_000
"""Tracks acknowledged at a time."""

_NAMES: Final = ["track_id", "title", "artists"]


def keep(
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
    tracks : DataFrame
        A track table.
    origin : str
        Where the tracks came from, such as "file:likes.csv".
    now : str
        The time of the import, ISO 8601 in UTC.
    plays : DataFrame, optional
        Listening history: `track_id, played_at, ms_played`.
    liked : Series of bool by track_id, optional
        Marks of a file that has them. A disliked track becomes a thumbs-down and does not enter the library.

    Yields
    ------
    int, Saved
        How many tracks are safely kept so far, and what all batches together did to the library.
    """
    tracks, ids = _recognised(tracks, store, listener)
    liked = pd.Series(dtype=bool) if liked is None else liked.rename(index=ids)
    is_disliked = tracks["track_id"].map(liked).eq(False)
    total, wanted = Saved(0, 0, 0), tracks[~is_disliked]
    for start in range(0, len(wanted), BATCH):
        batch = wanted.iloc[start : start + BATCH]
        total = _plus(total, store.save_tracks(listener, batch))
        store.save_origins(listener, origins(batch["track_id"], origin, now))
        yield start + len(batch), total
    for position, row in enumerate(range(int(is_disliked.sum())), start=len(wanted) + 1):
        store.save_feedback(listener, tracks[is_disliked].iloc[[row]], liked=False, at=now)
        yield position, total
    if plays is not None and len(plays):
        store.save_plays(listener, plays.assign(track_id=renamed(plays["track_id"], ids)))


def songs(store: Store, listener: str) -> pd.DataFrame:
    """
    The library as a track table in which each song stands once.

    A song may have come by name alone, from Spotify's account data, and later with its id, from Spotify itself. It
    stands under the id, and what only the row without one knows is filled in. The store keeps both.
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
    """Songs known by name alone, under the id and name that the library has for them; and those ids by the former."""
    is_named = tracks["track_id"].str.startswith(NAMED)
    if not is_named.any():
        return tracks, {}
    library = store.tracks(listener)
    ids = ids_of_names(pd.concat([library[_NAMES], tracks.loc[is_named, _NAMES]], ignore_index=True))
    names = library.set_index("track_id")[_NAMES[1:]].reindex(tracks["track_id"].map(ids)).set_axis(tracks.index)
    tracks = tracks.assign(track_id=renamed(tracks["track_id"], ids))
    return tracks.assign(**names.fillna(tracks[_NAMES[1:]])).drop_duplicates("track_id"), ids


def _plus(one: Saved, other: Saved) -> Saved:
    return Saved(one.added + other.added, one.updated + other.updated, one.unchanged + other.unchanged)
