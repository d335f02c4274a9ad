"""Signing in through Supabase Auth's Spotify provider, and a listener's access token for as long as they stay.

PKCE flow: https://supabase.com/docs/guides/auth/sessions/pkce-flow. Auth hands over Spotify's own tokens once, in the
answer to the exchange, and neither stores nor renews them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
from supabase_auth.constants import STORAGE_KEY
from supabase_auth.errors import AuthApiError, AuthError, AuthRetryableError, AuthSessionMissingError
from supabase_auth.types import Session

from recsys.auth.models import SignedIn, Tokens
from recsys.bounded import BoundedDict
from recsys.errors import (
    ReconnectSpotify,
    SignInFailed,
    SpotifyRefused,
    SpotifyUnreachable,
    StorageProblem,
    Undecryptable,
)
from recsys.storage.hosted.project import SupabaseProject
from recsys.storage.sessions import TokenStore, lock_of

SPOTIFY_TOKEN_LASTS: Final = timedelta(hours=1)
"""Auth does not repeat Spotify's `expires_in`, which has always been an hour."""

MARGIN: Final = timedelta(seconds=60)
"""An access token with less than this left is renewed."""

PAUSE: Final = timedelta(seconds=5)
"""How long Auth is not asked again after it failed to renew a token: a page reads from the store a dozen times."""

MAX_KNOWN: Final = 10_000
"""Listeners whose tokens are remembered; those of others are read from the store again."""

REFUSALS: Final = {
    "provider_email_needs_verification": "unverified_email",
    "unexpected_failure": "no_email",  # what Auth says when Spotify reports no address and the project wants one
    "bad_oauth_state": "expired",
    "flow_state_expired": "expired",
    "flow_state_not_found": "expired",
    "bad_code_verifier": "state",
    "signup_disabled": "signup_disabled",
}
"""Codes of Auth (https://supabase.com/docs/guides/auth/debugging/error-codes) -> reason. `web.sign_in_problems` has the
sentence for each."""

_ENDED: Final = "Your sign-in has ended. Log in again; your library is still here."
_SILENT: Final = "Supabase Auth did not answer. Try again in a minute."


class SupabaseAccounts:
    """
    Sign-in through Supabase Auth.

    Parameters
    ----------
    project : SupabaseProject
    scopes : sequence of str
        What to ask Spotify for. Auth adds `user-read-email`.
    clock : function
        The time, with time zone.
    """

    def __init__(self, project: SupabaseProject, scopes: Sequence[str], clock: Callable[[], datetime]) -> None:
        self._project, self._scopes, self._clock = project, " ".join(scopes), clock

    def begin(self, redirect_uri: str) -> tuple[str, str]:
        """
        The address to send the browser to, and the verifier to store in that browser until it comes back.

        `redirect_uri` must be listed in the project; Auth silently takes the project's site address instead.
        """
        client = self._project.for_sign_in()
        options: Any = {"redirect_to": redirect_uri, "scopes": self._scopes}
        url = client.auth.sign_in_with_oauth({"provider": "spotify", "options": options}).url
        return url, str(client.options.storage.get_item(f"{STORAGE_KEY}-code-verifier"))

    def finish(self, params: Mapping[str, str], secret: str) -> SignedIn:
        """
        Who came back, from the query of the return address and the verifier of `begin`.

        Raises
        ------
        SpotifyRefused
            Auth says no; `reason` names the setting or the fault.
        SignInFailed
            The browser brings no code, or Auth gave no tokens of Spotify.
        SpotifyUnreachable
            Auth did not answer. The code may have been used up: begin again.
        """
        if "error" in params or not params.get("code"):
            raise _refusal(params.get("error_code", ""))
        now = self._clock()
        exchange: Any = {"auth_code": params["code"], "code_verifier": secret, "redirect_to": ""}
        try:
            session = self._project.for_sign_in().auth.exchange_code_for_session(exchange).session
        # What Auth says may repeat a code or tokens, so its own words are dropped.
        except (AuthRetryableError, httpx.HTTPError, ValueError):
            raise SpotifyUnreachable(_SILENT) from None
        except AuthError as problem:
            raise _refusal(problem.code if isinstance(problem, AuthApiError) else "") from None
        if session is None or not session.provider_token:
            raise SignInFailed("Supabase did not pass on a permission from Spotify. Please sign in again.")
        until = now + SPOTIFY_TOKEN_LASTS
        spotify = Tokens(session.provider_token, session.provider_refresh_token, until, self._scopes, now)
        # From the identity, as Spotify reported it; a user's metadata can be edited by the user.
        identities = session.user.identities or []
        reported = next((one.identity_data or {} for one in identities if one.provider == "spotify"), {})
        profile = {
            "spotify_id": reported.get("provider_id"),
            "display_name": reported.get("full_name") or reported.get("name"),
            "avatar_url": reported.get("avatar_url") or None,
        }
        return SignedIn(session.user.id, profile, spotify, _tokens(session))


class ListenerTokens:
    """
    Access tokens of listeners who signed in, renewed in time. Calling it gives the one of a listener, valid now.

    Renewing goes under a lock across threads and processes: a refresh token that is used twice ends the session.
    """

    def __init__(self, project: SupabaseProject, tokens: TokenStore, clock: Callable[[], datetime]) -> None:
        self._project, self._tokens, self._clock = project, tokens, clock
        self._known: BoundedDict[str, Tokens] = BoundedDict(MAX_KNOWN)
        self._paused_until: BoundedDict[str, datetime] = BoundedDict(MAX_KNOWN)

    def __call__(self, listener: str) -> str:
        """
        The listener's access token.

        Raises
        ------
        ReconnectSpotify
            The listener must sign in again.
        StorageProblem
            Supabase does not answer.
        """
        known = self._known.get(listener) or self._stored(listener)
        if self._is_expiring(known) and self._is_paused(listener):
            known = self._unrenewed(self._stored(listener))  # they may have signed in again meanwhile
        elif self._is_expiring(known):
            with self._tokens.locked(lock_of(listener, "supabase")):
                known = self._stored(listener)  # another tab may have renewed it meanwhile
                if self._is_expiring(known):
                    known = self._renewed(listener, known)
        self._known[listener] = known
        return known.access_token

    def _is_expiring(self, tokens: Tokens) -> bool:
        return tokens.expires_at - self._clock() < MARGIN

    def _is_paused(self, listener: str) -> bool:
        now = self._clock()
        left = self._paused_until.get(listener, now) - now
        return timedelta(0) < left <= PAUSE  # more is left only where the clock was set back

    def _unrenewed(self, tokens: Tokens) -> Tokens:
        """The same tokens as long as they are valid; `StorageProblem` afterwards."""
        if tokens.expires_at > self._clock():
            return tokens
        raise StorageProblem(_SILENT) from None  # what went wrong may repeat tokens

    def _stored(self, listener: str) -> Tokens:
        try:
            stored = self._tokens.tokens(listener, "supabase")
        except Undecryptable:
            stored = None
        if stored is None:
            self._known.pop(listener, None)
            raise ReconnectSpotify(_ENDED)
        return stored

    def _renewed(self, listener: str, stored: Tokens) -> Tokens:
        if self._is_paused(listener):  # it failed while this thread waited for the lock
            return self._unrenewed(stored)
        try:
            session = self._project.for_sign_in().auth.refresh_session(stored.refresh_token or "").session
        except (AuthError, httpx.HTTPError, ValueError) as problem:  # ValueError repeats tokens it could not read
            if not _is_end(problem):
                self._paused_until[listener] = self._clock() + PAUSE
                return self._unrenewed(stored)
            session = None
        if session is None:
            self._known.pop(listener, None)
            self._tokens.remove_tokens(listener, "supabase")
            raise ReconnectSpotify(_ENDED)
        renewed = _tokens(session)
        self._tokens.save_tokens(listener, renewed, "supabase")
        return renewed


def _is_end(problem: Exception) -> bool:
    """
    True when Auth has ended the session; False when it was busy, broken or silent and may renew it later.

    Auth gives a code. What is in front of it gives none: with a wrong key, or for a project that is paused.
    """
    if isinstance(problem, AuthApiError):
        return bool(problem.code) and problem.status in (400, 401, 403, 404)
    return isinstance(problem, AuthSessionMissingError)


def _refusal(code: str | None) -> SpotifyRefused | SignInFailed:
    if code in REFUSALS:
        return SpotifyRefused(f"Supabase Auth refused the sign-in ({code}).", REFUSALS[code])
    return SignInFailed("The sign-in was not completed. Please try again.")


def _tokens(session: Session) -> Tokens:
    until = datetime.fromtimestamp(session.expires_at or 0, UTC)
    return Tokens(session.access_token, session.refresh_token, until)
