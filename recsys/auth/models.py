"""The records of sign-in: sessions, tokens, who signed in and who visits. Each is defined here, once."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeGuard

Issuer = Literal["spotify", "supabase"]
"""Who issued tokens: Spotify, or Supabase Auth for the listener's own rows."""

GUEST: Final = "guest-"
"""How the listener id of a guest begins, and the session id of a browser that has not signed in."""

SESSION_ID: Final = re.compile(rf"(?:{GUEST})?[A-Za-z0-9_-]{{43}}")
"""What a session id looks like: 256 random bits in URL-safe base64."""


@dataclass(frozen=True)
class Session:
    """
    A browser that may show and change a listener's rows. Holds no token.

    `expires_at` has a time zone; stored to the second.
    """

    listener: str
    kind: Literal["guest", "spotify"]
    expires_at: datetime
    display_name: str | None = None
    avatar_url: str | None = None


@dataclass(frozen=True)
class Tokens:
    """
    What an issuer gave us for one listener. Its `repr` shows when it ends, never a token.

    `refresh_token`, `scope` and `authorized_at` (when the listener consented) may be None in the answer to a refresh:
    those stored before stay. Times have a time zone; stored to the second.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime
    scope: str | None = None
    authorized_at: datetime | None = None


@dataclass(frozen=True)
class SignedIn:
    """
    Somebody who signed in: whose rows are theirs, what Spotify calls them, and the tokens that came with it.

    `profile` has `spotify_id`, `display_name` and `avatar_url`. `supabase` is None where rows are stored in SQLite.
    """

    listener: str
    profile: Mapping[str, str | None]
    spotify: Tokens
    supabase: Tokens | None = None


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


def new_session_id() -> str:
    """A session id that nobody can guess."""
    return secrets.token_urlsafe(32)


def new_guest_id() -> str:
    """A session id for a guest: no session is stored under it, so no store is asked who it belongs to."""
    return GUEST + new_session_id()


def is_guest_id(value: str) -> bool:
    """True for a session id that `new_guest_id` could have made."""
    return len(value) > 43 and is_session_id(value)


def is_session_id(value: object) -> TypeGuard[str]:
    """True for what this app could have issued."""
    return isinstance(value, str) and SESSION_ID.fullmatch(value) is not None


def is_guest(listener: str) -> bool:
    """True for the listener id of somebody who has not signed in."""
    return listener.startswith(GUEST)


def hash_id(text: str) -> str:
    """The SHA-256 of a session id or a lock's name, in hexadecimal: what is stored gives neither away."""
    return hashlib.sha256(text.encode()).hexdigest()
