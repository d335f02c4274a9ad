"""The Auth half: tokens, the user behind them, signing out, and what the secret key may do with users."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from psycopg.errors import ForeignKeyViolation
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.database.gateway.accounts import Accounts
from tests.database.gateway.caller import Caller, caller, write_token
from tests.database.gateway.refusals import Refused, auth_refusal, not_known
from tests.database.gateway.settings import Project
from tests.database.gateway.spotify_provider import FLOW_SECONDS, SpotifyProvider


@dataclass
class Auth:
    """Answers `/auth/v1/…`."""

    project: Project
    accounts: Accounts
    provider: SpotifyProvider

    async def __call__(self, asked: Request) -> Response:
        """Answer one request in a thread of its own. Browsers come without a key."""
        path, body = asked.path_params["path"], await asked.body()
        browser = {"authorize": self.provider.authorize, "callback": self.provider.callback}
        if path in browser and asked.method == "GET":
            return await run_in_threadpool(browser[path], asked.query_params)
        try:
            who = caller(asked, self.project)
        except Refused as refused:
            return auth_refusal(refused.status, "bad_jwt", str(refused))
        given = await asked.json() if body else {}
        return await run_in_threadpool(self._answer, asked, who, given)

    def _answer(self, asked: Request, who: Caller, given: dict[str, Any]) -> Response:
        call, path = f"{asked.method} {asked.path_params['path']}", asked.path_params["path"]
        if call == "POST token":
            return self._token(asked.query_params.get("grant_type", ""), given)
        if call == "GET user":
            return self._user(who)
        if call == "POST logout":
            self.accounts.close_session(who.claims.get("session_id"))
            return Response(status_code=204)
        if call == "GET settings":
            return JSONResponse(self._settings())
        if path.startswith("admin/users"):
            return self._users(asked, who)
        raise not_known(f"{call} of Auth")

    def _token(self, grant: str, given: dict[str, Any]) -> Response:
        if grant == "pkce":
            return self._exchange(given.get("auth_code"), given.get("code_verifier"))
        if grant == "refresh_token":
            return self._refresh(given.get("refresh_token", ""))
        raise not_known(f"grant_type={grant}")

    def _exchange(self, code: str | None, verifier: str | None) -> Response:
        """The only answer that ever carries Spotify's tokens."""
        if not code or not verifier:
            wanted = "invalid request: both auth code and code verifier should be non-empty"
            return auth_refusal(400, "validation_failed", wanted)
        flow = self.provider.finished.get(code)
        if not flow:
            return auth_refusal(404, "flow_state_not_found", "invalid flow state, no valid flow state found")
        if self.project.now() - flow.begun_at > FLOW_SECONDS:
            return auth_refusal(422, "flow_state_expired", "invalid flow state, flow state has expired")
        hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if hashed != flow.challenge:
            wrong = "code challenge does not match previously saved code verifier"
            return auth_refusal(400, "bad_code_verifier", wrong)
        del self.provider.finished[code]
        tokens = {"provider_token": flow.tokens["access_token"]}
        if "refresh_token" in flow.tokens:
            tokens["provider_refresh_token"] = flow.tokens["refresh_token"]
        return JSONResponse({**self.session(flow.user_id), **tokens})

    def _refresh(self, token: str) -> Response:
        used = self.accounts.use_refresh_token(token)
        if isinstance(used, str):
            return auth_refusal(400, used, f"Invalid Refresh Token: {used.removeprefix('refresh_token_')}")
        try:
            return JSONResponse(self.session(*used))
        except ForeignKeyViolation:  # the session ended meanwhile, and its tokens with it
            return auth_refusal(400, "refresh_token_not_found", "Invalid Refresh Token: not_found")

    def session(self, user_id: str, session_id: str | None = None) -> dict[str, Any]:
        """Tokens of a session, which is begun when none is given."""
        session_id = session_id or self.accounts.open_session(user_id)
        user = self.accounts.user(user_id)
        about = {"email": user["email"], "app_metadata": user["app_metadata"], "user_metadata": user["user_metadata"]}
        return {
            "access_token": write_token(self.project, sub=user_id, session_id=session_id, **about),
            "refresh_token": self.accounts.refresh_token(session_id),
            "token_type": "bearer",
            "expires_in": self.project.token_seconds,
            "expires_at": int(self.project.now()) + self.project.token_seconds,
            "user": user,
        }

    def _user(self, who: Caller) -> Response:
        if not self.accounts.has_session(who.claims.get("session_id")):
            gone = "Session from session_id claim in JWT does not exist"
            return auth_refusal(403, "session_not_found", gone)
        return JSONResponse(self.accounts.user(who.claims["sub"]))

    def _settings(self) -> dict[str, Any]:
        external = {"spotify": self.project.has_spotify, "email": self.project.has_email}
        return {
            "external": external,
            "disable_signup": not self.project.may_sign_up,
            "mailer_autoconfirm": not self.project.is_confirming_email,
        }

    def _users(self, asked: Request, who: Caller) -> Response:
        if who.role != "service_role":
            return auth_refusal(403, "not_admin", "User not allowed")
        user_id = asked.path_params["path"].removeprefix("admin/users").strip("/")
        if asked.method == "GET" and not user_id:
            users = self.accounts.users(int(asked.query_params.get("per_page") or 50))
            return JSONResponse({"users": users, "aud": "authenticated"})
        if asked.method == "DELETE" and user_id:
            is_gone = self.accounts.remove(user_id)
            return JSONResponse({}) if is_gone else auth_refusal(404, "user_not_found", "User not found")
        raise not_known(f"{asked.method} {asked.path_params['path']} of Auth")
