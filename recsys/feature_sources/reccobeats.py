"""Audio features from ReccoBeats, which still gives them by Spotify id, without a key.

https://reccobeats.com/docs/apis/get-audio-features. One operator, no promise of service, limits unpublished: so it is
asked gently, only with the listener's consent (the caller checks it: track ids are sent), and may fail.
"""

import re
import time
from collections.abc import Callable, Collection
from typing import Any, Final

import httpx
import pandas as pd

from recsys.core.model.tracks import NUMBERS, RANGES, SPOTIFY_ID, as_tracks
from recsys.feature_sources.paced_http import PacedHttp

GAP: Final = 0.5
"""Seconds between two requests: at most two a second, as users of the service advise."""

MAX_NEIGHBOURS: Final = 100
"""Songs in one answer."""

MAX_TEXT: Final = 500
"""Longer titles and lists of artists are cut."""

_LINK: Final = re.compile(rf"/track/({SPOTIFY_ID})(?![0-9A-Za-z])")


class ReccoBeats:
    """Asks 40 ids a request. One instance serves the whole process, so that all listeners share its pace."""

    name = "reccobeats"
    at_once = 40
    is_online = True

    def __init__(
        self,
        url: str,
        http: httpx.Client,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        gap: float = GAP,
    ) -> None:
        self._url = f"{url}/v1"
        self._paced = PacedHttp("ReccoBeats", http, clock, sleep, gap)

    def can_be_asked(self, tracks: pd.DataFrame) -> pd.Series:
        return tracks["track_id"].str.fullmatch(SPOTIFY_ID).astype(bool)

    def look_up(self, tracks: pd.DataFrame) -> pd.DataFrame:
        ids = tracks["track_id"].tolist()
        # Rows joined on the Spotify link of each entry: entries have no order, and unknown ids are left out.
        content = self._content("/audio-features", {"ids": ",".join(ids)})
        asked = set(ids)
        rows: dict[str, dict[str, Any]] = {}
        for entry in content:
            link = _LINK.search(str(entry.get("href"))) if isinstance(entry, dict) else None
            if link and link.group(1) in asked:
                rows.setdefault(link.group(1), {c: _number(entry.get(c)) for c in NUMBERS} | {"isrc": _text(entry)})
        table = pd.DataFrame(rows.values(), columns=[*NUMBERS, "isrc"])
        return table.assign(track_id=pd.Series(list(rows), dtype="str", index=table.index))

    def neighbours(self, track_id: str, count: int) -> pd.DataFrame:
        """
        Songs like one, without audio features. Every call returns others: the service draws at random.

        https://reccobeats.com/docs/apis/get-recommendation takes `seeds` (Spotify ids) and `size` (1 to 100), and
        answers 400 or 404 for a seed it does not know.

        Returns
        -------
        DataFrame
            A track table, each song once; no rows for a song the service does not know. No years: it has none.

        Raises
        ------
        SourceBusy
            It cannot answer now.
        """
        wanted = {"seeds": track_id, "size": str(min(count, MAX_NEIGHBOURS))}
        return _songs(self._content("/track/recommendation", wanted, unknown=(400, 404, 422)))

    def _content(self, path: str, params: dict[str, str], unknown: Collection[int] = ()) -> list[Any]:
        """The rows of an answer; none for a question about a song it does not know."""
        answer = self._paced.ask(lambda http: http.get(f"{self._url}{path}", params=params), unknown)
        content = answer.get("content") if isinstance(answer, dict) else [] if answer is None else None
        if not isinstance(content, list):
            raise self._paced.broken()
        return content


def _songs(content: list[Any]) -> pd.DataFrame:
    """Entries that name a Spotify track, a title and an artist, as a track table; all others are left out."""
    rows: dict[str, dict[str, Any]] = {}
    for entry in content:
        link = _LINK.search(str(entry.get("href"))) if isinstance(entry, dict) else None
        artists = entry.get("artists") if link else None
        listed = artists if isinstance(artists, list) else []
        names = [str(one["name"]) for one in listed if isinstance(one, dict) and one.get("name")]
        if link and names and isinstance(title := entry.get("trackTitle"), str) and title.strip():
            rows.setdefault(
                link.group(1),
                {
                    "track_id": link.group(1),
                    "title": title[:MAX_TEXT],
                    "artists": "; ".join(names)[:MAX_TEXT],
                    "isrc": _text(entry),
                    "duration_ms": _in_range("duration_ms", entry.get("durationMs")),
                    "popularity": _in_range("popularity", entry.get("popularity")),
                },
            )
    return as_tracks(pd.DataFrame(rows.values()))


def _in_range(column: str, value: Any) -> float | None:
    low, high = RANGES[column]
    number = _number(value)
    return number if number is not None and low <= number <= high else None


def _number(value: Any) -> float | None:
    try:
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    except OverflowError:  # JSON allows integers of any length
        return None


def _text(entry: dict[str, Any]) -> str | None:
    return str(entry["isrc"]) if entry.get("isrc") else None
