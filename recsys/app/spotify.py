"""Joins the Spotify adapters to the services: sign-in, and a listener's library, playlists and probes."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx

from recsys.auth import spotify as sign_in
from recsys.auth.models import SignedIn, Tokens
from recsys.auth.spotify import SpotifyAccounts
from recsys.auth.tokens import SpotifyTokens
from recsys.errors import SettingsProblem, SignInFailed
from recsys.services.quota import StoredQuota
from recsys.settings import Settings
from recsys.spotify.api import Access, Api
from recsys.spotify.capabilities import probe
from recsys.spotify.client import build_api
from recsys.spotify.library import SpotifyLibrary
from recsys.spotify.models import Finding
from recsys.spotify.playlists import SpotifyPlaylists
from recsys.spotify.quota import BUCKETS, SHORT
from recsys.spotify.wrappers import GAP, Pacer
from recsys.storage.file_lock import file_lock
from recsys.storage.sessions import TokenStore
from recsys.storage.store import Store

AT_A_SCREEN: Final = 5.0
"""Seconds a person waits when Spotify asks to slow down."""


@dataclass(frozen=True)
class Limit:
    """
    One of Spotify's limits as this app counts it: requests `spent` of today's own `budget`, shared by all listeners.

    `blocked_until` is None while Spotify answers.
    """

    says: str
    spent: int
    budget: int
    blocked_until: datetime | None


class Spotify:
    """
    Everything that calls Spotify, once per process: its limits count per developer account.

    Parameters
    ----------
    settings : Settings
        With a Spotify app; `SettingsProblem` without.
    tokens, store_for, app_store
        Where tokens, a listener's rows and the app's own state are stored.
    http : httpx.Client
        For Spotify's accounts host; with a timeout.
    clock, sleep, gap
        Seconds since 1970, waiting, and seconds between two requests.
    """

    def __init__(
        self,
        settings: Settings,
        tokens: TokenStore,
        store_for: Callable[[str], Store],
        app_store: Store,
        http: httpx.Client,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        gap: float = GAP,
    ) -> None:
        if not settings.spotify_client_id:
            raise SettingsProblem("Set SPOTIFY_CLIENT_ID to connect Spotify; the README says how to get one.")
        self._settings, self._clock, self._sleep = settings, clock, sleep
        self._http = http
        self._pacer = Pacer(gap, sleep=sleep, locked=lambda: file_lock(settings.data_folder / "spotify.lock"))
        self.quota = StoredQuota(app_store)
        self.connections = SpotifyTokens(tokens, store_for, self.refresh, lambda: _moment(clock()))

    def begin(self, redirect_uri: str) -> tuple[str, str]:
        """See `recsys.web.dependencies.Accounts.begin`. The redirect URI is stored too: Spotify compares it."""
        verifier = sign_in.code_verifier(secrets.token_bytes(64))
        url = self._accounts(redirect_uri).authorize_url(secrets.token_urlsafe(32), sign_in.code_challenge(verifier))
        return url, f"{verifier} {redirect_uri}"

    def finish(self, params: Mapping[str, str], secret: str) -> SignedIn:
        """See `recsys.web.dependencies.Accounts.finish`."""
        if not params.get("code"):
            raise SignInFailed("Spotify sent no code back. Please try again.")
        verifier, redirect_uri = secret.split(" ", 1)
        tokens = self._accounts(redirect_uri).exchange(params["code"], verifier, _moment(self._clock()))
        me = SpotifyLibrary(self._api(_Newcomer(tokens.access_token), self._sleep, AT_A_SCREEN)).me()
        profile = {"spotify_id": me.spotify_id, "display_name": me.display_name, "avatar_url": me.avatar_url}
        return SignedIn(f"spotify-{me.listener_key}", profile, tokens)

    def refresh(self, tokens: Tokens, now: datetime) -> Tokens:
        """See `recsys.auth.tokens.Refresh`."""
        accounts = self._accounts(f"{self._settings.public_url}/callback")
        return accounts.refresh(tokens, now)

    def library(self, listener: str, sleep: Callable[[float], None] | None = None) -> SpotifyLibrary:
        """A listener's library on Spotify; for `sleep` see `api`."""
        return SpotifyLibrary(self.api(listener, sleep))

    def writer(self, listener: str) -> SpotifyPlaylists:
        """A listener's playlists, for writing."""
        return SpotifyPlaylists(self.api(listener))

    def probe(self, listener: str) -> list[Finding]:
        """Ask about every capability, as a listener."""
        return probe(self.api(listener), self.connections.state(listener).scope)

    def limits(self) -> list[Limit]:
        """How much of each daily budget is spent, and what Spotify blocks until when."""
        now = self._clock()
        return [
            Limit(
                bucket.says,
                self.quota.spent(bucket.name, now),
                bucket.budget,
                _moment(until) if (until := self.quota.blocked_until(bucket.name, now) or 0.0) > now else None,
            )
            for bucket in {bucket.name: bucket for bucket in BUCKETS}.values()
        ]

    def api(self, listener: str, sleep: Callable[[float], None] | None = None) -> Api:
        """
        Spotify's Web API as a listener.

        Background work gives a `sleep` that can be interrupted, and waits for up to a minute. Without one a
        person waits at a screen: longer than a few seconds becomes `SpotifyBusy`.
        """
        access = self.connections.access(listener)
        return self._api(access, sleep, SHORT) if sleep else self._api(access, self._sleep, AT_A_SCREEN)

    def _api(self, access: Access, sleep: Callable[[float], None], longest_wait: float) -> Api:
        url = self._settings.spotify_api_url
        return build_api(
            url, access, self._pacer, self.quota, clock=self._clock, sleep=sleep, longest_wait=longest_wait
        )

    def _accounts(self, redirect_uri: str) -> SpotifyAccounts:
        s = self._settings
        return SpotifyAccounts(
            s.spotify_accounts_url,
            str(s.spotify_client_id),
            s.spotify_client_secret,
            redirect_uri,
            self._http,
            self._sleep,
        )


class _Newcomer:
    """The access of somebody whose token is minutes old and stored nowhere yet: there is no other to try."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def renew(self, refused: str) -> str:
        return refused


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
