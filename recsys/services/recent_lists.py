"""Lists made lately: asked for again, they are not computed again."""

import json
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Final

import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommendations
from recsys.services.library import songs
from recsys.services.recommend import heard_until, recommender
from recsys.storage.store import Store

STORED: Final = 64
"""Lists held at a time; one of 500 songs has about 300 kB."""


class RecentLists:
    """
    Recommends as `recommend` does, with a cache. Safe to use from any thread.

    The key is a digest of everything a list is made from: the stored library and thumbs, recipe and seeds. So a list is
    never out of date, and neither a listener's id nor their library stays in memory.
    """

    def __init__(self, stored: int = STORED) -> None:
        self._stored = stored
        self._lists: OrderedDict[bytes, tuple[weakref.ref[Catalogue], Recommendations]] = OrderedDict()
        self._lock = threading.Lock()

    def recommend(
        self,
        catalogue: Catalogue,
        store: Store,
        listener: str,
        recipe: Recipe,
        seeds: Sequence[str] = (),
        now: datetime | None = None,
    ) -> Recommendations:
        """
        The list for a listener's own library as it is stored. Raises as ranking does.

        `now`, with a time zone, says what counts as forgotten; only the day matters.
        """
        library, feedback = songs(store, listener), store.feedback(listener)
        plays, today = heard_until(store, listener, recipe, now)
        key = _digest((library, feedback, plays), recipe, [*seeds, str(today)])
        with self._lock:
            made_from, found = self._lists.get(key, (None, None))
            if found is not None and made_from is not None and made_from() is catalogue:
                self._lists.move_to_end(key)
                return found
        found = recommender(catalogue, library, feedback, seeds, plays, today).recommend(recipe)
        with self._lock:
            self._lists[key] = (weakref.ref(catalogue), found)
            self._lists.move_to_end(key)
            while len(self._lists) > self._stored:
                self._lists.popitem(last=False)
        return found


def _digest(tables: Iterable[pd.DataFrame], recipe: Recipe, seeds: Sequence[str]) -> bytes:
    digest = blake2b(json.dumps([recipe.as_json(), *seeds], sort_keys=True).encode(), digest_size=16)
    for table in tables:
        # The order of the rows decides between songs that are otherwise alike, so it is part of the digest.
        digest.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
        digest.update(len(table).to_bytes(8, "big"))
    return digest.digest()
