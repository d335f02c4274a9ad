"""Signing in with Spotify: PKCE as pure functions, and the two calls of the accounts host.

Authorization code with PKCE, RFC 7636 and https://developer.spotify.com/documentation/web-api/tutorials/code-pkce-flow.
Nothing is cached and nobody is prompted; storing `Tokens` safely is the caller's work.
"""

import base64
import hashlib
import time
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx

from recsys.auth.models import Tokens
from recsys.errors import ReconnectSpotify, SettingsProblem, SignInFailed, SpotifyRefused, SpotifyUnreachable
from recsys.parsing import parse_json_object
from recsys.spotify.error_mapping import BY_REASON, busy

SCOPES: Final = (
    "user-top-read",
    "user-library-read",
    "user-read-recently-played",
    "playlist-read-private",
    "playlist-read-collaborative",
    "playlist-modify-private",
)
"""All that Tonearm asks for. Playlists are made private, so nothing that others see is ever changed."""

CONSENT_MONTHS: Final = 6
"""A consent lasts six months from the day it was given, however often tokens are refreshed:
https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration"""

CONSENT_NOTICE: Final = timedelta(days=14)
"""How long before the end of a consent the listener is warned."""

TOKEN_LASTS: Final = timedelta(hours=1)
"""How long an access token lasts where Spotify does not say, or says something impossible."""

RETRY_AFTER_S: Final = 0.5
"""Seconds before a request that got no usable answer is sent a second time."""

LONGEST_TOKEN_S: Final = 86_400.0


def consent_ends(authorized_at: datetime) -> datetime:
    """When a consent given at that time ends. One given on 31 August ends on 28 or 29 February."""
    month = authorized_at.month - 1 + CONSENT_MONTHS
    year, month = authorized_at.year + month // 12, month % 12 + 1
    return authorized_at.replace(year=year, month=month, day=min(authorized_at.day, monthrange(year, month)[1]))


def is_consent_ending(authorized_at: datetime, now: datetime) -> bool:
    """True in the last two weeks, and after the end."""
    return now >= consent_ends(authorized_at) - CONSENT_NOTICE


def code_verifier(random_bytes: bytes) -> str:
    """The secret of one sign-in, from 32 to 96 random bytes: 43 to 128 characters (RFC 7636, 4.1)."""
    if not 32 <= len(random_bytes) <= 96:
        raise ValueError("A code verifier is made from 32 to 96 random bytes.")
    return base64.urlsafe_b64encode(random_bytes).rstrip(b"=").decode()


def code_challenge(verifier: str) -> str:
    """What may be shown of the verifier: its SHA-256, as the method S256 wants it (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def checked_redirect(redirect_uri: str) -> str:
    """
    The address back, unchanged, or `SettingsProblem` when Spotify would refuse it.

    https anywhere, http on 127.0.0.1 or [::1] only, never `localhost`:
    https://developer.spotify.com/documentation/web-api/concepts/redirect_uri
    """
    parts = urlsplit(redirect_uri)
    if parts.hostname == "localhost":
        raise SettingsProblem("Spotify refuses “localhost” in PUBLIC_URL. Write 127.0.0.1 instead.")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1")):
        raise SettingsProblem("Spotify needs PUBLIC_URL to begin with https://, except on 127.0.0.1.")
    return redirect_uri


class SpotifyAccounts:
    """Spotify's accounts host. Without a client secret PKCE alone proves who we are. Never logs or raises a token."""

    def __init__(
        self,
        accounts_url: str,
        client_id: str,
        client_secret: str | None,
        redirect_uri: str,
        http: httpx.Client,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._accounts_url, self._client_id, self._client_secret = accounts_url, client_id, client_secret
        self._redirect_uri = checked_redirect(redirect_uri)
        self._http, self._sleep = http, sleep

    def authorize_url(self, state: str, challenge: str, scopes: Sequence[str] = SCOPES) -> str:
        """Where to send the browser."""
        asked = {
            "client_id": self._client_id,
            "response_type": "code",
            "redirect_uri": self._redirect_uri,
            "scope": " ".join(scopes),
            "state": state,
            "code_challenge_method": "S256",
            "code_challenge": challenge,
        }
        return f"{self._accounts_url}/authorize?{urlencode(asked)}"

    def exchange(self, code: str, verifier: str, now: datetime, scopes: Sequence[str] = SCOPES) -> Tokens:
        """
        The tokens for the code that came back with the browser; a code works once.

        `scopes` counts when Spotify does not say what was granted (RFC 6749, 5.1: then it is what was asked).

        Raises
        ------
        SignInFailed
            The code was used, has run out or belongs to another sign-in, or the app's id or secret is wrong.
        SpotifyBusy, SpotifyUnreachable
            Spotify did not answer usably, twice.
        """
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._redirect_uri}
        status, answer = self._ask(asked | {"code_verifier": verifier})
        if status == 200:
            return _granted(answer, Tokens("", None, now, " ".join(scopes), now), now)
        if answer.get("error") == "invalid_grant":
            raise SignInFailed("This sign-in was used already or has run out. Please connect Spotify again.")
        raise SignInFailed(str(_refused(answer)))

    def refresh(self, tokens: Tokens, now: datetime) -> Tokens:
        """
        Tokens with a fresh access token. The refresh token stays unless Spotify sends a new one.

        Call it under the listener's lock: where Spotify rotates refresh tokens, two at once end the consent.

        Raises
        ------
        ReconnectSpotify
            The consent is over (six months), was withdrawn, or there is no refresh token. Forget the tokens.
        SpotifyRefused
            The app's id or secret is wrong; the tokens are still good.
        SpotifyBusy, SpotifyUnreachable
            Spotify did not answer usably, twice; the tokens are still good.
        """
        if not tokens.refresh_token:
            raise ReconnectSpotify("Spotify gave no lasting permission. Connect Spotify again.")
        status, answer = self._ask({"grant_type": "refresh_token", "refresh_token": tokens.refresh_token})
        if status == 200:
            return _granted(answer, tokens, now)
        if answer.get("error") == "invalid_grant":
            if now >= consent_ends(tokens.authorized_at or tokens.expires_at):
                raise ReconnectSpotify(
                    "Spotify ends every permission after six months, and yours is over. Connect Spotify again."
                )
            raise ReconnectSpotify("Spotify says that the permission was withdrawn. Connect Spotify again.")
        raise _refused(answer)

    def _ask(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """
        Status 200 or 4xx and the JSON object; everything else is an error.

        Retried once. That is safe: if the first request was processed and only its answer lost, the code or a rotated
        refresh token is spent, and `invalid_grant` says so whether it is asked now or later.
        """
        try:
            return self._ask_once(form)
        except SpotifyUnreachable:
            self._sleep(RETRY_AFTER_S)
        return self._ask_once(form)

    def _ask_once(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        auth = httpx.BasicAuth(self._client_id, self._client_secret) if self._client_secret else httpx.Auth()
        who = {} if self._client_secret else {"client_id": self._client_id}
        try:
            answer = self._http.post(f"{self._accounts_url}/api/token", data=form | who, auth=auth)
        except httpx.HTTPError as broken:
            raise SpotifyUnreachable("Spotify's sign-in did not answer. Try again in a few minutes.") from broken
        if answer.status_code == 429:
            raise busy(answer.headers, is_quota="QUOTA_EXCEEDED" in answer.text)
        try:
            found = parse_json_object(answer.content)
        except ValueError:
            found = None
        is_expected = answer.status_code == 200 or 400 <= answer.status_code < 500
        if not is_expected or found is None:
            raise SpotifyUnreachable(
                "Spotify's sign-in sent an answer that Tonearm cannot use. Try again in a few minutes."
            )
        return answer.status_code, found


def _granted(answer: dict[str, Any], before: Tokens, now: datetime) -> Tokens:
    """The tokens with what came; what did not come, or not as it should, stays as it was before."""
    token, refresh_token, scope = (answer.get(name) for name in ("access_token", "refresh_token", "scope"))
    if not isinstance(token, str) or not token:
        raise SpotifyUnreachable(
            "Spotify's sign-in sent an answer that Tonearm cannot use. Try again in a few minutes."
        )
    # Where the default lifetime is wrong, a refusal refreshes the token.
    seconds = answer.get("expires_in")
    lifetime = TOKEN_LASTS
    if isinstance(seconds, int | float) and 0 < seconds <= LONGEST_TOKEN_S:
        lifetime = timedelta(seconds=seconds)
    return replace(
        before,
        access_token=token,
        refresh_token=refresh_token if isinstance(refresh_token, str) and refresh_token else before.refresh_token,
        expires_at=now + lifetime,
        scope=scope if isinstance(scope, str) else before.scope,
    )


def _refused(answer: dict[str, Any]) -> SpotifyRefused:
    row = BY_REASON["unknown_app" if answer.get("error") == "invalid_client" else "not_understood"]
    return SpotifyRefused(f"{row.says} {row.remedy}", row.reason)
