"""Signing in and out over HTTP: the only place that sees an authorization code or sets the session cookie.

Streamlit cannot do this safely: it opens a new session on return, and only an HTTP answer can set a cookie that scripts
cannot read. What a sign-in must remember travels encrypted in a cookie of the browser that began it, so a code or state
made in another browser is worth nothing here (RFC 9700, 2.1 and 4.7). The cookie names the browser's session: moved to
another browser it is worth nothing either.
"""

import hmac
import json
import logging
import re
import secrets
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from recsys.auth.guests import guest_listener, merge_guest
from recsys.auth.models import Issuer, Session, SignedIn, Tokens, hash_id, is_session_id, new_guest_id
from recsys.errors import (
    NoRoom,
    SettingsProblem,
    SpotifyBusy,
    SpotifyRefused,
    SpotifyUnreachable,
    StorageProblem,
    TonearmError,
)
from recsys.log_context import serving
from recsys.services.capabilities import STATE as CAPABILITIES
from recsys.services.sync import CONSENTED
from recsys.storage.sessions import lock_of
from recsys.times import to_iso
from recsys.web.cookies import (
    SESSION_DAYS,
    SIGN_IN_PATH,
    SIGN_IN_SECONDS,
    give_session,
    give_sign_in,
    session_cookie,
    sign_in_cookie,
    take_sign_in,
)
from recsys.web.dependencies import Accounts, Dependencies
from recsys.web.limits import client_address
from recsys.web.rate_limit import RateLimit
from recsys.web.requests import is_same_origin, session_id_of, visitor_of
from recsys.web.sign_in_problems import SENTENCES

A_MINUTE: Final = 20
"""Sign-ins that may be begun from one address in a minute, and as many that may come back."""

LOCAL_PATH: Final = re.compile(r"/(?:[A-Za-z0-9_-][A-Za-z0-9_/-]{0,63})?")
log = logging.getLogger(__name__)
audit = logging.getLogger("recsys.audit")


class _Refused(Exception):
    """A sign-in ends here; `code` is one of `sign_in_problems.SENTENCES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SignIn:
    """The routes `/login`, `/callback` and `/logout`. Plain functions: Starlette runs them in threads of their own."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

        def now() -> float:
            return dependencies.clock().timestamp()

        self._begun_limit, self._returned_limit = RateLimit(A_MINUTE, 60, now), RateLimit(A_MINUTE, 60, now)
        self._once = RateLimit(1, SIGN_IN_SECONDS, now)

    def routes(self) -> list[Route]:
        """The routes. `/logout` answers to POST only: a link or an image must not sign anybody out."""
        return [
            Route("/login", self.login),
            Route("/callback", self.callback),
            Route("/logout", self.logout, methods=["POST"]),
        ]

    def login(self, request: Request) -> Response:
        """Send the browser to Spotify, with what it must bring back encrypted in a cookie."""
        # A page of this app to go to afterwards; anything else, other hosts above all, becomes the first page.
        path = request.query_params.get("next")
        following = path if path and LOCAL_PATH.fullmatch(path) else "/"
        # On another name of this host, such as localhost, the cookie set here would not come back.
        is_public = request.url.netloc == urlsplit(self._dependencies.public_url).netloc
        is_possible = self._dependencies.accounts is not None
        if is_possible and not is_public and "here" not in request.query_params:
            query = urlencode({"next": following, "here": "1"})
            return _go(f"{self._dependencies.public_url}/login?{query}")
        try:
            accounts = self._accounts(request, self._begun_limit)
            self._dependencies.check_store()  # else the listener would agree at Spotify for nothing
            url, secret = accounts.begin(self._dependencies.redirect_uri)
        except (TonearmError, _Refused) as problem:
            return self._refuse(problem)
        session_id = session_id_of(request, self._dependencies)
        own = session_id if is_session_id(session_id) else new_guest_id()
        # The `state` an address carries; "" where it has none (Supabase Auth has its own, and PKCE binds the code).
        begun = {
            "id": secrets.token_urlsafe(16),
            "session": hash_id(own),
            "state": parse_qs(urlsplit(url).query).get("state", [""])[0],
            "secret": secret,
            "next": following,
            "at": self._dependencies.clock().timestamp(),
        }
        response = _go(url)
        give_sign_in(response, self._dependencies.cipher.encrypt(json.dumps(begun)), self._dependencies.is_https)
        if own != session_id:
            give_session(response, own, self._dependencies.is_https)
        return response

    def callback(self, request: Request) -> Response:
        """Take the browser back: check its cookie, exchange the code, store the tokens, start a new session."""
        try:
            accounts = self._accounts(request, self._returned_limit)
            begun = self._begun(request)
            signed_in = accounts.finish(dict(request.query_params), begun["secret"])
            session_id = self._store(signed_in, session_id_of(request, self._dependencies))
        except (TonearmError, _Refused) as problem:
            return self._refuse(problem)
        response = _go(begun["next"])
        take_sign_in(response, self._dependencies.is_https)
        give_session(response, session_id, self._dependencies.is_https)
        return response

    def logout(self, request: Request) -> Response:
        """
        End this browser's session, or with `?everywhere=1` those of all the listener's browsers. The library stays; the
        next page belongs to a new guest, whether the store answers or not.
        """
        if not is_same_origin(request, self._dependencies):
            return PlainTextResponse("Log out from the app's own page.", 403)
        try:
            visitor = visitor_of(request, self._dependencies)
            is_everywhere = "everywhere" in request.query_params
            if visitor and not visitor.is_guest and is_everywhere:
                self._dependencies.sessions.end_all(visitor.listener)
            self._dependencies.sessions.end(session_id_of(request, self._dependencies))
            with serving(visitor.listener if visitor else ""):
                audit.info("signed out %s", "everywhere" if is_everywhere else "here")
            response = _go("/")
        except StorageProblem:
            log.warning("A session could not be ended: the store did not answer.")
            response = _go("/?login=half_out")
        response.delete_cookie(
            session_cookie(self._dependencies.is_https),
            path="/",
            httponly=True,
            samesite="lax",
            secure=self._dependencies.is_https,
        )
        return response

    def _accounts(self, request: Request, limit: RateLimit) -> Accounts:
        if self._dependencies.accounts is None:
            raise _Refused("not_configured")
        if not limit.allows(client_address(request.scope, self._dependencies)):
            raise _Refused("too_often")
        return self._dependencies.accounts

    def _begun(self, request: Request) -> dict[str, Any]:
        """What this browser began and now brings back, once it is sure that it is the same sign-in, and not used."""
        sealed = request.cookies.get(sign_in_cookie(self._dependencies.is_https), "")
        try:
            begun: dict[str, Any] = json.loads(self._dependencies.cipher.decrypt(sealed))
        except (StorageProblem, ValueError):
            raise _Refused("expired") from None
        if not 0 <= self._dependencies.clock().timestamp() - begun["at"] <= SIGN_IN_SECONDS:
            raise _Refused("expired")
        returned = request.query_params.get("state", "")
        if begun["state"] and not hmac.compare_digest(begun["state"].encode(), returned.encode()):
            raise _Refused("state")
        # True when the sign-in was begun with the session this browser has.
        name = session_cookie(self._dependencies.is_https)
        header = "; ".join(request.headers.getlist("cookie"))
        values = {pair.partition("=")[2] for pair in header.split("; ") if pair.partition("=")[0].strip() == name}
        own = session_id_of(request, self._dependencies) or ""
        if not (len(values) == 1 and hmac.compare_digest(str(begun.get("session")), hash_id(own))):
            raise _Refused("state")
        if not self._once.allows(begun["id"]):
            raise _Refused("expired")
        if "error_code" in request.query_params:  # Supabase Auth says why; `finish` turns that into a sentence
            return begun
        if request.query_params.get("error") == "access_denied":
            raise _Refused("denied")
        if not request.query_params.get("code"):
            raise _Refused("refused")
        return begun

    def _store(self, signed_in: SignedIn, old_session_id: str | None) -> str:
        """Store tokens, profile and a new session, and adopt what the guest of the old one brought in."""
        listener, profile, now = signed_in.listener, signed_in.profile, self._dependencies.clock()
        if signed_in.supabase:
            self._save_tokens(listener, signed_in.supabase, "supabase")
        self._save_tokens(listener, signed_in.spotify, "spotify")
        store = self._dependencies.store_for(listener)
        store.save_profile(listener, profile)
        store.remove_state(listener, CAPABILITIES)  # a new consent may allow more or less
        store.save_state(listener, CONSENTED, {"at": to_iso(now)})  # the next page starts a sync
        if is_session_id(old_session_id):
            guest = guest_listener(old_session_id)
            self._dependencies.stop(guest)
            with self._dependencies.tokens.locked(guest):  # the browser may return twice at once
                merge_guest(self._dependencies.store_for(guest), guest, store, listener)
            self._dependencies.hand_over(guest, listener)
        session = Session(
            listener,
            "spotify",
            now + timedelta(days=SESSION_DAYS),
            profile.get("display_name"),
            profile.get("avatar_url"),
        )
        session_id = self._dependencies.sessions.create(session, now, replaces=old_session_id)
        with serving(listener):
            audit.info("signed in")
        return session_id

    def _save_tokens(self, listener: str, tokens: Tokens, issuer: Issuer) -> None:
        """Wait for a renewal of the former tokens first: it would replace the new ones, or remove them."""
        with self._dependencies.tokens.locked(lock_of(listener, issuer)):
            self._dependencies.tokens.save_tokens(listener, tokens, issuer)

    def _refuse(self, problem: TonearmError | _Refused) -> Response:
        """Back to the app with a code; nothing the provider or the address bar said is repeated or logged."""
        code = _code(problem)
        log.warning("Sign-in ended: %s (%s).", code, type(problem).__name__)
        response = _go(f"/?{urlencode({'login': code})}")
        if code not in ("state", "too_often"):  # the cookie is of a sign-in that is perhaps still under way
            take_sign_in(response, self._dependencies.is_https)
        if code == "state":  # a planted session cookie, which has our path, must not keep the listener out
            response.delete_cookie(session_cookie(self._dependencies.is_https), path=SIGN_IN_PATH)
        return response


def _code(problem: TonearmError | _Refused) -> str:
    if isinstance(problem, _Refused):
        return problem.code
    if isinstance(problem, SpotifyRefused) and problem.reason in SENTENCES:
        return problem.reason
    kinds: dict[type[TonearmError], str] = {
        SpotifyBusy: "busy",
        SpotifyUnreachable: "unreachable",
        NoRoom: "no_room",
        StorageProblem: "storage",
        SettingsProblem: "settings",
    }
    return next((code for kind, code in kinds.items() if isinstance(problem, kind)), "refused")


def _go(url: str) -> RedirectResponse:
    return RedirectResponse(url, 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
