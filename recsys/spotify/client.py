"""A listener's connection to Spotify: the bare API inside its wrappers, in the one order that is right."""

import time
from collections.abc import Callable, Mapping

from recsys.spotify.api import TIMEOUT, Access, Api, SpotifyApi
from recsys.spotify.quota import SHORT, QuotaState, WithinQuota
from recsys.spotify.wrappers import Pacer, RefreshingApi, RetryingApi, ThrottledAccess, ThrottledApi


def build_api(
    api_url: str,
    access: Access,
    pacer: Pacer,
    quota: QuotaState,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    budgets: Mapping[str, int] | None = None,
    timeout: float = TIMEOUT,
    longest_wait: float = SHORT,
) -> Api:
    """
    An `Api` that paces requests, counts them, waits, retries reads and refreshes the token.

    `pacer` and `quota` are shared by all listeners; `access` is one listener's. Every request that leaves, retries
    included, is paced and counted, so both are inside the retries. Where a person waits for the answer,
    give a `longest_wait` of a few seconds. Raises as `Api.send` says.
    """
    paced = ThrottledApi(SpotifyApi(api_url, access, timeout), pacer)
    counted = WithinQuota(paced, quota, clock, sleep, budgets, longest_wait)
    return RefreshingApi(RetryingApi(counted, sleep), ThrottledAccess(access, clock, sleep, longest_wait))
