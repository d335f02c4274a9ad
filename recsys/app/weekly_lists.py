"""Joins the weekly lists to the stores, the catalogue and Spotify, and renews those whose day has come."""

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from recsys.errors import TonearmError
from recsys.services.weekly import Report, WeeklyLists

if TYPE_CHECKING:
    from recsys.app.container import Container

TIMER_S: Final = 900.0
"""Seconds between two looks at who is due."""

log = logging.getLogger(__name__)


def weekly_lists(app: "Container") -> WeeklyLists:
    """The weekly lists of everybody whose rows this server can reach: signed-in listeners and its own guests."""

    def listeners() -> Iterator[str]:
        yield from app.app_store.weekly_listeners()
        if app.app_store is not app.embedded_store:
            yield from app.embedded_store.weekly_listeners()

    return WeeklyLists(
        app.store_for,
        listeners,
        app.listener_catalogues.of,
        app.playlists,
        app.jobs,
        app.sessions.locked,
        app.now,
        app.ranking.turn,
    )


def renew_due(weekly: WeeklyLists) -> Report | None:
    """Renew what is due; None where that was not possible now. Tried again at the next look."""
    try:
        report = weekly.refresh()
    except TonearmError as problem:
        log.warning("weekly lists were not renewed: %s", type(problem).__name__)
        return None
    if report.renewed or report.failed:
        log.info("weekly lists: %d renewed, %d failed", report.renewed, len(report.failed))
    return report
