"""The seam for sign-in: browser sessions and the tokens a listener gave us. Tokens are stored encrypted only."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final, Protocol

from recsys.auth.models import Issuer, Session, Tokens

TOKEN_TABLES: Final[dict[Issuer, str]] = {"spotify": "spotify_tokens", "supabase": "supabase_tokens"}


def lock_of(listener: str, issuer: Issuer) -> str:
    """The name of the lock for a listener's tokens. While it is held for Spotify's, Supabase's may be renewed."""
    return listener if issuer == "spotify" else f"{issuer} {listener}"


class SessionStore(Protocol):
    """Sessions by an id that only the browser knows: its SHA-256 is stored. Raises `StorageProblem`."""

    def create(self, session: Session, now: datetime, replaces: object = None) -> str:
        """
        Store a session; the new id for the browser (43 characters, 256 random bits).

        `replaces` is the session id the browser sent before: that session ends with the same write, because a session
        id from before a sign-in must not be good after it. Expired sessions are swept out.
        """

    def get(self, session_id: object, now: datetime) -> Session | None:
        """The session, or None: unknown, ended, expired, or not something this app could have issued."""

    def end(self, session_id: object) -> None:
        """Forget one session; an unknown one is no error."""

    def end_all(self, listener: str) -> int:
        """Forget all sessions of a listener, in every browser; how many there were."""


class TokenStore(Protocol):
    """
    Tokens by listener and issuer. Raises `StorageProblem`, and `Undecryptable` when they cannot be decrypted.

    To renew tokens: `with store.locked(lock_of(listener, issuer))`, read them again (another tab may have renewed
    them), ask the issuer, save, leave. Whoever else stores or removes some holds the lock too: a renewal under way
    would undo that.
    """

    def save_tokens(self, listener: str, tokens: Tokens, issuer: Issuer = "spotify") -> None:
        """Store tokens, encrypted. What is None in them does not overwrite what is known."""

    def tokens(self, listener: str, issuer: Issuer = "spotify") -> Tokens | None:
        """The tokens, or None."""

    def remove_tokens(self, listener: str, issuer: Issuer = "spotify") -> None:
        """Forget tokens; unknown ones are no error."""

    def locked(self, name: str) -> AbstractContextManager[None]:
        """
        Only one thread of one process at a time is inside for a name (a listener, or anything to be locked).

        A holder has the lock for as long as it lives; that of one that dies expires within 30 seconds. Raises
        `StorageProblem` when the lock is not acquired within 45.
        """
