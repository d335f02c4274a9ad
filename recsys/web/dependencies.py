"""What the routes need from the rest of the app, named once. `recsys.app.container` builds it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from recsys.auth.models import SignedIn
from recsys.services.sync_progress import SyncProgress
from recsys.services.turns import Turns
from recsys.storage.sessions import SessionStore, TokenStore
from recsys.storage.store import Store


class Accounts(Protocol):
    """A way to sign in that sends the browser away and takes it back: Spotify itself, or Supabase Auth."""

    def begin(self, redirect_uri: str) -> tuple[str, str]:
        """
        The address to send the browser to, and a secret to store in that browser until it comes back.

        Where the address carries a `state`, the browser must bring the same one back (RFC 6749, 10.12).
        """

    def finish(self, params: Mapping[str, str], secret: str) -> SignedIn:
        """
        Who came back, from the query of the return address and the secret of `begin`. Raises a `SpotifyProblem`.
        """


class Cipher(Protocol):
    """Encrypts what is stored in a browser, so that it can neither be read nor changed there."""

    def encrypt(self, text: str) -> str: ...

    def decrypt(self, ciphertext: str) -> str:
        """The text again; raises `StorageProblem` for anything this app did not encrypt."""


class SyncService(Protocol):
    """Background syncs by listener."""

    def start(self, listener: str) -> SyncProgress: ...
    def progress(self, listener: str) -> SyncProgress: ...
    def cancel(self, listener: str) -> SyncProgress: ...


class SpotifyLimit(Protocol):
    """One of Spotify's limits: what is spent of the day's budget, and until when Spotify does not answer."""

    @property
    def says(self) -> str: ...
    @property
    def spent(self) -> int: ...
    @property
    def budget(self) -> int: ...
    @property
    def blocked_until(self) -> datetime | None: ...


@dataclass(frozen=True)
class Dependencies:
    """
    One running app, as its routes see it.

    Attributes
    ----------
    public_url : str
        Where browsers reach the app, without a trailing slash.
    page : str
        Streamlit's index.html, whose inline scripts, and `script`, the security headers allow by hash.
    sessions, tokens, store_for : SessionStore, TokenStore, callable
        Who is here, what they allowed, and the store with a listener's rows.
    cipher : Cipher
    accounts : Accounts or None
        None where no Spotify app is configured.
    sync : SyncService or None
        None where no Spotify app is configured.
    stop : callable
        Ends the background work of a listener, within a few seconds.
    hand_over : callable
        `hand_over(guest, listener)` gives a listener what the process remembers of the guest who has signed in, and has
        the open tabs of both notice it.
    recommend : callable
        `recommend(listener, recipe, seeds, minus)` returns `recsys.core.engine.recommender.Recommendations` for the
        listener's own library, raising a `TonearmError` with a sentence where there is nothing to rank.
    check_store : callable
        Raises `StorageProblem` when the store cannot be reached.
    catalogue_is_loaded : callable
    note : callable
        What every list says that was made from invented songs, or None.
    version : str
    clock : callable
        The time, with time zone.
    styles, script : str
        A style sheet and a script that are put into `page`.
    modules : mapping of path to sequence of str
        Scripts that the first screen of a page waits for; they are named in `page`.
    ranking : Turns
        The turns to compute; programs wait for theirs in a queue of their own.
    requests_a_minute : int
        The API requests, and as many uploads, that one caller may send in a minute; 0 sets no limit.
    metrics_token : str or None
        With it `/metrics` can be read from anywhere; without it only on loopback.
    catalogue_songs, running_syncs, spotify_limits : callable
        What `/metrics` says of the moment.
    uploaded_bytes : callable
        Bytes of the uploaded files in memory: those of a tab by its id, or of all for None.
    largest_upload : int
        Bytes of the largest file that a browser sends.
    has_trusted_proxy : bool
        True where FORWARDED_ALLOW_IPS names the proxies whose `X-Forwarded-For` is used.
    """

    public_url: str
    page: str
    sessions: SessionStore
    tokens: TokenStore
    store_for: Callable[[str], Store]
    cipher: Cipher
    accounts: Accounts | None
    sync: SyncService | None
    stop: Callable[[str], None]
    recommend: Callable[[str, Any, Sequence[str], Sequence[str]], Any]
    check_store: Callable[[], None]
    catalogue_is_loaded: Callable[[], bool]
    note: Callable[[], str | None]
    version: str
    clock: Callable[[], datetime]
    hand_over: Callable[[str, str], None] = lambda guest, listener: None
    styles: str = ""
    script: str = ""
    modules: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ranking: Turns = field(default_factory=lambda: Turns(2, 0, 0))
    requests_a_minute: int = 120
    has_trusted_proxy: bool = False
    metrics_token: str | None = field(default=None, repr=False)
    catalogue_songs: Callable[[], int] = lambda: 0
    running_syncs: Callable[[], Sequence[SyncProgress]] = tuple
    spotify_limits: Callable[[], Sequence[SpotifyLimit]] = tuple
    uploaded_bytes: Callable[[str | None], int] = lambda tab: 0
    largest_upload: int = 300 << 20

    @property
    def is_https(self) -> bool:
        """True when cookies can be marked Secure."""
        return self.public_url.startswith("https://")

    @property
    def is_loopback(self) -> bool:
        """True when browsers reach the app on this machine only."""
        return urlsplit(self.public_url).hostname in ("127.0.0.1", "::1")

    @property
    def redirect_uri(self) -> str:
        """Where Spotify sends browsers back to."""
        return f"{self.public_url}/callback"
