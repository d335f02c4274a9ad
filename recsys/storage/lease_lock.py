"""A lock across threads, processes and hosts: a row in a database, held as a lease with a heartbeat."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from recsys.errors import StorageProblem

LEASE_S: Final = 30.0
"""Seconds after which a lease ends if its holder dies."""


HEARTBEAT_S: Final = LEASE_S / 3
"""Seconds between two heartbeats: two may get lost."""


@dataclass(frozen=True)
class LeaseTiming:
    """
    How a lease is waited for.

    `clock` gives seconds since 1970 and `sleep` waits; `timeout_s` is longer than a lease, so that the lease of a
    holder that died expires first; `heartbeat_s` is in real seconds; `poll_s` is the time between two attempts.
    """

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    timeout_s: float
    heartbeat_s: float
    poll_s: float = 0.1


@contextmanager
def held_lease(
    acquire: Callable[[float, float], bool],
    extend: Callable[[float], None],
    release: Callable[[], None],
    timing: LeaseTiming,
) -> Iterator[None]:
    """
    Hold the lease for as long as the block takes: a heartbeat thread extends it meanwhile.

    Parameters
    ----------
    acquire : function
        `acquire(now, until)` takes the lease where nobody holds one that lasts beyond `now`; whether it did.
    extend : function
        `extend(until)` moves the end of our lease, and of nobody else's.
    release : function
        Ends the lease. If the store does not answer just then, the lease expires.

    Raises
    ------
    StorageProblem
        The lease was not acquired in time, or the store does not answer.
    """
    started, waited = time.monotonic(), 0.0
    while not acquire(now := timing.clock(), now + LEASE_S):
        if max(waited, time.monotonic() - started) >= timing.timeout_s:  # even if the clock is set meanwhile
            raise StorageProblem("Another tab has been busy with this for too long. Try again in a minute.")
        timing.sleep(timing.poll_s)
        waited += timing.poll_s
    is_over = threading.Event()
    heartbeat = threading.Thread(target=_heartbeat, args=(extend, timing, is_over), daemon=True)
    heartbeat.start()
    try:
        yield
    finally:
        is_over.set()
        heartbeat.join()
        with suppress(StorageProblem):
            release()


def _heartbeat(extend: Callable[[float], None], timing: LeaseTiming, is_over: threading.Event) -> None:
    """Until the work is over. When the store does not answer, the next heartbeat tries again."""
    while not is_over.wait(timing.heartbeat_s):
        with suppress(StorageProblem):
            extend(timing.clock() + LEASE_S)
