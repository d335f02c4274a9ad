"""What a measurement says, and how two things are timed against each other in one run."""

import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple

Work = Callable[[int], object]
"""Something to time; it receives how often it ran before, so that it can ask for something new each time."""


class Row(NamedTuple):
    """
    One line of the table.

    `seconds` of one run (None where memory is measured), `against` what it is held against, and `ratio` to that:
    below the number in the name's brackets, where there is one, the target is met.
    """

    name: str
    seconds: float | None
    against: str
    ratio: float


def timed(work: Work, repeats: int) -> float:
    """The median seconds of a run."""
    return together(work, lambda _: None, repeats)[0]


def together(work: Work, other: Work, repeats: int) -> tuple[float, float]:
    """
    Median seconds of two things run in turns, so that whatever else the machine does meets both.

    Seconds are this thread's own on the processor: waiting for other programs does not count.
    """
    spent: tuple[list[float], list[float]] = ([], [])
    for at in range(repeats + 1):
        for one, seconds in zip((work, other), spent, strict=True):
            began = time.thread_time()
            one(at)
            seconds.append(time.thread_time() - began)
    return median(spent[0][1:]), median(spent[1][1:])
