"""Work that is repeated for as long as the server runs."""

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


def repeat(work: Callable[[], object], seconds: float, name: str) -> threading.Event:
    """
    Do the work now and again after each pause, in a thread of its own, until the event that is returned is set.

    What it raises is logged, and it is done again after the pause all the same.
    """
    is_over = threading.Event()

    def run() -> None:
        while True:
            try:
                work()
            except Exception:
                log.exception("%s failed; it is tried again in %.0f s", name, seconds)
            if is_over.wait(seconds):
                return

    threading.Thread(target=run, name=name, daemon=True).start()
    return is_over
