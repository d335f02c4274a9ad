"""What one process remembers about listeners: counts, the sliders as last used, and the recipe a guest opened."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from recsys.bounded import BoundedDict
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recipe_link import RecipeLink
from recsys.errors import TonearmError
from recsys.storage.store import Store

AT_MOST: Final = 1_000
"""Listeners whose recipe is remembered; the one unused for longest is forgotten first."""
AT_MOST_COUNTED: Final = 10_000
WRITE_DELAY_S: Final = 0.5
"""Seconds from a move to its write: by then its list is on the screen, and of a drag only the end is written."""
STATE: Final = "last_recipe"
log = logging.getLogger(__name__)


class ListenerCounts:
    """
    A number for each listener that changes when something happens to them, so that their other tabs notice.

    Safe to use from any thread. Of more than `AT_MOST_COUNTED` listeners those to whom nothing happened for longest
    have 0 again; their tabs take that for a change, and read again what nobody changed.
    """

    def __init__(self) -> None:
        self._counts: BoundedDict[str, int] = BoundedDict(AT_MOST_COUNTED)
        self._count = 0
        self._lock = threading.Lock()

    def add(self, listener: str) -> None:
        """Something happened to this listener."""
        with self._lock:
            self._count += 1  # of all listeners, so that nobody who was dropped gets a number they had before
            self._counts[listener] = self._count

    def of(self, listener: str) -> int:
        """A number that was another one before the last thing happened; 0 where nothing did."""
        return self._counts.get(listener, 0)


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
        self._recipes: BoundedDict[str, tuple[Recipe, bool]] = BoundedDict(AT_MOST)
        self._unwritten: dict[str, Recipe] = {}
        self._erased: set[str] = set()  # whose rows are being erased
        self._lock, self._writing = threading.Lock(), threading.Lock()

    def save(self, listener: str, recipe: Recipe, is_stored: bool = False) -> None:
        """Remember a listener's sliders in place of those before; `is_stored` ones are written a moment later."""
        with self._lock:
            if listener in self._erased:
                return
            is_new = self._recipes.get(listener) != (recipe, is_stored)
            self._recipes[listener] = (recipe, is_stored)
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
                except TonearmError:  # of one listener: their store, or a sign-in that has ended
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

    @contextmanager
    def forgotten(self, listener: str) -> Iterator[None]:
        """As `forget`, and takes nothing of this listener's during the block, in which their rows are erased."""
        with self._lock:
            self._erased.add(listener)
        try:
            self.forget(listener)
            yield
        finally:
            with self._lock:
                self._erased.discard(listener)

    def forget(self, listener: str) -> None:
        """Drop what is remembered of this listener; when this returns nothing more of theirs is written."""
        with self._lock:
            self._recipes.pop(listener, None)
            self._unwritten.pop(listener, None)
        with self._writing:
            pass


class OpenedLinks:
    """
    The shared recipe that each guest opened last, to be used after they have signed in.

    A sign-in leaves the page and so ends the browser tab's session. Safe to use from any thread; nothing is stored. At
    most `AT_MOST` guests, and as many listeners who have signed in, are remembered; the oldest is forgotten first.
    """

    def __init__(self) -> None:
        self._opened: BoundedDict[str, RecipeLink] = BoundedDict(AT_MOST)
        self._waiting: BoundedDict[str, RecipeLink] = BoundedDict(AT_MOST)
        self._lock = threading.Lock()

    def save(self, guest: str, link: RecipeLink | None) -> None:
        """Remember the recipe a guest opened instead of an earlier one; None forgets it."""
        with self._lock:
            self._opened.pop(guest, None)
            if link is not None:
                self._opened[guest] = link

    def hand_over(self, guest: str, listener: str) -> None:
        """Pass what a guest opened, if anything, on to the listener they signed in as."""
        with self._lock:
            link = self._opened.pop(guest, None)
            if link is not None:
                self._waiting[listener] = link

    def is_waiting(self, listener: str) -> bool:
        """True while something was passed on to a listener and is not taken yet."""
        return listener in self._waiting

    def take(self, listener: str) -> RecipeLink | None:
        """What was passed on to a listener, returned once; None where nothing was."""
        with self._lock:
            return self._waiting.pop(listener, None)

    def forget(self, listener: str) -> None:
        """Drop what is remembered of this guest or listener."""
        self.save(listener, None)
        self.take(listener)
