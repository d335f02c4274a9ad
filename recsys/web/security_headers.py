"""Headers on every answer that tell browsers what the app never does, so that injected content cannot do it either."""

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FAILED: Final = "Something failed on this server; the log has details. Please try again."
INLINE_SCRIPT: Final = re.compile(r"<script>((?:[^<]|<(?!/script>))*+)(?:</script>|\Z)")


def content_security_policy(page: str) -> str:
    """
    The Content-Security-Policy of the app.

    Parameters
    ----------
    page : str
        Streamlit's index.html. Its inline scripts are allowed by their SHA-256, no others are
        (https://www.w3.org/TR/CSP3/#match-element-to-source-list).

    Returns
    -------
    str
        Own scripts, styles and sockets only; covers from Spotify's image host, and Spotify's embedded player.
    """
    digests = [hashlib.sha256(script.encode()).digest() for script in INLINE_SCRIPT.findall(page)]
    hashes = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    scripts = " ".join(["'self'", "'wasm-unsafe-eval'", *hashes])
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",  # Streamlit's styles are written by script
            "img-src 'self' data: blob: https://i.scdn.co",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-src 'self' https://open.spotify.com",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        ]
    )


class DefaultHeaders:
    """
    Adds headers to answers that do not have them, at paths that begin with `below`.

    Pure ASGI: `BaseHTTPMiddleware` would wrap every asset's body.
    """

    def __init__(self, app: ASGIApp, headers: Mapping[str, str], below: str = "/") -> None:
        self.app = app
        self.headers = headers
        self.below = below

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; set the headers that are missing when an answer starts."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        is_one = scope["type"] == "http" and scope["path"].startswith(self.below)
        await self.app(scope, receive, with_headers if is_one else send)


class SecurityHeaders(DefaultHeaders):
    """
    The security headers of the app, for an index.html of Streamlit's (`page`), on every answer.

    Behind TLS every cookie is Secure, Streamlit's own too. An exception nobody handled is answered here: the answer of
    the server's outermost layer would not pass through.
    """

    def __init__(self, app: ASGIApp, page: str, is_https: bool) -> None:
        headers = {
            "content-security-policy": content_security_policy(page),
            "x-content-type-options": "nosniff",
            "x-frame-options": "SAMEORIGIN",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        }
        if is_https:
            headers["strict-transport-security"] = "max-age=31536000"
        super().__init__(_answering_errors(app), headers)
        self.is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As `DefaultHeaders`."""

        async def with_secure_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (name, value + b"; Secure")
                    if name.lower() == b"set-cookie" and b"; secure" not in value.lower()
                    else (name, value)
                    for name, value in message["headers"]
                ]
            await send(message)

        await super().__call__(scope, receive, with_secure_cookies if self.is_https else send)


def _answering_errors(app: ASGIApp) -> ASGIApp:
    """The app, with an answer for exceptions that come before one was begun; the server still logs them."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await app(scope, receive, watched)
        except Exception:
            if scope["type"] == "http" and not has_begun:
                await PlainTextResponse(FAILED, 500)(scope, receive, send)
            raise

    return answer
