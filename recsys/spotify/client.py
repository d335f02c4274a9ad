"""A listener's connection to Spotify: the bare API inside its wrappers, in the one order that is right."""

import time
from collections.abc import Callable, Mapping

from recsys.spotify.api import TIMEOUT, Access, Api, SpotifyApi
from recsys.spotify.quota import SHORT, QuotaState, WithinQuota
from recsys.spotify.wrappers import OneAtATime, PatientAccess, Renewing, Steady, Turn


def connect(
    api_url: str,
    access: Access,
    turn: Turn,
    quota: QuotaState,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    budgets: Mapping[str, int] | None = None,
    timeout: float = TIMEOUT,
    longest_wait: float = SHORT,
) -> Api:
    """
    An `Api` that is polite, counts, waits, retries reads and renews the token.

    `turn` and `quota` are shared by all listeners; `access` is one listener's. Every request that leaves, retries
    included, waits for its turn and is counted, so both stand inside the retries. Where a person waits for the answer,
    give a `longest_wait` of a few seconds. Raises as `Api.send` says.
    """
    polite = OneAtATime(SpotifyApi(api_url, access, timeout), turn)
    counted = WithinQuota(polite, quota, clock, sleep, budgets, longest_wait)
    return Renewing(Steady(counted, sleep), PatientAccess(access, clock, sleep, longest_wait))
