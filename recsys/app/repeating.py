"""Work that is repeated for as long as the server runs."""

import threading
from collections.abc import Callable


def repeat(work: Callable[[], object], seconds: float, name: str) -> threading.Event:
    """Do the work now and again after each pause, in a thread of its own, until the event that is returned is set."""
    is_over = threading.Event()

    def run() -> None:
        work()
        while not is_over.wait(seconds):
            work()

    threading.Thread(target=run, name=name, daemon=True).start()
    return is_over
