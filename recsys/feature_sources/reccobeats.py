"""Audio features from ReccoBeats, which still gives them by Spotify id, without a key.

https://reccobeats.com/docs/apis/get-audio-features. One operator, no promise of service, limits unpublished: so it is
asked gently, only with the listener's consent (the caller's to check: track ids leave the house), and may fail.
"""

import re
import threading
import time
from collections.abc import Callable, Collection
from typing import Any, Final

import httpx
import pandas as pd

from recsys.core.model.tracks import NUMBERS, RANGES, SPOTIFY_ID, as_tracks
from recsys.errors import SourceBusy

GAP: Final = 0.5
"""Seconds between two requests: at most two a second, as users of the service advise."""

AT_MOST: Final = 60.0
"""The longest wait, in seconds, that is sat out inside a look-up."""

MAX_NEIGHBOURS: Final = 100
"""Songs in one answer."""

MAX_TEXT: Final = 500
"""Longer titles and lists of artists are cut."""

LONGEST_WAIT: Final = 7 * 86_400.0
ASSUMED_WAIT: Final = 30.0
BROKEN_WAIT: Final = 300.0
REFUSED_WAIT: Final = 86_400.0
"""Seconds until a retry after a refusal: it may be permanent, or only a gateway in front of the service."""

SLOW_DOWN: Final = "ReccoBeats asks us to slow down."
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
        self._url, self._http = f"{url}/v1", http
        self._clock, self._sleep, self._gap = clock, sleep, gap
        self._turn = threading.Lock()
        self._free_at = 0.0

    def can_be_asked(self, tracks: pd.DataFrame) -> pd.Series:
        return tracks["track_id"].str.fullmatch(SPOTIFY_ID).astype(bool)

    def look_up(self, tracks: pd.DataFrame) -> pd.DataFrame:
        ids = tracks["track_id"].tolist()
        return _answers(self._patient("/audio-features", {"ids": ",".join(ids)}), set(ids))

    def neighbours(self, track_id: str, count: int) -> pd.DataFrame:
        """
        Songs like one, without audio features. Every call answers others: the service draws by chance.

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
        return _songs(self._patient("/track/recommendation", wanted, unknown=(400, 404, 422)))

    def _patient(self, path: str, params: dict[str, str], unknown: Collection[int] = ()) -> list[Any]:
        """The rows of an answer, after one short wait if there must be one."""
        try:
            return self._content(path, params, unknown)
        except SourceBusy as busy:
            if busy.retry_after > AT_MOST:
                raise
            return self._content(path, params, unknown, was_asked=True)

    def _content(
        self, path: str, params: dict[str, str], unknown: Collection[int], was_asked: bool = False
    ) -> list[Any]:
        """One request at a time, rate-limited. A `Retry-After` applies to every caller of this instance."""
        with self._turn:
            wait, gap = self._free_at - self._clock(), self._gap
            if wait > AT_MOST:
                raise SourceBusy(SLOW_DOWN, wait, was_asked)
            if wait > 0:
                self._sleep(wait)
            try:
                answer = self._http.get(f"{self._url}{path}", params=params)
                gap = max(gap, _retry_after(answer)) if answer.status_code == 429 else gap
                return [] if answer.status_code in unknown else _checked(answer)
            except httpx.HTTPError as broken:
                raise SourceBusy("ReccoBeats did not answer.", BROKEN_WAIT) from broken
            finally:
                self._free_at = self._clock() + gap


def _checked(answer: httpx.Response) -> list[Any]:
    """The rows of an answer, or the error that it is."""
    if answer.status_code == 429:
        raise SourceBusy(SLOW_DOWN, _retry_after(answer))
    if 400 < answer.status_code < 500 and answer.status_code not in (408, 422):  # 400 and 422 are about one question
        says = f"ReccoBeats does not serve this app just now (status {answer.status_code})."
        raise SourceBusy(says, REFUSED_WAIT)
    try:
        content = answer.json()["content"] if answer.status_code == 200 else None
    except (ValueError, KeyError, TypeError):
        content = None
    if not isinstance(content, list):
        raise SourceBusy("ReccoBeats gave an answer it should not.", BROKEN_WAIT)
    return content


def _retry_after(answer: httpx.Response) -> float:
    try:
        return min(max(0.0, float(answer.headers.get("Retry-After", ""))), LONGEST_WAIT)
    except ValueError:
        return ASSUMED_WAIT


def _answers(content: list[Any], asked: Collection[str]) -> pd.DataFrame:
    """Rows joined on the Spotify link of each entry: entries have no order, and unknown ids are left out."""
    rows: dict[str, dict[str, Any]] = {}
    for entry in content:
        link = _LINK.search(str(entry.get("href"))) if isinstance(entry, dict) else None
        if link and link.group(1) in asked:
            rows.setdefault(link.group(1), {c: _number(entry.get(c)) for c in NUMBERS} | {"isrc": _text(entry)})
    table = pd.DataFrame(rows.values(), columns=[*NUMBERS, "isrc"])
    return table.assign(track_id=pd.Series(list(rows), dtype="str", index=table.index))


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
