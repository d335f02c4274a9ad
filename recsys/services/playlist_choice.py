"""The playlists a listener can have read, as Spotify last listed them, and which of them are synced."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from recsys.spotify.models import PlaylistPage
from recsys.storage.store import Store

STATE: Final = "playlists"


PageAt = Callable[[str | None], PlaylistPage]
"""A page of the listener's playlists, from a cursor on. Raises a `SpotifyProblem`."""


@dataclass(frozen=True)
class PlaylistChoice:
    """A playlist that can be read, and whether the listener chose it for syncing."""

    playlist_id: str
    name: str
    total: int | None
    snapshot_id: str | None
    is_chosen: bool


def chosen(store: Store, listener: str) -> list[str]:
    """The ids of the playlists that are synced."""
    return list((store.state(listener, STATE) or {}).get("chosen", ()))


def choose(store: Store, listener: str, playlist_ids: Sequence[str]) -> None:
    """Sync these playlists from now on, and no others."""
    wanted, stored = list(dict.fromkeys(playlist_ids)), store.state(listener, STATE) or {}
    if stored.get("chosen", []) != wanted:
        store.save_state(listener, STATE, {**stored, "chosen": wanted})


def choices(store: Store, listener: str) -> list[PlaylistChoice]:
    """The playlists as Spotify listed them last; empty before the first time. Reads only the store."""
    stored, picked = store.state(listener, STATE) or {}, set(chosen(store, listener))
    return [PlaylistChoice(**one, is_chosen=one["playlist_id"] in picked) for one in stored.get("listed", ())]


def refresh(store: Store, listener: str, page_at: PageAt, now: str) -> list[dict[str, Any]]:
    """
    Ask Spotify for every playlist this listener can have read: `playlist_id, name, total, snapshot_id`.

    The list is stored. A chosen playlist that is no longer on it is deselected, because no screen shows it any more.
    """
    spotify_id = str((store.profile(listener) or {}).get("spotify_id"))
    listed: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = page_at(cursor)
        listed += [
            {"playlist_id": one.playlist_id, "name": one.name, "total": one.total, "snapshot_id": one.snapshot_id}
            for one in page.playlists
            if one.is_readable_by(spotify_id)
        ]
        cursor = page.next_cursor
        if cursor is None:
            break
    there = {one["playlist_id"] for one in listed}
    left = [one for one in chosen(store, listener) if one in there]
    stored = store.state(listener, STATE) or {}
    store.save_state(listener, STATE, {**stored, "chosen": left, "listed": listed, "listed_at": now})
    return listed
