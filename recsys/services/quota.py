"""Spotify's rate limits, stored for all listeners together, across restarts and processes."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from recsys.errors import StorageProblem
from recsys.times import CLOCK_SKEW_S

ATTEMPTS: Final = 50
"""Attempts to update a counter that others update at the same time."""

LONGEST_BLOCK_S: Final = 7 * 86_400.0
"""The longest wait, even if a later time is stored: Spotify's longest known lockout is a day."""


class AppState(Protocol):
    """The part of a `Store` that belongs to the whole app."""

    def app_state(self, key: str) -> dict[str, Any] | None: ...

    def replace_app_state(self, key: str, expected: Mapping[str, Any] | None, value: Mapping[str, Any]) -> bool: ...


class StoredQuota:
    """
    Until when buckets are blocked, and how many requests were made today, one row of app state per bucket.

    Times are seconds since 1970; days are days in UTC. Raises `StorageProblem` when the store does not answer: without
    counting nothing is asked, because a quota that is overrun locks the app out for a day.
    """

    def __init__(self, store: AppState) -> None:
        self._store = store

    def blocked_until(self, bucket: str, now: float) -> float | None:
        """
        When the bucket opens again, or None.

        A block that was made later than `now` does not count: the clock was ahead then, and how long the wait still
        lasts nobody knows. Asking once finds out.
        """
        return _blocked_until(self._store.app_state(_key(bucket)) or {}, now)

    def block(self, bucket: str, now: float, seconds: float) -> None:
        """Store that the bucket is blocked for this many seconds. A later time already stored stays."""

        def extend(stored: dict[str, Any]) -> dict[str, Any]:
            last = max(now + seconds, _blocked_until(stored, now) or 0.0)
            return {**stored, "blocked_until": last, "blocked_at": now}

        self._change(bucket, extend)

    def spend(self, bucket: str, now: float, budget: int) -> bool:
        """Count one request in the day of `now`; False, and nothing counted, when the budget is spent."""
        day = datetime.fromtimestamp(now, UTC).date().isoformat()

        def count(stored: dict[str, Any]) -> dict[str, Any] | None:
            spent = stored.get("spent", 0) if stored.get("day") == day else 0
            return {**stored, "day": day, "spent": spent + 1} if spent < budget else None

        return self._change(bucket, count)

    def spent(self, bucket: str, now: float) -> int:
        """Requests made today, for the screen that shows what is left."""
        stored = self._store.app_state(_key(bucket)) or {}
        is_today = stored.get("day") == datetime.fromtimestamp(now, UTC).date().isoformat()
        return int(stored.get("spent", 0)) if is_today else 0

    def _change(self, bucket: str, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> bool:
        """Compare and swap, retried on a conflict. False when there was nothing to change."""
        for _ in range(ATTEMPTS):
            stored = self._store.app_state(_key(bucket))
            changed = change(stored or {})
            if changed is None:
                return False
            if self._store.replace_app_state(_key(bucket), stored, changed):
                return True
        raise StorageProblem("Too many requests are counted at once. Try again in a minute.")


def _key(bucket: str) -> str:
    return f"spotify_quota:{bucket}"


def _blocked_until(stored: Mapping[str, Any], now: float) -> float | None:
    until: float | None = stored.get("blocked_until")
    if until is None or stored.get("blocked_at", now) > now + CLOCK_SKEW_S:
        return None
    return min(until, now + LONGEST_BLOCK_S)
