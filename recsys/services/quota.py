"""Spotify's rate limits, stored for all listeners together, across restarts and processes."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from recsys.errors import StorageProblem

ATTEMPTS: Final = 50
"""Attempts to update a counter that others update at the same time."""


class AppState(Protocol):
    """The part of a `Store` that belongs to the whole app."""

    def app_state(self, key: str) -> dict[str, Any] | None: ...

    def replace_app_state(self, key: str, expected: Mapping[str, Any] | None, value: Mapping[str, Any]) -> bool: ...


class KeptQuota:
    """
    Until when buckets are blocked, and how many requests were made today, one row of app state per bucket.

    Times are seconds since 1970; days are days in UTC. Raises `StorageProblem` when the store does not answer: without
    counting nothing is asked, because a quota that is overrun locks the app out for a day.
    """

    def __init__(self, store: AppState) -> None:
        self._store = store

    def blocked_until(self, bucket: str) -> float | None:
        """When the bucket opens again, or None."""
        until: float | None = (self._store.app_state(_key(bucket)) or {}).get("blocked_until")
        return until

    def block(self, bucket: str, until: float, is_quota: bool) -> None:
        """Store that the bucket is blocked until then. A later time already stored stays."""

        def extend(stored: dict[str, Any]) -> dict[str, Any]:
            last = max(until, stored.get("blocked_until") or 0.0)
            return {**stored, "blocked_until": last, "is_quota": is_quota}

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
