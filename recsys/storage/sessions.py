"""The seam for sign-in: browser sessions and the tokens a listener gave us. Stores of it keep tokens encrypted only."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

Issuer = Literal["spotify", "supabase"]
"""Who issued tokens: Spotify, or Supabase Auth for the listener's own rows."""


@dataclass(frozen=True)
class Session:
    """
    Somebody's browser that may show and change a listener's rows. Holds no token.

    `expires_at` has a time zone; stores keep whole seconds.
    """

    listener: str
    kind: Literal["guest", "spotify"]
    expires_at: datetime
    display_name: str | None = None
    avatar_url: str | None = None

    @property
    def is_guest(self) -> bool:
        """True when nobody signed in."""
        return self.kind == "guest"


@dataclass(frozen=True)
class Tokens:
    """
    What an issuer gave us for one listener. Its `repr` shows when it ends, never a token.

    `refresh_token`, `scope` and `authorized_at` (when the listener consented) may be None in the answer to a refresh:
    those kept before stay. Times have a time zone; stores keep whole seconds.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime
    scope: str | None = None
    authorized_at: datetime | None = None


class SessionStore(Protocol):
    """Sessions by an id that only the browser knows: stores keep its SHA-256. Raises `StorageProblem`."""

    def create(self, session: Session, now: datetime, replaces: object = None) -> str:
        """
        Keep a session; the new id for the browser (43 characters, 256 random bits).

        `replaces` is whatever the browser sent before: that session ends with the same write, because a session id
        from before a sign-in must not be good after it. Expired sessions are swept out.
        """

    def get(self, session_id: object, now: datetime) -> Session | None:
        """The session, or None: unknown, ended, expired, or not something this app could have issued."""

    def end(self, session_id: object) -> None:
        """Forget one session; an unknown one is no error."""

    def end_all(self, listener: str) -> int:
        """Forget all sessions of a listener, in every browser; how many there were."""


class TokenStore(Protocol):
    """
    Tokens by listener and issuer. Raises `StorageProblem`, also when they cannot be decrypted.

    To renew tokens: `with store.locked(listener)`, read them again (another tab may have renewed them), ask the
    issuer, save, leave.
    """

    def save_tokens(self, listener: str, tokens: Tokens, issuer: Issuer = "spotify") -> None:
        """Keep tokens, encrypted. What is None in them does not overwrite what is known."""

    def tokens(self, listener: str, issuer: Issuer = "spotify") -> Tokens | None:
        """The tokens, or None."""

    def remove_tokens(self, listener: str, issuer: Issuer = "spotify") -> None:
        """Forget tokens; unknown ones are no error."""

    def locked(self, name: str) -> AbstractContextManager[None]:
        """
        Only one thread of one process at a time is inside for a name (a listener, or anything to take turns for).

        A holder keeps its turn for as long as it lives; one that dies is waited for at most half a minute. Raises
        `StorageProblem` when the turn does not come in three quarters of one.
        """
