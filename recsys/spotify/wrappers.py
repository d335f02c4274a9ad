"""Wrappers, each an `Api` around an `Api`: throttling, bounded retries, and refreshing the access token."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final

from recsys.errors import ReconnectSpotify, SpotifyBusy, SpotifyUnreachable
from recsys.spotify.api import Access, Api, Request
from recsys.spotify.error_mapping import in_words

GAP: Final = 0.3
"""Seconds between two requests of one developer account. Spotify publishes no number; 250 to 350 ms were enough."""

BACKOFF_S: Final = (1.0, 4.0)
"""Seconds before the second and the third attempt of a read that failed."""


class Pacer:
    """
    Spaces requests: one at a time, at least `gap` seconds apart. One is shared by everything in the process that calls
    Spotify, because limits count per developer account and not per listener.

    `clock` never jumps (monotonic seconds). `locked` excludes other processes that use the same account; it is entered
    for each request, and the gap is each process's own.
    """

    def __init__(
        self,
        gap: float = GAP,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        locked: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._gap, self._clock, self._sleep, self._locked = gap, clock, sleep, locked
        self._lock = threading.Lock()
        self._free_at = 0.0

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait until no other request is under way and the gap has passed; exclude others until the end."""
        with self._lock, self._locked():
            wait = self._free_at - self._clock()
            if wait > 0:
                self._sleep(wait)
            try:
                yield
            finally:
                self._free_at = self._clock() + self._gap


class ThrottledApi:
    """Sends through a `Pacer`."""

    def __init__(self, inner: Api, pacer: Pacer) -> None:
        self._inner, self._pacer = inner, pacer

    def send(self, request: Request) -> Any:
        with self._pacer.slot():
            return self._inner.send(request)


class RetryingApi:
    """Retries reads when the connection broke or Spotify failed. A write is never retried: it may have worked."""

    def __init__(self, inner: Api, sleep: Callable[[float], None] = time.sleep) -> None:
        self._inner, self._sleep = inner, sleep

    def send(self, request: Request) -> Any:
        for seconds in BACKOFF_S if request.method == "GET" else ():
            try:
                return self._inner.send(request)
            except SpotifyUnreachable:
                self._sleep(seconds)
        return self._inner.send(request)


class ThrottledAccess:
    """
    An `Access` that respects the waits of Spotify's accounts host when a token is refreshed: a short wait is slept
    through once, during a long one nothing is sent.
    """

    def __init__(
        self, inner: Access, clock: Callable[[], float], sleep: Callable[[float], None], longest_wait: float
    ) -> None:
        self._inner, self._clock, self._sleep, self._longest_wait = inner, clock, sleep, longest_wait
        self._free_at, self._wait = 0.0, 0.0

    def token(self) -> str:
        return self._throttled(self._inner.token)

    def renew(self, refused: str) -> str:
        return self._throttled(lambda: self._inner.renew(refused))

    def _throttled(self, ask: Callable[[], str]) -> str:
        left = self._free_at - self._clock()
        if 0 < left <= self._wait:  # more than was asked for: the clock was set back
            raise _later(left)
        try:
            return ask()
        except SpotifyBusy as busy:
            self._free_at, self._wait = self._clock() + busy.retry_after, busy.retry_after
            if busy.is_quota or busy.retry_after > self._longest_wait:
                raise _later(busy.retry_after) from busy
            self._sleep(busy.retry_after)
        return ask()


def _later(seconds: float) -> SpotifyBusy:
    return SpotifyBusy(f"Spotify renews a sign-in again in {in_words(seconds)}.", seconds)


class RefreshingApi:
    """Refreshes the listener's token once when Spotify refuses it; a second refusal means `ReconnectSpotify`."""

    def __init__(self, inner: Api, access: Access) -> None:
        self._inner, self._access = inner, access

    def send(self, request: Request) -> Any:
        token = self._access.token()
        try:
            return self._inner.send(request)
        except ReconnectSpotify:
            self._access.renew(token)
        return self._inner.send(request)
