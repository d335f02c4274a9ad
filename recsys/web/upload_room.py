"""Room for uploaded files, in memory until their tab is closed: a bound for each tab, and for all together."""

from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from recsys.web.dependencies import Dependencies
from recsys.web.limits import UPLOADS

MOST_OF_ALL: Final = 1 << 30
MOST_OF_ONE: Final = 450 << 20
"""Bytes of one tab: the largest file that may come, and half as much again."""

RETRY_AFTER_S: Final = 60


class UploadRoom:
    """
    Refuses an upload that does not fit: 413 where the tab holds too much, 503 where the server does. Pure ASGI.

    Uploads under way count with the size that they announce; one that announces none is refused with 411.
    """

    def __init__(self, app: ASGIApp, dependencies: Dependencies) -> None:
        self.app = app
        self.held_bytes = dependencies.uploaded_bytes
        self.arriving: dict[object, tuple[str, int]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what fits."""
        is_upload = scope["type"] == "http" and scope["method"] == "PUT" and scope["path"].startswith(UPLOADS)
        if not is_upload:
            await self.app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        tab = scope["path"].removeprefix(UPLOADS[0]).partition("/")[0]
        if refusal := self._refusal(tab, length):
            await refusal(scope, receive, send)
            return
        arrival = object()
        self.arriving[arrival] = tab, int(length)
        try:
            await self.app(scope, receive, send)
        finally:
            del self.arriving[arrival]

    def _refusal(self, tab: str, length: str) -> PlainTextResponse | None:
        if not (length.isascii() and length.isdigit() and len(length) < 20):
            return PlainTextResponse("An upload must say how long it is.", 411)
        of_tab = sum(size for one, size in self.arriving.values() if one == tab) + self.held_bytes(tab)
        of_all = sum(size for _, size in self.arriving.values()) + self.held_bytes(None)
        if of_tab + int(length) > MOST_OF_ONE:
            return PlainTextResponse("These files are too large together. Remove those that were read.", 413)
        if of_all + int(length) > MOST_OF_ALL:
            busy = "Many large files are being read at the moment. Try again in a minute."
            return PlainTextResponse(busy, 503, {"Retry-After": str(RETRY_AFTER_S)})
        return None
