"""Rate limits per key."""

import threading
from collections.abc import Callable
from typing import Final

from recsys.bounded import BoundedDict

REMEMBERED: Final = 10_000
"""Keys counted at a time. Beyond that the one unused for longest is forgotten, so that memory cannot be filled."""


class RateLimit:
    """
    Allows `limit` events per `seconds` for each key; the share comes back evenly with time. In memory and per process.

    This is the generic cell rate algorithm (ITU-T I.371): one number per key, its theoretical arrival
    time. Safe to use from any thread.
    """

    def __init__(self, limit: int, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds, self._interval, self._clock = seconds, seconds / limit, clock
        self._arrival: BoundedDict[str, float] = BoundedDict(REMEMBERED)
        self._lock = threading.Lock()

    def allows(self, key: str) -> bool:
        """Count one event; False when the key has used up its share."""
        return self.wait(key) == 0

    def wait(self, key: str) -> float:
        """Count one event and return 0; where it has used up its share, count nothing and return seconds to wait."""
        with self._lock:
            now = self._clock()
            # A clock that was set back must not block for longer than a full share takes to come back.
            arrival = min(max(self._arrival.get(key, now), now), now + self._seconds)
            wait = arrival + self._interval - self._seconds - now
            if wait > 0:
                return wait
            self._arrival[key] = arrival + self._interval
            return 0.0
