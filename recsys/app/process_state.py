"""What one process remembers about listeners until it stops: nothing of it is stored."""

import threading
from collections import Counter, OrderedDict
from typing import Final

from recsys.core.engine.recipe import Recipe

AT_MOST: Final = 1_000
"""Listeners whose recipe is remembered; the one longest away is forgotten first."""


class Erasures:
    """How often each listener erased everything, so that their other tabs notice. Safe to use from any thread."""

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


class LastRecipes:
    """
    The sliders of each listener as last used, so that a reload of the page restores them.

    Safe to use from any thread. A tab asks once, when it begins; what another tab of the same listener does later does
    not move its sliders.
    """

    def __init__(self) -> None:
        self._recipes: OrderedDict[str, Recipe] = OrderedDict()
        self._lock = threading.Lock()

    def save(self, listener: str, recipe: Recipe) -> None:
        """Remember a listener's sliders in place of those before."""
        with self._lock:
            self._recipes[listener] = recipe
            self._recipes.move_to_end(listener)
            if len(self._recipes) > AT_MOST:
                self._recipes.popitem(last=False)

    def of(self, listener: str) -> Recipe:
        """The sliders as last used; the default ones for a listener not seen since the app was started."""
        return self._recipes.get(listener, Recipe())

    def forget(self, listener: str) -> None:
        """Drop what is remembered of this listener."""
        with self._lock:
            self._recipes.pop(listener, None)
