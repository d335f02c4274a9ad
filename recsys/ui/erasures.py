"""How often each listener erased everything, so that other tabs of theirs notice and show nothing of it any more."""

import threading
from collections import Counter


class Erasures:
    """In memory only, as the tabs are. Safe to use from any thread."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, listener: str) -> None:
        """Everything of this listener's has just been erased."""
        with self._lock:
            self._counts[listener] += 1

    def of(self, listener: str) -> int:
        """How often that happened since the app was started."""
        return self._counts[listener]
