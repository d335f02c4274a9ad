"""A cache of recent lists and of the engines that ranked them."""

import json
import threading
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Final

import pandas as pd

from recsys.bounded import BoundedDict
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.pool import POOL
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommendations, Recommender
from recsys.services.library import songs
from recsys.services.recommend import heard_until, recommender, today_of
from recsys.storage.store import Store

MAX_LISTS: Final = 64
"""Lists cached at a time; one of 500 songs has about 300 kB."""

MAX_ENGINES: Final = 8
ENGINE_SONGS: Final = 800_000
"""The most engines held at a time, and the most catalogue songs of all of them together (about 40 bytes each)."""


class RecentLists:
    """
    Recommends as `recommend` does, with a cache. Safe to use from any thread.

    The key is a digest of everything a list is made from: the stored library and thumbs, recipe, seeds and minus. So a
    list is never out of date. The engines of a few libraries are held too, because another recipe takes a third of the
    time; those of another shared catalogue are dropped. A catalogue with a listener's own pool is theirs beside it.
    """

    def __init__(self, max_lists: int = MAX_LISTS) -> None:
        self._lists: BoundedDict[bytes, tuple[weakref.ref[Catalogue], Recommendations]] = BoundedDict(max_lists)
        self._engines: OrderedDict[bytes, _Engine] = OrderedDict()
        self._lock = threading.Lock()

    def recommend(
        self,
        catalogue: Catalogue,
        store: Store,
        listener: str,
        recipe: Recipe,
        seeds: Sequence[str] = (),
        minus: Sequence[str] = (),
        now: datetime | None = None,
    ) -> Recommendations:
        """
        The list for a listener's own library as it is stored. Raises as ranking does.

        `now`, with a time zone, says what counts as forgotten; only the day matters. `minus` are tracks to stay away
        from.
        """
        today = today_of(recipe, now)
        with_plays = today is not None
        stored, fingerprint = None, store.fingerprint(listener, with_plays)
        if (rows := fingerprint) is None:
            stored = _Stored.read(store, listener, recipe, now)
            rows = stored.digest()
        made_of = _digest(rows, [[*seeds], [*minus], str(today), recipe.choose_from == "forgotten"])
        key = _digest(made_of, recipe.as_json())
        with self._lock:
            made_from, found = self._lists.get(key, (None, None))
            if found is not None and made_from is not None and made_from() is catalogue:
                self._lists.move_to_end(key)
                return found
        engine = self._engine(made_of, catalogue)
        with engine.lock:
            ranker = engine.recommender
            if ranker is None:
                stored = stored or _Stored.read(store, listener, recipe, now)
                ranker = stored.recommender(catalogue, recipe, seeds, minus)
                if store.fingerprint(listener, with_plays) != fingerprint:
                    return ranker.recommend(recipe)  # somebody wrote in between, so nothing is cached
                engine.recommender = ranker
            found = ranker.recommend(recipe)
        with self._lock:
            self._lists[key] = (weakref.ref(catalogue), found)
        return found

    def _engine(self, made_of: bytes, catalogue: Catalogue) -> "_Engine":
        """The place of the engine for a library. One that cannot be built stays empty, and is tried again."""
        with self._lock:
            # A catalogue of everybody's replaces the one before, whose engines are dropped.
            if POOL not in catalogue.tracks:
                held = [(key, engine.catalogue) for key, engine in self._engines.items()]
                for key in [key for key, one in held if one is not catalogue and POOL not in one.tracks]:
                    del self._engines[key]
            # An engine holds its catalogue, so no other catalogue has the same id.
            key = made_of + id(catalogue).to_bytes(8, "big")
            engine = self._engines.setdefault(key, _Engine(catalogue))
            self._engines.move_to_end(key)
            count = sum(len(held.catalogue) for held in self._engines.values())
            while len(self._engines) > 1 and (len(self._engines) > MAX_ENGINES or count > ENGINE_SONGS):
                count -= len(self._engines.popitem(last=False)[1].catalogue)
        return engine


@dataclass
class _Engine:
    """An engine that is used by one thread at a time, because it remembers its last search."""

    catalogue: Catalogue
    recommender: Recommender | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class _Stored:
    """What a list is made from, as it is stored."""

    library: pd.DataFrame
    feedback: pd.DataFrame
    plays: pd.DataFrame
    today: pd.Timestamp | None

    @classmethod
    def read(cls, store: Store, listener: str, recipe: Recipe, now: datetime | None) -> "_Stored":
        return cls(songs(store, listener), store.feedback(listener), *heard_until(store, listener, recipe, now))

    def recommender(
        self, catalogue: Catalogue, recipe: Recipe, seeds: Sequence[str], minus: Sequence[str]
    ) -> Recommender:
        mine = (self.library, self.feedback, seeds, self.plays, self.today)
        return recommender(catalogue, *mine, minus=minus, choose_from=recipe.choose_from)

    def digest(self) -> bytes:
        """The order of the rows decides between songs that are otherwise alike, so it is part of the digest."""
        digest = blake2b(digest_size=16)
        for table in (self.library, self.feedback, self.plays):
            digest.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
            digest.update(len(table).to_bytes(8, "big"))
        return digest.digest()


def _digest(rows: bytes, more: object) -> bytes:
    return blake2b(rows + json.dumps(more, sort_keys=True).encode(), digest_size=16).digest()
