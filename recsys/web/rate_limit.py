"""Rate limits per key."""

import threading
from collections.abc import Callable
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
