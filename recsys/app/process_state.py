"""What one process remembers about listeners: how often something happened, and the sliders as last used."""

import logging
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Final

from recsys.core.engine.recipe import Recipe
from recsys.errors import StorageProblem, TonearmError
from recsys.storage.store import Store

AT_MOST: Final = 1_000
"""Listeners whose recipe is remembered; the one unused for longest is forgotten first."""
WRITE_DELAY_S: Final = 0.5
"""Seconds from a move to its write: by then its list is on the screen, and of a drag only the end is written."""
STATE: Final = "last_recipe"
log = logging.getLogger(__name__)


class ListenerCounts:
    """How often something happened to each listener, so that their other tabs notice. Safe to use from any thread."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, listener: str) -> None:
        """Count it once more."""
        with self._lock:
            self._counts[listener] += 1

    def of(self, listener: str) -> int:
        """How often it happened since the app was started."""
        return self._counts[listener]


class LastRecipes:
    """
    The sliders of each listener as last used, so that a reload of the page and a restart of the app restore them.

    Safe to use from any thread. A tab asks once, when it begins; what another tab of the same listener does later does
    not move its sliders. What is in the store is read there, because another instance may have written it or erased it.
    Without a `store_for` nothing outlives the process.
    """

    def __init__(self, store_for: Callable[[str], Store] | None = None) -> None:
        self._store_for = store_for
        # The sliders, and whether they are in the store, or were to be.
        self._recipes: OrderedDict[str, tuple[Recipe, bool]] = OrderedDict()
        self._unwritten: dict[str, Recipe] = {}
        self._lock, self._writing = threading.Lock(), threading.Lock()

    def save(self, listener: str, recipe: Recipe, is_stored: bool = False) -> None:
        """Remember a listener's sliders in place of those before; `is_stored` ones are written a moment later."""
        with self._lock:
            is_new = self._recipes.get(listener) != (recipe, is_stored)
            self._recipes[listener] = (recipe, is_stored)
            self._recipes.move_to_end(listener)
            if len(self._recipes) > AT_MOST:
                self._recipes.popitem(last=False)
            if not (is_new and is_stored and self._store_for):
                return
            has_writer = bool(self._unwritten)
            self._unwritten[listener] = recipe
        if not has_writer:
            writer = threading.Timer(WRITE_DELAY_S, self.write)
            writer.daemon = True
            writer.start()

    def write(self) -> None:
        """Store what was not written yet, the latest of each listener only. On failure the one before remains."""
        with self._writing:
            while self._store_for:
                with self._lock:
                    if not self._unwritten:
                        return
                    listener, recipe = next(iter(self._unwritten.items()))
                try:
                    self._store_for(listener).save_state(listener, STATE, recipe.as_json())
                except StorageProblem:
                    log.warning("the sliders of a listener could not be stored")
                finally:
                    with self._lock:
                        if self._unwritten.get(listener) is recipe:
                            del self._unwritten[listener]

    def of(self, listener: str) -> Recipe:
        """The sliders as last used, in any process; the default ones for a listener without any."""
        with self._lock:
            known, is_stored = self._recipes.get(listener, (Recipe(), True))
            is_latest = listener in self._unwritten or not is_stored
        if self._store_for and not is_latest:
            try:
                stored = self._store_for(listener).state(listener, STATE)
                known = Recipe.from_json(stored) if stored else Recipe()
            except TonearmError:
                log.warning("the sliders of a listener could not be read")
                return known
            with self._lock:
                if listener in self._recipes and listener not in self._unwritten:
                    self._recipes[listener] = (known, True)  # what the next ones are compared with
        return known

    def forget(self, listener: str) -> None:
        """Drop what is remembered of this listener; when this returns nothing more of theirs is written."""
        with self._lock:
            self._recipes.pop(listener, None)
            self._unwritten.pop(listener, None)
        with self._writing:
            pass
