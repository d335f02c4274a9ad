"""Who is at the other end of a session cookie: a signed-in listener, a guest, or nobody."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeGuard

SESSION_ID: Final = re.compile(r"[A-Za-z0-9_-]{43}")
"""What a session id looks like: 256 random bits in URL-safe base64."""

GUEST: Final = "guest-"
"""How the listener id of a guest begins."""


@dataclass(frozen=True)
class Visitor:
    """
    Somebody whose rows may be shown and changed.

    `listener` is whose rows those are. A guest has not signed in; name and picture are None where unknown.
    """

    listener: str
    is_guest: bool
    display_name: str | None = None
    avatar_url: str | None = None


class Session(Protocol):
    """A session that was begun by signing in."""

    @property
    def listener(self) -> str: ...
    @property
    def display_name(self) -> str | None: ...
    @property
    def avatar_url(self) -> str | None: ...


class Sessions(Protocol):
    """Where signed-in sessions are kept."""

    def get(self, session_id: str, now: datetime) -> Session | None:
        """The session of that id, or None when it is unknown, ended or expired."""


def is_session_id(value: object) -> TypeGuard[str]:
    """True for what this app could have issued."""
    return isinstance(value, str) and SESSION_ID.fullmatch(value) is not None


def guest_listener(session_id: str) -> str:
    """The listener id of a guest. A hash, so that a row in the store does not give away the cookie."""
    return f"{GUEST}{hashlib.sha256(session_id.encode()).hexdigest()[:32]}"


def is_guest(listener: str) -> bool:
    """True for the listener id of somebody who has not signed in."""
    return listener.startswith(GUEST)


def visitor(session_id: object, sessions: Sessions, now: datetime) -> Visitor | None:
    """
    The visitor behind the value of a session cookie.

    Parameters
    ----------
    session_id : object
        Whatever the browser sent; anything this app could not have issued is nobody.
    sessions : Sessions
        Asked on every call, so that a session ended elsewhere ends here too.
    now : datetime
        The time, with time zone.

    Returns
    -------
    Visitor or None
        The signed-in listener; else a guest, whose rows survive reloads for as long as the cookie does.

    Raises
    ------
    StorageProblem
        The sessions cannot be read.
    """
    if not is_session_id(session_id):
        return None
    session = sessions.get(session_id, now)
    if session is None:
        return Visitor(guest_listener(session_id), is_guest=True)
    return Visitor(session.listener, False, session.display_name, session.avatar_url)
