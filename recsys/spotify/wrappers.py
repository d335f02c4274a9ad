"""Patience as wrappers, each an `Api` around an `Api`: one request at a time, a bounded second try, a fresh token."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final

from recsys.errors import ReconnectSpotify, SpotifyBusy, SpotifyUnreachable
from recsys.spotify.api import Access, Api, Request
from recsys.spotify.error_mapping import in_words

GAP: Final = 0.3
"""Seconds between two requests of one developer account. Spotify publishes no number; 250 to 350 ms went unpunished."""

PAUSES: Final = (1.0, 4.0)
"""Seconds before the second and the third try of a call that broke."""


class Turn:
    """
    The place at the front of the queue. One is shared by everything in the process that calls Spotify, because limits
    count per developer account and not per listener.

    `clock` never jumps (monotonic seconds). `locked` takes turns with other processes that use the same account; it is
    entered for each request, and the gap is each process's own.
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
    def taken(self) -> Iterator[None]:
        """Wait for it, and for the gap; be the only one until the end."""
        with self._lock, self._locked():
            wait = self._free_at - self._clock()
            if wait > 0:
                self._sleep(wait)
            try:
                yield
            finally:
                self._free_at = self._clock() + self._gap


class OneAtATime:
    """Asks only when it is our turn."""

    def __init__(self, inner: Api, turn: Turn) -> None:
        self._inner, self._turn = inner, turn

    def send(self, request: Request) -> Any:
        with self._turn.taken():
            return self._inner.send(request)


class Steady:
    """Tries a read again when the connection broke or Spotify failed. A write is never repeated: it may have worked."""

    def __init__(
        self, inner: Api, sleep: Callable[[float], None] = time.sleep, pauses: tuple[float, ...] = PAUSES
    ) -> None:
        self._inner, self._sleep, self._pauses = inner, sleep, pauses

    def send(self, request: Request) -> Any:
        for pause in self._pauses if request.method == "GET" else ():
            try:
                return self._inner.send(request)
            except SpotifyUnreachable:
                self._sleep(pause)
        return self._inner.send(request)


class PatientAccess:
    """
    An `Access` that keeps the waits Spotify's accounts host asks for when a token is to be renewed: a short one is sat
    out once, during a long one nothing is asked.
    """

    def __init__(
        self, inner: Access, clock: Callable[[], float], sleep: Callable[[float], None], longest_wait: float
    ) -> None:
        self._inner, self._clock, self._sleep, self._longest_wait = inner, clock, sleep, longest_wait
        self._free_at = 0.0

    def token(self) -> str:
        return self._kept(self._inner.token)

    def renew(self, refused: str) -> str:
        return self._kept(lambda: self._inner.renew(refused))

    def _kept(self, ask: Callable[[], str]) -> str:
        left = self._free_at - self._clock()
        if left > 0:
            raise _later(left)
        try:
            return ask()
        except SpotifyBusy as busy:
            self._free_at = self._clock() + busy.retry_after
            if busy.is_quota or busy.retry_after > self._longest_wait:
                raise _later(busy.retry_after) from busy
            self._sleep(busy.retry_after)
        return ask()


def _later(seconds: float) -> SpotifyBusy:
    return SpotifyBusy(f"Spotify renews a sign-in again in {in_words(seconds)}.", seconds)


class Renewing:
    """Renews the listener's token once when Spotify refuses it; a second refusal means `ReconnectSpotify`."""

    def __init__(self, inner: Api, access: Access) -> None:
        self._inner, self._access = inner, access

    def send(self, request: Request) -> Any:
        token = self._access.token()
        try:
            return self._inner.send(request)
        except ReconnectSpotify:
            self._access.renew(token)
        return self._inner.send(request)
