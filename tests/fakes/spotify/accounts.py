"""Spotify's accounts host: a page to approve or deny, codes that work once, tokens that end."""

import base64
import hashlib
import html
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode, urlsplit

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.routing import Route

from recsys.auth.spotify import consent_ends

CODE_LASTS = 600
TOKEN_LASTS = 3600
NEW_HEADERS = {"cache-control": "no-store"}


@dataclass
class Code:
    """Given to the browser; exchanged once."""

    listener: str
    scope: str
    redirect_uri: str
    challenge: str | None
    made_at: float


@dataclass
class Right:
    """What a token stands for."""

    listener: str
    scope: str
    authorized_at: float
    ends_at: float


def accounts_app(fake):
    return Starlette(
        routes=[
            Route("/authorize", partial(authorize, fake), methods=["GET"]),
            Route("/authorize", partial(answer, fake), methods=["POST"]),
            Route("/api/token", partial(token, fake), methods=["POST"]),
        ]
    )


def is_registered(fake, redirect_uri):
    """Exactly as registered; a loopback address registered without a port may be asked for with any."""
    parts = urlsplit(redirect_uri)
    if parts.hostname == "localhost":
        return False
    is_loopback = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1")
    without_port = redirect_uri.replace(f":{parts.port}", "", 1) if parts.port else redirect_uri
    return redirect_uri in fake.redirect_uris or (is_loopback and without_port in fake.redirect_uris)


def complaint(fake, asked):
    """What Spotify shows instead of its page; None when all is right."""
    if asked.get("client_id") != fake.client_id:
        return "INVALID_CLIENT: Invalid client"
    if not is_registered(fake, asked.get("redirect_uri", "")):
        return "INVALID_CLIENT: Invalid redirect URI"
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if "code_challenge" in asked and asked.get("code_challenge_method") != "S256":
        return "code_challenge_method must be S256"
    return None


async def authorize(fake, request):
    asked = dict(request.query_params)
    wrong = complaint(fake, asked)
    if wrong:
        return HTMLResponse(html.escape(wrong), 400)
    return HTMLResponse(PAGE.format(hidden=_hidden(asked), scopes=_scopes(asked), listeners=_listeners(fake)))


async def answer(fake, request):
    """The button that was pressed: a listener's name, or nobody's."""
    form = await request.form()
    asked = {key: str(value) for key, value in form.items() if key not in ("listener", "granted")}
    wrong = complaint(fake, asked)
    if wrong:
        return HTMLResponse(html.escape(wrong), 400)
    asked["scope"] = " ".join(form.getlist("granted"))
    return RedirectResponse(decide(fake, asked, str(form.get("listener", ""))), 302)


def decide(fake, asked, listener):
    """The address to send the browser back to, once a listener has agreed, or nobody has."""
    state = {"state": asked["state"]} if "state" in asked else {}
    if listener not in fake.listeners:
        return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', **state})}"
    code = f"AQ{secrets.token_urlsafe(90)}"
    challenge = asked.get("code_challenge")
    fake.codes[code] = Code(listener, asked.get("scope", ""), asked["redirect_uri"], challenge, fake.now())
    return f"{asked['redirect_uri']}?{urlencode({'code': code, **state})}"


async def token(fake, request):
    form = {key: str(value) for key, value in (await request.form()).items()}
    has_secret = _secret_is_right(fake, request, form)
    if has_secret is False or (has_secret is None and form.get("client_id") != fake.client_id):
        return _error("invalid_client", "Invalid client")
    if form.get("grant_type") == "authorization_code":
        return _exchange(fake, form, bool(has_secret))
    if form.get("grant_type") == "refresh_token":
        return _refresh(fake, form)
    return _error("unsupported_grant_type", "grant_type must be authorization_code or refresh_token")


def _exchange(fake, form, has_secret):
    code = fake.codes.pop(form.get("code", ""), None)
    if code is None or fake.now() - code.made_at > CODE_LASTS:
        return _error("invalid_grant", "Invalid authorization code")
    if form.get("redirect_uri") != code.redirect_uri:
        return _error("invalid_grant", "Invalid redirect URI")
    if code.challenge is None and not has_secret:
        return _error("invalid_client", "Invalid client")
    if code.challenge is not None and challenge_of(form.get("code_verifier", "")) != code.challenge:
        return _error("invalid_grant", "code_verifier was incorrect")
    return _tokens(fake, Right(code.listener, code.scope, fake.now(), 0), with_refresh=True)


def _refresh(fake, form):
    old = form.get("refresh_token", "")
    right = fake.refresh_tokens.get(old)
    if right is None:
        return _error("invalid_grant", "Refresh token revoked")
    if fake.now() >= right.ends_at:
        return _error("invalid_grant", "Refresh token expired")
    if fake.rotates_refresh_tokens:
        del fake.refresh_tokens[old]
    return _tokens(fake, right, with_refresh=fake.rotates_refresh_tokens)


def consent_ends_at(authorized_at):
    """When a consent of that time ends, both in seconds since 1970."""
    return consent_ends(datetime.fromtimestamp(authorized_at, UTC)).timestamp()


def _tokens(fake, right, with_refresh):
    access = f"BQ{secrets.token_urlsafe(90)}"
    fake.access_tokens[access] = Right(right.listener, right.scope, right.authorized_at, fake.now() + TOKEN_LASTS)
    given = {"access_token": access, "token_type": "Bearer", "expires_in": TOKEN_LASTS, "scope": right.scope}
    if with_refresh:
        given["refresh_token"] = f"AQ{secrets.token_urlsafe(90)}"
        ends = consent_ends_at(right.authorized_at)
        fake.refresh_tokens[given["refresh_token"]] = Right(right.listener, right.scope, right.authorized_at, ends)
    return JSONResponse(given, headers=NEW_HEADERS)


def challenge_of(verifier):
    """S256, and nothing for verifiers shorter or longer than the standard allows."""
    if not 43 <= len(verifier) <= 128:
        return None
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _secret_is_right(fake, request, form):
    """True or False where a secret came, in the header or the form; None where none did."""
    given = request.headers.get("authorization", "").removeprefix("Basic ")
    if not given:
        return form["client_secret"] == fake.client_secret if "client_secret" in form else None
    return given == base64.b64encode(f"{fake.client_id}:{fake.client_secret}".encode()).decode()


def _error(error, description):
    return JSONResponse({"error": error, "error_description": description}, 400, headers=NEW_HEADERS)


def _hidden(asked):
    return "".join(
        f'<input type="hidden" name="{html.escape(key)}" value="{html.escape(value)}">'
        for key, value in asked.items()
        if key != "scope"
    )


def _scopes(asked):
    scopes = [html.escape(scope) for scope in asked.get("scope", "").split()]
    boxes = (f'<input type="checkbox" name="granted" value="{scope}" checked> {scope}' for scope in scopes)
    return "".join(f"<label>{box}</label>" for box in boxes)


def _listeners(fake):
    return "".join(_button(one) for one in fake.listeners.values())


def _button(one):
    about = f"<small>{len(one.saved):,} saved tracks, {len(one.playlists)} playlists</small>"
    name = html.escape(one.display_name or one.id)
    return f'<button name="listener" value="{one.id}" id="agree-{one.id}">Agree as {name}{about}</button>'


PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Invented Spotify</title>
<style>body{{font:16px system-ui;max-width:34rem;margin:8vh auto;padding:0 1rem}}
label,button{{display:block;margin:.4rem 0}}
button{{font:inherit;padding:.6rem 1rem;width:100%;text-align:left}}small{{display:block;opacity:.7}}</style>
<h1>Invented Spotify</h1><p>This stands in for Spotify. Tonearm asks for:</p>
<form method="post" action="/authorize">{hidden}{scopes}<p>Whose account?</p>{listeners}
<button name="listener" value="" id="cancel">Cancel</button></form></html>"""
