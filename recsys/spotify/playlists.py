"""Writing playlists: made once, private unless asked otherwise, filled a hundred tracks a call, found again by a mark.

https://developer.spotify.com/documentation/web-api/reference/create-playlist and add-items-to-playlist. Calls are
written out instead of using spotipy's methods, which retry a creation and send a body that is not the documented one.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from recsys.errors import SpotifyUnreachable
from recsys.spotify.api import Api, Method, Request
from recsys.spotify.library import SpotifyLibrary
from recsys.spotify.models import Contents, Playlist
from recsys.spotify.parsing import REPEATED, parse_playlist

CHUNK: Final = 100
"""The most tracks a call may carry."""


class SpotifyPlaylists:
    """A listener's playlists, for writing. Raises what `Api.send` raises."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._library = SpotifyLibrary(api)

    def create(self, name: str, description: str = "") -> Playlist:
        """
        Make a private playlist. On `SpotifyUnreachable` it may exist nevertheless: look with `find` before making one.

        Put a mark of your own into `description`, letters and digits only (Spotify escapes the rest).
        """
        body = {"name": name, "description": description, "public": False, "collaborative": False}
        made = parse_playlist(self._api.send(Request("POST", "me/playlists", body=body)))
        if made is None:
            raise SpotifyUnreachable("Spotify did not say whether the playlist was made. Try again: we look first.")
        return made

    def find(self, mark: str, owner_id: str, playlist_id: str | None = None) -> Playlist | None:
        """
        The own playlist of that id or, where no id is known, the newest with the mark in its description; or None.

        With an id the mark does not count: a copy that somebody makes of a playlist has its description too. It is
        looked for in the listener's list, all pages of it: a playlist that was deleted can still be read by id.
        """
        for playlist in self._all():
            is_meant = playlist.playlist_id == playlist_id if playlist_id else mark in playlist.description
            if playlist.owner_id == owner_id and is_meant:
                return playlist
        return None

    def contents(self, playlist_id: str) -> Contents:
        """What is in the playlist; every page is read."""
        found: dict[str, None] = {}
        others = 0
        cursor: str | None = None
        while True:
            page = self._library.playlist_items(playlist_id, cursor)
            found |= dict.fromkeys(page.tracks["track_id"])
            others += sum(count for reason, count in page.skipped.items() if reason != REPEATED)
            cursor = page.next_cursor
            if cursor is None:
                return Contents(tuple(found), others)

    def add(self, playlist_id: str, track_ids: Sequence[str], place: int | None = None) -> str | None:
        """
        Add at a place (from 0; at the end if None), a hundred a call; the last `snapshot_id`. No tracks, no call.

        When an answer is lost some may have been added: read the contents, and `replace` or `exchange` them.
        """
        snapshot = None
        for start in range(0, len(track_ids), CHUNK):
            position = {} if place is None else {"position": place + start}
            uris = {"uris": _uris(track_ids[start : start + CHUNK])}
            snapshot = self._write("POST", playlist_id, uris | position)
        return snapshot

    def replace(self, playlist_id: str, track_ids: Sequence[str]) -> str | None:
        """Make the playlist hold exactly these tracks in this order; the last `snapshot_id`. No tracks empty it."""
        snapshot = self._write("PUT", playlist_id, {"uris": _uris(track_ids[:CHUNK])})
        return self.add(playlist_id, track_ids[CHUNK:]) or snapshot

    def exchange(self, playlist_id: str, old: Sequence[str], new: Sequence[str]) -> str | None:
        """
        Take tracks out of a playlist and put others on top, in their order; the last `snapshot_id`. The rest stays.

        For playlists that hold what is no track: `replace` would lose it, and a local file cannot be put back.
        """
        snapshot = None
        for start in range(0, len(old), CHUNK):
            items = [{"uri": uri} for uri in _uris(old[start : start + CHUNK])]
            snapshot = self._write("DELETE", playlist_id, {"items": items})
        return self.add(playlist_id, new, place=0) or snapshot

    def _write(self, method: Method, playlist_id: str, body: Mapping[str, Any]) -> str | None:
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


def _uris(track_ids: Sequence[str]) -> list[str]:
    return [f"spotify:track:{track_id}" for track_id in track_ids]
