"""Who and what is being served at the moment, for the log. Set by the web, the screens and background jobs."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

REQUEST: Final[ContextVar[str]] = ContextVar("request", default="")
"""A short random id of the HTTP request or script run; empty outside of one."""

LISTENER: Final[ContextVar[str]] = ContextVar("listener", default="")
"""The listener's id, which the log shows as a pseudonym only; empty where nobody is known."""


@contextmanager
def serving(listener: str, request: str = "") -> Iterator[None]:
    """What is logged inside belongs to this listener, and to this request where one is named."""
    before = LISTENER.set(listener), REQUEST.set(request or REQUEST.get())
    try:
        yield
    finally:
        LISTENER.reset(before[0])
        REQUEST.reset(before[1])
