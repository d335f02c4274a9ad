"""Where each listener's sliders stood last, so that a reload of the page finds them there."""

import threading
from collections import OrderedDict
from typing import Final

from recsys.core.engine.recipe import Recipe

AT_MOST: Final = 1_000
"""Listeners remembered; the one longest away is forgotten first."""


class LastRecipes:
    """
    In memory only: a recipe worth keeping is saved under a name. Safe to use from any thread.

    A tab asks once, when it begins; what another tab of the same listener does later does not move its sliders.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Recipe] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, listener: str, recipe: Recipe) -> None:
        """Remember a listener's sliders in place of those before."""
        with self._lock:
            self._kept[listener] = recipe
            self._kept.move_to_end(listener)
            if len(self._kept) > AT_MOST:
                self._kept.popitem(last=False)

    def of(self, listener: str) -> Recipe:
        """The sliders as they stood last; the usual ones for a listener not seen since the app was started."""
        return self._kept.get(listener, Recipe())

    def forget(self, listener: str) -> None:
        """Nothing is left of this listener."""
        with self._lock:
            self._kept.pop(listener, None)
