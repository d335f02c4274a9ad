"""So many sign-ins a minute from one address, and no more."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

REMEMBERED: Final = 10_000
"""So many addresses are counted at once; beyond that the counts start anew, so that memory cannot be filled."""


class RateLimit:
    """Allows `limit` events per `seconds` for each key. In memory and per process: a brake, not an account."""

    def __init__(self, limit: int, seconds: float, clock: Callable[[], float]) -> None:
        self._limit, self._seconds, self._clock = limit, seconds, clock
        self._events: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def allows(self, key: str) -> bool:
        """Count one event; False when the key has had its share."""
        now = self._clock()
        with self._lock:
            if len(self._events) > REMEMBERED:
                self._events.clear()
            events = self._events.setdefault(key, deque())
            while events and events[0] <= now - self._seconds:
                events.popleft()
            if len(events) >= self._limit:
                return False
            events.append(now)
            return True
