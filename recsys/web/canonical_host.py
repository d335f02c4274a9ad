"""Moves browsers from `localhost` to 127.0.0.1, so that what a guest brought in is there after signing in.

Spotify refuses `localhost`, so signing in ends on 127.0.0.1, and to a browser those are two sites with two cookies.
"""

from urllib.parse import urlsplit

from starlette.datastructures import URL
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from recsys.web.requests import asks_for_page


class CanonicalHost:
    """Answers pages asked for by the other name of this host with the way to the public address. Pure ASGI."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self.app = app
        self.here = urlsplit(public_url).netloc
        self.other = self.here.replace("127.0.0.1", "localhost")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but pages asked for under the other name."""
        app: ASGIApp = self.app
        if scope["type"] == "http" and self.other != self.here and asks_for_page(scope):
            asked = URL(scope=scope)
            if asked.netloc == self.other:
                app = RedirectResponse(asked.replace(netloc=self.here), 307)
        await app(scope, receive, send)
