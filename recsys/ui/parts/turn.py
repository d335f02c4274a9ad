"""A turn to compute: as many screens at once as there are processors."""

from collections.abc import Iterator
from contextlib import contextmanager

from recsys.errors import ServerBusy
from recsys.services.turns import BUSY
from recsys.ui.session import ListenerSession


@contextmanager
def turn(session: ListenerSession) -> Iterator[None]:
    """
    Wait until it is this screen's turn to compute. For what computes, never for what waits for another host.

    With thirty threads at once each is interrupted by all others: a list then takes seconds instead of milliseconds.

    Raises
    ------
    ServerBusy
        Too many wait already, or it took too long.
    """
    with session.app.ranking.turn() as has_turn:
        if not has_turn:
            raise ServerBusy(BUSY)
        yield
