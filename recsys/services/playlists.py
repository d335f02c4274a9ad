"""Save to Spotify: a list becomes a private playlist, created once, however often saving is retried."""

import re
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from recsys.core.model.tracks import SPOTIFY_ID
from recsys.errors import BadValue
from recsys.services.erasure import noticing_erasure
from recsys.spotify.models import Contents, Playlist
from recsys.storage.store import Store
from recsys.times import from_iso, to_iso

STATE: Final = "saved_playlists"
LONGEST_NAME: Final = 100
MAX_DELAY: Final = timedelta(minutes=10)
"""How long a playlist whose creation was not answered may still appear."""

PAUSES_S: Final = (1.0, 3.0)
"""Seconds before looking for it again, instead of making another at once."""


class PlaylistWriter(Protocol):
    """A listener's playlists, for writing. Every method raises a `SpotifyProblem`."""

    def create(self, name: str, description: str = "") -> Playlist:
        """Make a private playlist. When the answer is lost it may exist nevertheless."""

    def find(self, mark: str, owner_id: str, playlist_id: str | None = None) -> Playlist | None:
        """The listener's own playlist of that id, or without one, with the mark; None if it was deleted."""

    def contents(self, playlist_id: str) -> Contents:
        """The content of the playlist."""

    def replace(self, playlist_id: str, track_ids: Sequence[str]) -> str | None:
        """Make the playlist hold exactly these tracks; the same however often it runs."""

    def exchange(self, playlist_id: str, old: Sequence[str], new: Sequence[str]) -> str | None:
        """Take the old tracks out and put the new ones on top; everything else stays."""


@dataclass(frozen=True)
class Change:
    """
    What saving a list does, or did, to a playlist: track ids in the order of the list.

    `is_new` is True when the playlist has to be made, or was; `link` is None as long as it is not. `left_out` are
    tracks Spotify does not know (from a file, or invented): they are never sent. `others` counts what the listener put
    into the playlist and is no track (podcasts, local files): it stays, below the list.
    """

    name: str
    link: str | None
    is_new: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    left_out: tuple[str, ...]
    others: int


class Playlists:
    """
    Parameters
    ----------
    store_for, writer_for : callable
        The store and the playlists of a listener.
    locked : callable
        `locked(name)` is a lock across processes: two clicks in two tabs make one playlist.
    clock, sleep : callable
        The time, with time zone, and waiting.
    """

    def __init__(
        self,
        store_for: Callable[[str], Store],
        writer_for: Callable[[str], PlaylistWriter],
        locked: Callable[[str], AbstractContextManager[None]],
        clock: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store_for, self._writer_for = store_for, writer_for
        self._locked, self._clock, self._sleep = locked, clock, sleep

    def plan(self, listener: str, name: str, track_ids: Sequence[str]) -> Change:
        """
        The dry run: what saving this list under this name would change. Sends nothing.

        A playlist saved before is read, so that what is shown is what would happen. Raises as `save`.
        """
        name, writer = _checked(name), self._writer_for(listener)
        playlist = self._existing(listener, writer, name)
        return _change(name, playlist, writer.contents(playlist.playlist_id) if playlist else None, track_ids)

    def save(self, listener: str, name: str, track_ids: Sequence[str]) -> Change:
        """
        Make the playlist or bring it up to date; what that changed.

        A random mark is stored before the playlist is created and is part of its description, and the id is stored
        before tracks are added. So whichever response is lost, a retry finds the playlist.

        Raises
        ------
        BadValue
            The name is empty or too long, or no track of the list is known to Spotify.
        SpotifyProblem, StorageProblem
            Trying again continues where this stopped, unless everything of the listener's was erased meanwhile.
        """
        name = _checked(name)
        wanted = _known(track_ids)
        if not wanted:
            raise BadValue("No track of this list is on Spotify, so there is nothing to save.", "tracks")
        noticing = noticing_erasure(self._store_for(listener), listener)
        with self._locked(f"playlists of {listener}"), noticing as store:
            writer = self._writer_for(listener)
            found = self._existing(listener, writer, name)
            before = writer.contents(found.playlist_id) if found else None
            playlist = found or self._made(store, listener, writer, name)
            stored = self._stored(listener)
            about = {"link": playlist.link, "playlist_id": playlist.playlist_id, "at": to_iso(self._clock())}
            store.save_state(listener, STATE, {**stored, name: {**stored.get(name, {}), **about}})
            if before is None or list(before.track_ids) != wanted:
                now = to_iso(self._clock())
                store.log_sent(listener, "spotify", "tracks of a playlist", len(wanted), now)
                if before and before.others:
                    writer.exchange(playlist.playlist_id, before.track_ids, wanted)
                else:
                    writer.replace(playlist.playlist_id, wanted)
        return replace(_change(name, playlist, before, track_ids), is_new=found is None)

    def saved(self, listener: str) -> dict[str, str]:
        """The playlists saved so far: link by name."""
        return {name: one["link"] for name, one in self._stored(listener).items() if one.get("link")}

    def _existing(self, listener: str, writer: PlaylistWriter, name: str) -> Playlist | None:
        """
        The playlist in the listener's account; None when it was never created, or deleted there.

        Found by id, or by its mark when the response with the id was lost.
        """
        stored = self._stored(listener).get(name)
        if stored is None:
            return None
        profile = self._store_for(listener).profile(listener) or {}
        return writer.find(stored["mark"], str(profile.get("spotify_id")), stored.get("playlist_id"))

    def _made(self, store: Store, listener: str, writer: PlaylistWriter, name: str) -> Playlist:
        """
        The new playlist. One whose creation was not answered is waited for briefly, and keeps its mark.

        Spotify may show it only later; without its first mark nothing would find it then, and it would stay empty.
        """
        stored = self._stored(listener).get(name) or {}
        is_unanswered = bool(stored) and not stored.get("playlist_id")
        if is_unanswered and self._clock() - from_iso(stored["at"]) < MAX_DELAY:
            for seconds in PAUSES_S:
                self._sleep(seconds)
                if found := self._existing(listener, writer, name):
                    return found
        mark = stored["mark"] if is_unanswered else f"tonearm{secrets.token_hex(8)}"
        intent = {"mark": mark, "link": None, "at": to_iso(self._clock())}
        store.save_state(listener, STATE, {**self._stored(listener), name: intent})
        return writer.create(name, f"Made with Tonearm. {mark}")

    def _stored(self, listener: str) -> dict[str, dict[str, Any]]:
        return self._store_for(listener).state(listener, STATE) or {}


def _change(name: str, playlist: Playlist | None, before: Contents | None, track_ids: Sequence[str]) -> Change:
    after, stood = _known(track_ids), before.track_ids if before else ()
    old, new = set(stood), set(after)
    return Change(
        name,
        link=playlist.link if playlist else None,
        is_new=playlist is None,
        added=tuple(one for one in after if one not in old),
        removed=tuple(one for one in stood if one not in new),
        unchanged=tuple(one for one in after if one in old),
        left_out=tuple(dict.fromkeys(one for one in track_ids if one not in new)),
        others=before.others if before else 0,
    )


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise BadValue(f"A playlist needs a name of at most {LONGEST_NAME} characters.", "name")
    return name


def _known(track_ids: Sequence[str]) -> list[str]:
    """Ids that are Spotify's, each once."""
    return [one for one in dict.fromkeys(track_ids) if re.fullmatch(SPOTIFY_ID, one)]
