"""Taking turns by a row in a database: for what only one thread of one process may do at a time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from recsys.errors import StorageProblem

LEASE_SECONDS: Final = 30.0
"""How long a turn lasts if its holder dies: longer than any request to an issuer may take."""


@dataclass(frozen=True)
class Waiting:
    """
    How to wait for a turn.

    `clock` gives seconds since 1970 and `sleep` waits; `patience` is in seconds, more than a lease, so that a holder
    that died is outlived; `between_looks` is how long to wait before asking again.
    """

    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    patience: float = 45.0
    between_looks: float = 0.1


@contextmanager
def holding(
    take: Callable[[float, float], bool], give_back: Callable[[], None], waiting: Waiting | None = None
) -> Iterator[None]:
    """
    Be inside while holding a turn.

    Parameters
    ----------
    take : function
        `take(now, until)` says whether the turn was had: nobody held it, or whose lease had ended before `now`.
    give_back : function
        Ends the turn. If the store does not answer just then, the lease ends it.

    Raises
    ------
    StorageProblem
        The turn did not come in time, or the store does not answer.
    """
    waiting = waiting or Waiting()
    last = waiting.clock() + waiting.patience
    while not take(now := waiting.clock(), now + LEASE_SECONDS):
        if now >= last:
            raise StorageProblem("Another tab has been busy with this for too long. Try again in a minute.")
        waiting.sleep(waiting.between_looks)
    try:
        yield
    finally:
        with suppress(StorageProblem):
            give_back()
