"""Garbage collection at quiet moments, in place of Streamlit's after every run of every screen."""

import gc
import threading
from collections.abc import Callable
from typing import Final

from recsys.app.memory import release_memory

EVERY_S: Final = 10.0
"""Seconds between two collections."""

LONGEST_WAIT_S: Final = 5.0
"""Seconds that a collection waits for a quiet moment; a busy server has to collect too."""

POLL_S: Final = 0.02
RELEASED_EVERY: Final = 6
"""After this many collections memory is returned to the system, which takes longer."""

THRESHOLDS: Final = (5_000, 20, 1_000)
"""Python's own collections: of young objects rarely, of old ones hardly ever, because that is done here."""


class QuietCollection:
    """
    Collects garbage while nothing is computed, in a thread of its own, for as long as the block runs.

    With thirty listeners one full collection takes 84 ms, in which no other thread runs; Streamlit makes one after
    every run (`runner.postScriptGC`, which .streamlit/config.toml switches off).

    Parameters
    ----------
    is_idle : callable
        True while nobody computes.
    collect : callable
        `collect(is_thorough)`.
    """

    def __init__(self, is_idle: Callable[[], bool], collect: Callable[[bool], object] | None = None) -> None:
        self._is_idle, self._collect = is_idle, collect or _collect
        self._is_over = threading.Event()

    def __enter__(self) -> "QuietCollection":
        """Begin to collect."""
        gc.set_threshold(*THRESHOLDS)
        threading.Thread(target=self._run, name="garbage", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, within a moment."""
        self._is_over.set()

    def collect_when_idle(self, is_thorough: bool, wait_s: float = LONGEST_WAIT_S) -> None:
        """Collect at the first quiet moment, or after `wait_s` in any case."""
        for _ in range(int(wait_s / POLL_S)):
            if self._is_idle() or self._is_over.wait(POLL_S):
                break
        self._collect(is_thorough)

    def _run(self) -> None:
        count = 0
        while not self._is_over.wait(EVERY_S):
            count += 1
            self.collect_when_idle(is_thorough=count % RELEASED_EVERY == 0)


def _collect(is_thorough: bool) -> None:
    if is_thorough:
        release_memory()
    else:
        gc.collect()
