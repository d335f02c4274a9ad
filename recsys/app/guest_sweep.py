"""Erases guests who have not been here for as long as their cookie lasts."""

import logging
from typing import Final

from recsys.errors import StorageProblem
from recsys.storage.sqlite.store import SqliteStore

GUEST_DAYS: Final = 30
"""Days without a visit after which a guest's rows are erased; as long as the session cookie lasts."""

DAY_S: Final = 86_400

log = logging.getLogger(__name__)


def sweep_guests(store: SqliteStore) -> int:
    """Erase guests who were not here for `GUEST_DAYS`; how many."""
    try:
        swept = store.sweep_guests(GUEST_DAYS)
    except StorageProblem:
        log.warning("guests could not be erased: the store did not answer; tried again tomorrow")
        return 0
    if swept:
        log.info("%d guests were not here for %d days and are erased", swept, GUEST_DAYS)
    return swept
