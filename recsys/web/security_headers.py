"""Headers on every answer that tell browsers what the app never does, so that injected content cannot do it either."""

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

INLINE_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)


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
    scripts = " ".join(["'self'", "'wasm-unsafe-eval'", *map(_hash, INLINE_SCRIPT.findall(page))])
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


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


class DefaultHeaders:
    """Adds headers to answers that do not have them. Pure ASGI: `BaseHTTPMiddleware` would wrap every asset's body."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; set the headers that are missing when an answer starts."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class SecurityHeaders(DefaultHeaders):
    """The security headers of the app, for an index.html of Streamlit's (`page`)."""

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
        super().__init__(app, headers)
