"""Taking turns by a row in a database: for what only one thread of one process may do at a time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from recsys.errors import StorageProblem

LEASE_SECONDS: Final = 30.0
"""How long a turn lasts if its holder dies."""

BEAT: Final = LEASE_SECONDS / 3
"""Seconds between two signs of a holder that lives: two may get lost."""


@dataclass(frozen=True)
class Waiting:
    """
    How to wait for a turn.

    `clock` gives seconds since 1970 and `sleep` waits; `patience` is in seconds, more than a lease, so that a holder
    that died is outlived; `between_looks` is how long to wait before asking again. Inside, `beat` real seconds pass
    between two signs.
    """

    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    patience: float = 45.0
    between_looks: float = 0.1
    beat: float = BEAT


@contextmanager
def holding(
    take: Callable[[float, float], bool],
    keep: Callable[[float], None],
    give_back: Callable[[], None],
    waiting: Waiting | None = None,
) -> Iterator[None]:
    """
    Be inside while holding a turn, for as long as it takes: a thread beside moves the end of the lease on.

    Parameters
    ----------
    take : function
        `take(now, until)` says whether the turn was had: nobody held it, or whose lease had ended before `now`.
    keep : function
        `keep(until)` moves the end of our lease, and of nobody else's.
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
    over = threading.Event()
    signs = threading.Thread(target=_give_signs, args=(keep, waiting, over), daemon=True)
    signs.start()
    try:
        yield
    finally:
        over.set()
        signs.join()
        with suppress(StorageProblem):
            give_back()


def _give_signs(keep: Callable[[float], None], waiting: Waiting, over: threading.Event) -> None:
    """Until the work is over. A store that does not answer is told again at the next sign."""
    while not over.wait(waiting.beat):
        with suppress(StorageProblem):
            keep(waiting.clock() + LEASE_SECONDS)
