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

from recsys.core.model.tracks import NUMBERS, SPOTIFY_ID
from recsys.errors import SourceBusy

GAP: Final = 0.5
"""Seconds between two requests: at most two a second, as users of the service advise."""

AT_MOST: Final = 60.0
"""The longest wait, in seconds, that is sat out inside a look-up."""

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
        self._url, self._http = f"{url}/v1/audio-features", http
        self._clock, self._sleep, self._gap = clock, sleep, gap
        self._turn = threading.Lock()
        self._free_at = 0.0

    def can_be_asked(self, tracks: pd.DataFrame) -> pd.Series:
        return tracks["track_id"].str.fullmatch(SPOTIFY_ID).astype(bool)

    def look_up(self, tracks: pd.DataFrame) -> pd.DataFrame:
        ids = tracks["track_id"].tolist()
        try:
            content = self._content(ids)
        except SourceBusy as busy:
            if busy.retry_after > AT_MOST:
                raise
            content = self._content(ids, was_asked=True)
        return _answers(content, set(ids))

    def _content(self, ids: list[str], was_asked: bool = False) -> list[Any]:
        """One request at a time, rate-limited. A `Retry-After` applies to every caller of this instance."""
        with self._turn:
            wait, gap = self._free_at - self._clock(), self._gap
            if wait > AT_MOST:
                raise SourceBusy(SLOW_DOWN, wait, was_asked)
            if wait > 0:
                self._sleep(wait)
            try:
                answer = self._http.get(self._url, params={"ids": ",".join(ids)})
                gap = max(gap, _retry_after(answer)) if answer.status_code == 429 else gap
                return _checked(answer)
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


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(entry: dict[str, Any]) -> str | None:
    return str(entry["isrc"]) if entry.get("isrc") else None
