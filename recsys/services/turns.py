"""Work that runs a few at a time, with a bounded queue: more threads than processors only wait for each other."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from recsys.errors import ServerBusy

BUSY: Final = "Many lists are being made at the moment. Try again in a few seconds."


SCREENS_WAITING: Final = 200
LONGEST_WAIT_S: Final = 30.0
"""How many screens wait for their turn to compute, and for how long, before they are refused."""


def turns_of_screens() -> "Turns":
    """As many turns as there are processors, with the queue of the screens."""
    return Turns(cores(), SCREENS_WAITING, LONGEST_WAIT_S)


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Turns:
    """
    Work that runs `at_once` at a time while at most `waiting` others wait, each for at most `seconds`.

    For what computes, never for what waits for another host: with thirty threads at once each is interrupted by all
    others, and a list takes seconds instead of milliseconds. A waiting request holds a thread, and the server's
    other answers need threads too. Safe to use from any thread.
    """

    def __init__(self, at_once: int, waiting: int, seconds: float) -> None:
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._turns = threading.BoundedSemaphore(at_once)
        self._at_once, self._seconds = at_once, seconds
        self._running = 0
        self._lock = threading.Lock()

    def queue(self, waiting: int, seconds: float) -> "Turns":
        """Another queue for the same turns, so that those who wait in this one leave places in that."""
        other = Turns(self._at_once, waiting, seconds)
        other._turns = self._turns
        return other

    @property
    def is_idle(self) -> bool:
        """True while nobody of this queue has a turn."""
        return self._running == 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """
        Wait until it is this thread's turn.

        Raises
        ------
        ServerBusy
            Too many wait already, or it took too long.
        """
        with _held(self._places, 0), _held(self._turns, self._seconds):
            with self._lock:
                self._running += 1
            try:
                yield
            finally:
                with self._lock:
                    self._running -= 1


@contextmanager
def _held(semaphore: threading.Semaphore, seconds: float) -> Iterator[None]:
    if not semaphore.acquire(timeout=seconds):
        raise ServerBusy(BUSY)
    try:
        yield
    finally:
        semaphore.release()
