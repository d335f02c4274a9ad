"""Writing playlists: made once, private unless asked otherwise, filled a hundred tracks a call, found again by a mark.

https://developer.spotify.com/documentation/web-api/reference/create-playlist and add-items-to-playlist. Calls are
written out instead of using spotipy's methods, which retry a creation and send a body that is not the documented one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from recsys.errors import SpotifyUnreachable
from recsys.spotify.api import Api, Request
from recsys.spotify.library import SpotifyLibrary
from recsys.spotify.playlist import Playlist, parse_playlist

CHUNK: Final = 100
"""The most tracks a call may carry."""


@dataclass(frozen=True)
class Difference:
    """What writing a list into a playlist changes: track ids, in the order of the list they come from."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]


def difference(before: Sequence[str], after: Sequence[str]) -> Difference:
    """Compare what stands in a playlist with what should; the dry run before anything is sent."""
    old, new = set(before), set(after)
    return Difference(
        added=tuple(t for t in after if t not in old),
        removed=tuple(t for t in before if t not in new),
        kept=tuple(t for t in after if t in old),
    )


class SpotifyPlaylists:
    """A listener's playlists, for writing. Raises what `Api.send` raises."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._library = SpotifyLibrary(api)

    def create(self, name: str, description: str = "", *, is_public: bool = False) -> Playlist:
        """
        Make a playlist, once. On `SpotifyUnreachable` it may exist nevertheless: look with `find` before making one.

        Put a mark of your own into `description`, letters and digits only (Spotify escapes the rest).
        """
        body = {"name": name, "description": description, "public": is_public, "collaborative": False}
        made = parse_playlist(self._api.send(Request("POST", "me/playlists", body=body)))
        if made is None:
            raise SpotifyUnreachable("Spotify did not say whether the playlist was made. Try again: we look first.")
        return made

    def find(self, mark: str, owner_id: str) -> Playlist | None:
        """The newest own playlist with the mark in its description; None when there is none. Reads the whole list."""
        for playlist in self._all():
            if playlist.owner_id == owner_id and mark in playlist.description:
                return playlist
        return None

    def track_ids(self, playlist_id: str) -> list[str]:
        """What stands in the playlist, in order, every page read; podcasts, local files and repeats left out."""
        found: dict[str, None] = {}
        cursor: str | None = None
        while True:
            page = self._library.playlist_items(playlist_id, cursor)
            found |= dict.fromkeys(page.tracks["track_id"])
            cursor = page.next_cursor
            if cursor is None:
                return list(found)

    def add(self, playlist_id: str, track_ids: Sequence[str]) -> str | None:
        """
        Add at the end, a hundred a call; the last `snapshot_id`. No tracks, no call.

        When an answer is lost some may have been added: `replace` again, which ends the same however often it runs.
        """
        snapshot = None
        for chunk in _chunks(track_ids):
            snapshot = self._write("POST", playlist_id, chunk)
        return snapshot

    def replace(self, playlist_id: str, track_ids: Sequence[str]) -> str | None:
        """Make the playlist hold exactly these tracks in this order; the last `snapshot_id`. No tracks empty it."""
        snapshot = self._write("PUT", playlist_id, track_ids[:CHUNK])
        return self.add(playlist_id, track_ids[CHUNK:]) or snapshot

    def _write(self, method: Any, playlist_id: str, track_ids: Sequence[str]) -> str | None:
        body = {"uris": [f"spotify:track:{track_id}" for track_id in track_ids]}
        answer = self._api.send(Request(method, f"playlists/{playlist_id}/items", body=body))
        snapshot = answer.get("snapshot_id") if isinstance(answer, dict) else None
        return snapshot if isinstance(snapshot, str) else None

    def _all(self) -> Iterator[Playlist]:
        cursor: str | None = None
        while True:
            page = self._library.playlists(cursor)
            yield from page.playlists
            cursor = page.next_cursor
            if cursor is None:
                return


def _chunks(track_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(track_ids), CHUNK):
        yield track_ids[start : start + CHUNK]
