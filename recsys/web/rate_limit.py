"""Rate limits per key, and a bounded queue for work that runs a few at a time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

REMEMBERED: Final = 10_000
"""Keys counted at once. Beyond that the one unused for longest is forgotten, so that memory cannot be filled."""


class RateLimit:
    """
    Allows `limit` events per `seconds` for each key; the share comes back evenly with time. In memory and per process.

    This is the generic cell rate algorithm (ITU-T I.371): one number per key, the time at which it would have nothing
    left to pay. Safe to use from any thread.
    """

    def __init__(self, limit: int, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds, self._interval, self._clock = seconds, seconds / limit, clock
        self._paid_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def allows(self, key: str) -> bool:
        """Count one event; False when the key has had its share."""
        return self.wait(key) == 0

    def wait(self, key: str) -> float:
        """Count one event and return 0; where the key has had its share, count nothing and return seconds to wait."""
        with self._lock:
            now = self._clock()
            # A clock that was set back must not block for longer than a full share takes to come back.
            paid_at = min(max(self._paid_at.get(key, now), now), now + self._seconds)
            wait = paid_at + self._interval - self._seconds - now
            if wait > 0:
                return wait
            self._paid_at.pop(key, None)  # the order of the keys is that of their last event
            if len(self._paid_at) >= REMEMBERED:
                del self._paid_at[next(iter(self._paid_at))]
            self._paid_at[key] = paid_at + self._interval
            return 0.0


class Turns:
    """
    Work that runs `at_once` at a time while at most `waiting` others wait, each for at most `seconds`.

    Who waits holds a thread, and the server's other answers need threads too.
    """

    def __init__(self, at_once: int, waiting: int, seconds: float) -> None:
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._turns = threading.BoundedSemaphore(at_once)
        self._seconds = seconds

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """True once it is this thread's turn; False where too many wait already, or the wait took too long."""
        if not self._places.acquire(blocking=False):
            yield False
            return
        try:
            has_turn = self._turns.acquire(timeout=self._seconds)
            try:
                yield has_turn
            finally:
                if has_turn:
                    self._turns.release()
        finally:
            self._places.release()
