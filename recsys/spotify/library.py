"""Reading a listener's library, one page a call, so that every page can be stored before the next is asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from recsys.errors import SpotifyUnreachable
from recsys.spotify.api import UNUSABLE, Api, Request
from recsys.spotify.models import Me, Page, PlaylistPage
from recsys.spotify.parsing import parse_playlist, parse_plays, parse_tracks, text_in

PAGE: Final = 50
"""Entries a page; the most that Spotify gives."""

TOP: Final[Mapping[str, str]] = {"top_short": "short_term", "top_medium": "medium_term", "top_long": "long_term"}
"""Origins of top tracks and Spotify's words for about four weeks, six months and a year."""

ORIGINS: Final = (*TOP, "saved", "recent")
"""Where tracks come from, as `origins` in the store names it; and `playlist:<id>` for each playlist."""


class SpotifyLibrary:
    """What Spotify knows about a listener. Every method is one request and raises what `Api.send` raises."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def me(self) -> Me:
        """Who signed in."""
        answer = self._object("me", {})
        spotify_id = text_in(answer.get("id"))
        if spotify_id is None:
            raise SpotifyUnreachable("Spotify did not say who signed in. Try again in a few minutes.")
        key, name = (text_in(answer.get(field)) or spotify_id for field in ("account_id", "display_name"))
        images = answer.get("images")
        urls = [text_in(one.get("url")) for one in images if isinstance(one, dict)] if isinstance(images, list) else []
        return Me(spotify_id, key, name, next((url for url in urls if url and url.startswith("https://")), None))

    def page(self, origin: str, cursor: str | None = None) -> Page:
        """A page of any origin: one of `ORIGINS`, or `playlist:<id>`."""
        if origin in TOP:
            return self.top(origin, cursor)
        if origin.startswith("playlist:"):
            return self.playlist_items(origin.removeprefix("playlist:"), cursor)
        readers: dict[str, Callable[[str | None], Page]] = {"saved": self.saved, "recent": self.recent}
        return readers[origin](cursor)

    def saved(self, cursor: str | None = None) -> Page:
        """Liked songs, newest first; `added_at` says since when."""
        return self._tracks("me/tracks", cursor)

    def top(self, origin: str, cursor: str | None = None) -> Page:
        """The tracks listened to most: `top_short`, `top_medium` or `top_long`."""
        return self._tracks("me/top/tracks", cursor, {"time_range": TOP[origin]})

    def recent(self, cursor: str | None = None) -> Page:
        """The last plays, newest first, about fifty in all. A track played twice is one row and two plays."""
        before, _, above = (cursor or "").partition("/")  # such as `1730000000000/50`: a time, and the entries above it
        answer = self._object("me/player/recently-played", {"limit": PAGE, **({"before": before} if before else {})})
        entries, met = _items(answer), int(above or 0)
        cursors = answer.get("cursors")
        older = cursors.get("before") if isinstance(cursors, dict) and answer.get("next") and entries else None
        parsed = parse_tracks(entries)
        ranks = tuple(met + position + 1 for position in parsed.positions)
        following = f"{older}/{met + len(entries)}" if older and str(older) != before else None
        return Page(parsed.tracks, ranks, parsed.skipped, following, None, parse_plays(entries))

    def playlist_items(self, playlist_id: str, cursor: str | None = None) -> Page:
        """The tracks of a playlist that is the listener's own or shared for editing; `SpotifyRefused` for others."""
        return self._tracks(f"playlists/{playlist_id}/items", cursor, {"additional_types": "track,episode"})

    def album_name(self, album_id: str) -> str | None:
        """The title of an album; None where Spotify does not say."""
        return text_in(self._object(f"albums/{album_id}", {}).get("name"))

    def album_tracks(self, album_id: str, cursor: str | None = None) -> Page:
        """The tracks of any album, without its name, its date and their ISRCs."""
        return self._tracks(f"albums/{album_id}/tracks", cursor)

    def playlists(self, cursor: str | None = None) -> PlaylistPage:
        """The listener's playlists. Those with `is_readable_by(me.spotify_id)` can be read."""
        place = _Place.parse(cursor)
        answer = self._object("me/playlists", {"limit": PAGE, "offset": place.offset})
        found = (parse_playlist(item) for item in _items(answer))
        return PlaylistPage(tuple(p for p in found if p), place.following(answer), _total(answer))

    def audio_features(self, track_ids: Sequence[str]) -> list[dict[str, Any] | None]:
        """Spotify's own numbers for up to 100 tracks, in their order; `SpotifyRefused` for apps made since 2024."""
        answer = self._object("audio-features", {"ids": ",".join(track_ids)})
        return [item if isinstance(item, dict) else None for item in answer.get("audio_features") or []]

    def _tracks(self, path: str, cursor: str | None, params: Mapping[str, str] | None = None) -> Page:
        place = _Place.parse(cursor)
        answer = self._object(path, {"limit": PAGE, "offset": place.offset, **(params or {})})
        parsed = parse_tracks(_items(answer))
        ranks = tuple(place.offset + position + 1 for position in parsed.positions)
        following = place.following(answer)
        return Page(parsed.tracks, ranks, parsed.skipped, following, _total(answer))

    def _object(self, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._api.send(Request("GET", path, params))
        if not isinstance(answer, dict):
            raise SpotifyUnreachable(UNUSABLE)
        return answer


@dataclass(frozen=True)
class _Place:
    """The position in a list that may change while it is read: an offset, and how long the list was when it was set."""

    offset: int = 0
    total: int | None = None

    @classmethod
    def parse(cls, cursor: str | None) -> "_Place":
        """From a cursor such as `100/1234`; None is the beginning."""
        offset, _, total = (cursor or "0").partition("/")
        return cls(int(offset), int(total) if total else None)

    def following(self, answer: dict[str, Any]) -> str | None:
        """
        The cursor after this page; the `next` address is never followed, as it may lead to another host.

        When the list became shorter since the last page, what followed has moved up: go back by as much, because
        reading a track twice does no harm and missing one does.
        """
        total = _total(answer)
        lost = max(0, self.total - total) if self.total is not None and total is not None else 0
        end = self.offset + PAGE
        has_more = answer["next"] is not None if "next" in answer else total is not None and end < total
        if lost and self.offset:
            return f"{max(0, self.offset - lost)}/{total}"
        return f"{end}/{'' if total is None else total}" if has_more and _items(answer) else None


def _items(answer: dict[str, Any]) -> list[Any]:
    items = answer.get("items")
    if not isinstance(items, list):
        raise SpotifyUnreachable(UNUSABLE)
    return items


def _total(answer: dict[str, Any]) -> int | None:
    total = answer.get("total")
    return total if isinstance(total, int) and not isinstance(total, bool) else None
