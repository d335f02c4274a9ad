"""Spotify's limits: which calls share one, how many we allow ourselves a day, and what to do when we must wait.

Spotify counts per developer account in "quota buckets" whose sizes it does not publish, and locks an account out for 6
to 24 hours: https://developer.spotify.com/documentation/web-api/concepts/rate-limits. So we stop before it does.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from recsys.errors import SpotifyBusy
from recsys.spotify.api import Api, Request
from recsys.spotify.error_mapping import in_words

SHORT: Final = 60.0
"""The longest wait, in seconds, that usually happens inside a call; a longer one is reported with its end."""

STILL_BUSY: Final = 300.0
"""Seconds to leave Spotify alone when it is busy again right after a wait."""

DAY: Final = 86_400.0


@dataclass(frozen=True)
class Bucket:
    """Calls that share a limit: every path that begins with `path`. `budget` is what we allow ourselves in a day."""

    name: str
    path: str
    methods: tuple[str, ...]
    says: str
    budget: int


READ, WRITE = ("GET",), ("POST", "PUT", "DELETE")
BUCKETS: Final[tuple[Bucket, ...]] = (
    Bucket("playlist_list", "me/playlists", READ, "the list of playlists", 150),
    Bucket("playlist_items", "playlists/", READ, "the tracks of playlists", 400),
    Bucket("playlist_write", "me/playlists", WRITE, "saving playlists", 100),
    Bucket("playlist_write", "playlists/", WRITE, "saving playlists", 100),
    Bucket("albums", "albums/", READ, "the tracks of albums", 100),
    Bucket("top", "me/top/", READ, "top tracks", 150),
    Bucket("saved", "me/tracks", READ, "saved tracks", 400),
    Bucket("recent", "me/player/recently-played", READ, "recently played tracks", 150),
    Bucket("features", "audio-features", READ, "audio features", 50),
    Bucket("profile", "me", READ, "the profile", 300),
    Bucket("other", "", (*READ, *WRITE), "other requests", 100),
)
"""The first row that fits counts. Budgets stay under what developers reported as the smallest daily quotas of 2026."""


class QuotaState(Protocol):
    """What is remembered about limits, across restarts and for all listeners. Times are seconds since 1970."""

    def blocked_until(self, bucket: str, now: float) -> float | None:
        """When the bucket opens again, or None. A time in the past counts as open, a block made in the future too."""

    def block(self, bucket: str, now: float, seconds: float) -> None:
        """Remember that the bucket is blocked from `now` for this many seconds."""

    def spend(self, bucket: str, now: float, budget: int) -> bool:
        """Count one request in the UTC day of `now`; False, and nothing counted, when `budget` are counted already."""


def bucket_of(request: Request) -> Bucket:
    """The bucket a request counts in."""
    return next(b for b in BUCKETS if request.method in b.methods and request.path.startswith(b.path))


class WithinQuota:
    """
    Waits out short limits once, turns long ones into a remembered time, and sends nothing while a bucket is blocked.

    Raises `SpotifyBusy` with the seconds left when they are more than `longest_wait`, or the quota is used up. A call
    that was put off did nothing at Spotify, so writes wait like reads.
    """

    def __init__(
        self,
        inner: Api,
        quota: QuotaState,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        budgets: Mapping[str, int] | None = None,
        longest_wait: float = SHORT,
    ) -> None:
        self._inner, self._quota, self._clock, self._sleep = inner, quota, clock, sleep
        self._budgets, self._longest_wait = budgets or {}, longest_wait

    def send(self, request: Request) -> Any:
        bucket = bucket_of(request)
        self._wait_and_count(bucket)
        try:
            return self._inner.send(request)
        except SpotifyBusy as busy:
            problem = self._block(bucket, busy.retry_after, busy.is_quota)
            if busy.is_quota or busy.retry_after > self._longest_wait:
                raise problem from busy
        self._wait_and_count(bucket, was_asked=True)
        try:
            return self._inner.send(request)
        except SpotifyBusy as again:
            raise self._block(bucket, max(again.retry_after, STILL_BUSY), again.is_quota) from again

    def _wait_and_count(self, bucket: Bucket, was_asked: bool = False) -> None:
        """Count one request, after a short remembered wait; raise for a long one or when the budget is used up."""
        now = self._clock()
        left = (self._quota.blocked_until(bucket.name, now) or 0.0) - now
        if left > self._longest_wait:
            raise _busy(bucket, left, is_quota=False, was_asked=was_asked)
        if left > 0:
            self._sleep(left)
        now = self._clock()
        if not self._quota.spend(bucket.name, now, self._budgets.get(bucket.name, bucket.budget)):
            seconds = DAY - now % DAY
            raise SpotifyBusy(
                f"Tonearm's own daily allowance for {bucket.says} is used up, so that Spotify does not lock this app "
                f"out; it starts again in {in_words(seconds)}.",
                seconds,
                is_quota=True,
                was_asked=was_asked,
            )

    def _block(self, bucket: Bucket, seconds: float, is_quota: bool) -> SpotifyBusy:
        """Remember the wait, also a short one: it holds for other listeners of this app too."""
        self._quota.block(bucket.name, self._clock(), seconds)
        return _busy(bucket, seconds, is_quota)


def _busy(bucket: Bucket, seconds: float, is_quota: bool, was_asked: bool = True) -> SpotifyBusy:
    sentence = f"Spotify answers about {bucket.says} again in {in_words(seconds)}."
    return SpotifyBusy(sentence, seconds, is_quota, was_asked)
