"""The provider `spotify` of Auth: a browser goes to Spotify's accounts host, comes back here, and on to the app."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx
from starlette.responses import RedirectResponse, Response

from tests.database.gateway.accounts import Accounts
from tests.database.gateway.refusals import auth_refusal
from tests.database.gateway.settings import Project

FLOW_SECONDS: Final = 300
UNVERIFIED: Final = {
    "error": "access_denied",
    "error_code": "provider_email_needs_verification",
    "error_description": "Unverified email with spotify. A confirmation email has been sent to your spotify email",
}
WITHOUT_EMAIL: Final = {
    "error": "server_error",
    "error_code": "unexpected_failure",
    "error_description": "Error getting user email from external provider",
}
CLOSED: Final = {
    "error": "access_denied",
    "error_code": "signup_disabled",
    "error_description": "Signups not allowed for this instance",
}


@dataclass
class Flow:
    """A sign-in under way: the app's challenge, where the browser returns to, and at the end who came."""

    challenge: str
    return_to: str
    begun_at: float
    user_id: str = ""
    tokens: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass
class SpotifyProvider:
    """Sign-ins by their `state` until Spotify answers, and then by the code the app exchanges."""

    project: Project
    accounts: Accounts
    begun: dict[str, Flow] = field(default_factory=dict)
    finished: dict[str, Flow] = field(default_factory=dict)

    def authorize(self, query: Mapping[str, str]) -> Response:
        """Send the browser to Spotify. Parameters that are not Auth's own are passed on."""
        own = {"provider", "redirect_to", "scopes", "code_challenge", "code_challenge_method"}
        if query.get("provider") != "spotify" or not self.project.has_spotify:
            return auth_refusal(400, "validation_failed", "Unsupported provider: provider is not enabled")
        if query.get("code_challenge_method") != "s256" or not query.get("code_challenge"):
            wanted = "PKCE flow requires code_challenge_method and code_challenge"
            return auth_refusal(400, "validation_failed", wanted)
        state = str(uuid.uuid4())
        return_to = self._allowed(query.get("redirect_to", ""))
        self.begun[state] = Flow(query["code_challenge"], return_to, self.project.now())
        scope = " ".join(["user-read-email", *query.get("scopes", "").replace(",", " ").split()])
        passed_on = {key: value for key, value in query.items() if key not in own}
        asked = {**passed_on, "response_type": "code", "scope": scope, "state": state, **self._client()}
        return RedirectResponse(f"{self.project.spotify_accounts_url}/authorize?{urlencode(asked)}", 302)

    def callback(self, query: Mapping[str, str]) -> Response:
        """Take the browser from Spotify, look who it is, and send it on to the app with a code."""
        flow = self.begun.pop(query.get("state", ""), None)
        if not flow or self.project.now() - flow.begun_at > FLOW_SECONDS:
            late = {"error": "invalid_request", "error_code": "bad_oauth_state"}
            return _back(self.project.site_url, {**late, "error_description": "OAuth state not found or expired"})
        if "error" in query:
            return _back(flow.return_to, {key: query[key] for key in ("error", "error_description") if key in query})
        flow.tokens, account = self._spotify(query["code"])
        if not account.get("email") and not self.project.is_email_optional:
            return _back(flow.return_to, WITHOUT_EMAIL)
        if account.get("email") and self.project.is_confirming_email:
            return _back(flow.return_to, UNVERIFIED)
        flow.user_id, code = self.accounts.of_spotify(account, self.project.may_sign_up), str(uuid.uuid4())
        if not flow.user_id:
            return _back(flow.return_to, CLOSED)
        self.finished[code] = flow
        return _back(flow.return_to, {"code": code})

    def _client(self) -> dict[str, str]:
        return {"client_id": self.project.spotify_client_id, "redirect_uri": f"{self.project.url}/auth/v1/callback"}

    def _spotify(self, code: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Spotify's tokens for a code, and the account they belong to."""
        me = (self.project.spotify_client_id, self.project.spotify_client_secret)
        wanted = {"grant_type": "authorization_code", "code": code, **self._client()}
        tokens = httpx.post(f"{self.project.spotify_accounts_url}/api/token", data=wanted, auth=me)
        tokens.raise_for_status()
        bearer = {"Authorization": f"Bearer {tokens.json()['access_token']}"}
        account = httpx.get(f"{self.project.spotify_api_url}/v1/me", headers=bearer)
        account.raise_for_status()
        return tokens.json(), account.json()

    def _allowed(self, address: str) -> str:
        """The address a browser may be sent back to, or silently the site's."""
        asked, site = urlsplit(address), urlsplit(self.project.site_url)
        is_site = (asked.scheme, asked.hostname, asked.port) == (site.scheme, site.hostname, site.port)
        is_listed = any(fnmatch(address, pattern) for pattern in self.project.redirect_urls)
        return address if is_site or is_listed or _is_loopback(asked.hostname) else self.project.site_url


def _is_loopback(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:  # a name, `localhost` too
        return False


def _back(address: str, answer: dict[str, str]) -> Response:
    """Auth tells errors twice: in the query and in the fragment."""
    parameters = urlencode(answer)
    joined = f"{address}{'&' if '?' in address else '?'}{parameters}"
    return RedirectResponse(f"{joined}#{parameters}" if "error" in answer else joined, 302)
