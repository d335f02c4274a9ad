"""Files that do not exist are not found. Streamlit would answer its index.html with status 200 instead."""

import re
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BELOW_A_PATH: Final = re.compile(r"(/[^/]+)+/(livez|health|metrics|api/.*)")
"""Our own routes behind a base path, such as `/tonearm/health`: a probe must not mistake a page for an answer."""


class MissingFiles:
    """
    Answers 404 at the address of a file, or of a route below a base path, where it would be a page. Pure ASGI.

    Pages have no dot in their address. What search engines and scanners ask for has: `/robots.txt`, `/.env`, scripts of
    an older version below `/static`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but pages at the address of a file."""
        is_missing = False

        async def unless_a_page(message: Message) -> None:
            nonlocal is_missing
            if message["type"] == "http.response.start":
                is_missing = Headers(scope=message).get("content-type", "").startswith("text/html")
                if is_missing:
                    await PlainTextResponse(sentence, 404)(scope, receive, send)
            if not is_missing:
                await send(message)

        path: str = scope["path"] if scope["type"] == "http" else ""
        # Files of components are let through: some are pages in a frame.
        is_ours = path == "/index.html" or path.startswith(("/component/", "/_stcore/"))
        is_file = path.startswith("/static/") or ("." in path and not is_ours)
        is_below = bool(BELOW_A_PATH.fullmatch(path)) and not is_ours
        sentence = "Tonearm is at the root of its host, without a base path." if is_below else "There is no such file."
        await self.app(scope, receive, unless_a_page if is_file or is_below else send)
