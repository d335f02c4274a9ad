"""A mapping of bounded size: what a process remembers of listeners, of whom there may be any number."""

from collections import OrderedDict
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class BoundedDict(OrderedDict[K, V]):
    """
    A dict of at most `at_most` keys: setting one drops the key that was set longest ago.

    Threads that share it without a lock may miss a key while another sets it.
    """

    def __init__(self, at_most: int) -> None:
        super().__init__()
        self._at_most = at_most

    def __setitem__(self, key: K, value: V) -> None:
        self.pop(key, None)
        super().__setitem__(key, value)
        while len(self) > self._at_most:
            self.popitem(last=False)
