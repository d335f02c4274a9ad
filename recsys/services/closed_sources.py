"""Feature sources that do not serve this app: remembered for all listeners, so that they are asked once a month."""

from datetime import datetime, timedelta
from typing import Final

from recsys.storage.store import Store
from recsys.times import to_iso

STATE: Final = "closed_feature_sources"
REMEMBERED: Final = timedelta(days=30)


def closed(store: Store, now: datetime) -> set[str]:
    """The names of those that were found closed lately."""
    since = to_iso(now - REMEMBERED)
    return {name for name, at in (store.app_state(STATE) or {}).items() if at >= since}


def close(store: Store, source: str, now: datetime) -> None:
    """Leave it out from now on."""
    store.save_app_state(STATE, {**(store.app_state(STATE) or {}), source: to_iso(now)})


def reopen(store: Store, source: str) -> None:
    """Ask it again from now on. Writes nothing where it is not closed."""
    kept = store.app_state(STATE) or {}
    if source in kept:
        store.save_app_state(STATE, {name: at for name, at in kept.items() if name != source})
