"""Lets only the app's own pages open its socket, on which a whole library passes.

Streamlit accepts a page on any port of localhost, and for a foreign Origin it asks an outside host for its own address
while nothing else is answered. So the Origin is checked before Streamlit sees the handshake.
"""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

POLICY_VIOLATION: Final = 1008
"""RFC 6455, 7.4.1. Before a socket is accepted the server answers 403."""


class OwnSocket:
    """
    Refuses sockets unless a page of `public_url` or of the very host that was asked opens them. Pure ASGI.

    Browsers always send an Origin with a handshake (RFC 6455, 4.1), and a page cannot choose it.
    """

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self.app = app
        self.public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but sockets of other origins."""
        app: ASGIApp = self.app
        if scope["type"] == "websocket":
            headers = Headers(scope=scope)
            origin, host = headers.get("origin", ""), headers.get("host", "")
            # The scheme, host and port that were asked; https also where a proxy in front of us ended TLS.
            schemes = ("https",) if scope["scheme"] == "wss" else ("http", "https")
            is_own_host = bool(host) and origin in [f"{scheme}://{host}" for scheme in schemes]
            if origin == self.public_url:  # a proxy may have rewritten Host; Streamlit compares the two
                MutableHeaders(scope=scope)["host"] = urlsplit(origin).netloc
            elif not is_own_host:
                app = WebSocketClose(POLICY_VIOLATION)
        await app(scope, receive, send)
