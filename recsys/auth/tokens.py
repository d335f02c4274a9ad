"""A listener's live connection to Spotify: tokens from the store, renewed in turn, forgotten when consent ends."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from recsys.auth.models import Tokens, is_guest
from recsys.auth.spotify import consent_ends, is_consent_ending
from recsys.errors import ReconnectSpotify, Undecryptable
from recsys.storage.sessions import TokenStore, lock_of
from recsys.storage.store import Store
from recsys.times import to_iso

MARGIN: Final = timedelta(seconds=60)
"""An access token with less than this left is renewed before it is used."""

STATE: Final = "connection"

UNREADABLE: Final = "The stored permission was encrypted with another key of this server. Connect Spotify again."
"""The tokens stay stored: where the owner sets the former key again, the connection is back."""

Refresh = Callable[[Tokens, datetime], Tokens]
"""Tokens with a fresh access token. Raises `ReconnectSpotify` when consent is over, else another `SpotifyProblem`."""


@dataclass(frozen=True)
class Connection:
    """
    How a listener is connected.

    `ends_at` is when the consent runs out (None when not connected), `is_ending` is True in the two weeks before.
    `problem` is a sentence when a connection ended by itself. `scope` is what was allowed, separated by spaces.
    """

    is_connected: bool
    ends_at: datetime | None = None
    is_ending: bool = False
    scope: str = ""
    problem: str = ""


class SpotifyTokens:
    """
    The connections of all listeners.

    Parameters
    ----------
    tokens : TokenStore
    store_for : callable
        The store with a listener's rows, for the reason why a connection ended.
    refresh : Refresh
    clock : callable
        The time, with time zone.
    """

    def __init__(
        self,
        tokens: TokenStore,
        store_for: Callable[[str], Store],
        refresh: Refresh,
        clock: Callable[[], datetime],
    ) -> None:
        self._tokens, self._store_for, self._refresh = tokens, store_for, refresh
        self._clock = clock

    def access(self, listener: str) -> "ListenerAccess":
        """The right to call Spotify as this listener, for one job or one screen. Asks the store when first used."""
        return ListenerAccess(self, listener)

    def state(self, listener: str) -> Connection:
        """
        How this listener is connected, and whether the consent ends soon. Reads the store only, and for guests not even
        that: they have no tokens.
        """
        if is_guest(listener):
            return Connection(False)
        try:
            tokens = self._tokens.tokens(listener)
        except Undecryptable:
            return Connection(False, problem=UNREADABLE)
        if tokens is None:
            ended = self._store_for(listener).state(listener, STATE) or {}
            return Connection(False, problem=str(ended.get("problem", "")))
        if tokens.authorized_at is None:
            return Connection(True, scope=tokens.scope or "")
        ends, is_ending = consent_ends(tokens.authorized_at), is_consent_ending(tokens.authorized_at, self._clock())
        return Connection(True, ends, is_ending, tokens.scope or "")

    def disconnect(self, listener: str) -> None:
        """Forget the listener's tokens. Spotify has no call to withdraw a consent: that is done on its own pages."""
        if is_guest(listener):
            return
        with self._tokens.locked(lock_of(listener, "spotify")):  # a renewal under way would store them again
            self._tokens.remove_tokens(listener)
            self._store_for(listener).remove_state(listener, STATE)

    def fresh(self, listener: str, refused: str | None) -> Tokens:
        """
        Tokens good to use: the stored ones, or renewed ones when they are about to end or were just `refused`.

        Raises
        ------
        ReconnectSpotify
            There are no tokens, or the consent is over; then the tokens are gone and the reason is stored.
        SpotifyBusy, SpotifyUnreachable, SpotifyRefused
            They could not be renewed now, but may be later.
        """
        tokens = self._stored(listener)
        if not self._is_stale(tokens, refused):
            return tokens
        with self._tokens.locked(lock_of(listener, "spotify")):
            tokens = self._stored(listener)  # another tab may have been faster
            if not self._is_stale(tokens, refused):
                return tokens
            try:
                renewed = self._refresh(tokens, self._clock())
            except ReconnectSpotify as ended:
                reason = {"problem": str(ended), "at": to_iso(self._clock())}
                self._store_for(listener).save_state(listener, STATE, reason)
                self._tokens.remove_tokens(listener)
                raise
            self._tokens.save_tokens(listener, renewed)
            return renewed

    def _stored(self, listener: str) -> Tokens:
        try:
            tokens = self._tokens.tokens(listener)
        except Undecryptable:
            raise ReconnectSpotify(UNREADABLE) from None
        if tokens is None:
            ended = self._store_for(listener).state(listener, STATE) or {}
            raise ReconnectSpotify(str(ended.get("problem") or "Connect Spotify first."))
        return tokens

    def _is_stale(self, tokens: Tokens, refused: str | None) -> bool:
        return tokens.access_token == refused or self.is_expiring(tokens)

    def is_expiring(self, tokens: Tokens) -> bool:
        """True when the access token is about to end."""
        return tokens.expires_at - self._clock() < MARGIN


class ListenerAccess:
    """One listener's tokens, remembered between calls so that a long sync does not read the store for each page."""

    def __init__(self, spotify_tokens: SpotifyTokens, listener: str) -> None:
        self._spotify_tokens, self._listener = spotify_tokens, listener
        self._tokens: Tokens | None = None

    def token(self) -> str:
        """The access token to try now, renewed beforehand when it is about to end. Raises as `SpotifyTokens.fresh`."""
        if self._tokens is None or self._spotify_tokens.is_expiring(self._tokens):
            self._tokens = self._spotify_tokens.fresh(self._listener, None)
        return self._tokens.access_token

    def renew(self, refused: str) -> str:
        """A token to use instead of the refused one; already there when another tab was faster."""
        self._tokens = self._spotify_tokens.fresh(self._listener, refused)
        return self._tokens.access_token
