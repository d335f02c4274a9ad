"""What the weekly lists of all listeners are made from, and the timer that renews those whose day has come."""

import logging
from typing import Final, NamedTuple

import pandas as pd

from recsys.app.stores import Stores
from recsys.core.engine.query import EMPTY_LIBRARY
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.silence import last_heard
from recsys.core.model.tracks import COLUMNS
from recsys.errors import NothingToRank, TonearmError
from recsys.services.library import songs
from recsys.services.recommend import heard_until, with_liked
from recsys.services.weekly import Report, WeeklyLists

TIMER_S: Final = 900.0
"""Seconds between two checks of which lists are due."""

log = logging.getLogger(__name__)


class StoredLibraries(NamedTuple):
    """
    What the lists of some listeners are made from; everybody is in `libraries` or in `problems`.

    Attributes
    ----------
    libraries : dict of DataFrame
        By listener a track table with `liked` (False for songs that were turned down) and, where the recipe is for
        forgotten songs, `heard_at` (ISO 8601; missing where unknown).
    problems : dict of str
        A sentence by listener, also where a store does not answer for one of them, or one has to sign in again.
    found_around : dict of int
        By listener of `libraries` how many songs were found around theirs, where there are some.
    """

    libraries: dict[str, pd.DataFrame]
    problems: dict[str, str]
    found_around: dict[str, int]


def stored_libraries(stores: Stores, recipe: Recipe) -> StoredLibraries:
    """What the lists of everybody who asks for one are made from, and why some of them have none."""
    found, problems, found_around = {}, {}, {}
    for listener in stores.weekly_listeners():
        try:
            store = stores.store_for(listener)
            feedback = store.feedback(listener)
            own = with_liked(songs(store, listener), feedback)
            if own.empty:
                raise NothingToRank(EMPTY_LIBRARY)
            heard = last_heard(own, heard_until(store, listener, recipe, stores.now())[0])
            pool = store.counts(listener)["pool_tracks"]
        except TonearmError as problem:
            problems[listener] = str(problem)
        else:
            own = own.assign(liked=True, heard_at=heard.dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ").array)
            turned_down = feedback.loc[~feedback["liked"].astype(bool), [*COLUMNS]].assign(liked=False)
            found[listener] = pd.concat([own, turned_down], ignore_index=True)
            if pool:
                found_around[listener] = pool
    return StoredLibraries(found, problems, found_around)


def renew_due(weekly: WeeklyLists) -> Report | None:
    """Renew what is due; None where that was not possible now. Tried again at the next check."""
    try:
        report = weekly.refresh()
    except TonearmError as problem:
        log.warning("weekly lists were not renewed: %s", type(problem).__name__)
        return None
    if report.renewed or report.failed:
        log.info("weekly lists: %d renewed, %d failed", report.renewed, len(report.failed))
    return report
