"""The songs that one listener can be recommended: everybody's catalogue, and those found around their own."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import pandas as pd

from recsys.bounded import BoundedDict
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.pool import around
from recsys.storage.store import Store

POOL_TABLE: Final = "pool_tracks"
MAX_CACHED: Final = 4
"""Catalogues with a pool that are cached; one takes a second to build."""

STALE_AFTER: Final = timedelta(minutes=1)
"""How long a pool of the same size counts as the same: 20,000 rows are not read for every request."""


@dataclass(frozen=True)
class _Cached:
    """A catalogue with a pool, what it was made of and when."""

    catalogue: Catalogue
    shared: Catalogue | None
    songs: int
    at: datetime


@dataclass
class _Entry:
    """One listener's catalogue; while it is made, nobody else waits."""

    made: _Cached | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class ListenerCatalogues:
    """
    Catalogues by listener. Safe to use from any thread.

    Parameters
    ----------
    shared : () -> Catalogue or None
        Everybody's catalogue of real songs; None where there is none.
    store_for : listener -> Store
    anchors : () -> DataFrame
        See `core.engine.pool.around`.
    now : () -> datetime
    """

    def __init__(
        self,
        shared: Callable[[], Catalogue | None],
        store_for: Callable[[str], Store],
        anchors: Callable[[], pd.DataFrame],
        now: Callable[[], datetime],
    ) -> None:
        self._shared, self._store_for, self._anchors, self._now = shared, store_for, anchors, now
        self._places: BoundedDict[str, _Entry] = BoundedDict(MAX_CACHED)
        self._lock = threading.Lock()

    def of(self, listener: str) -> Catalogue | None:
        """The catalogue of a listener; None where there are no real songs for them."""
        shared, store, now = self._shared(), self._store_for(listener), self._now()
        songs = store.counts(listener)[POOL_TABLE]
        if not songs:
            return shared
        with self._lock:
            place = self._places[listener] = self._places.get(listener) or _Entry()
        with place.lock:
            made = place.made
            is_current = made and made.shared is shared and made.songs == songs and now - made.at < STALE_AFTER
            if made is None or not is_current:
                made = _Cached(around(shared, store.pool(listener), self._anchors()), shared, songs, now)
                place.made = made
        return made.catalogue
