"""Limits on uploaded files, which are in memory until their tab is closed: for each tab, and for all together."""

import re
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recsys.web.dependencies import Dependencies
from recsys.web.limits import UPLOADS

MOST_OF_ALL: Final = 1 << 30
SHARE: Final = 1.5
"""A tab may hold this many times the largest file."""

REFUSED: Final = "application/vnd.tonearm.refused"
"""Media type of the file that takes the place of one that did not fit; its content is the sentence that says so."""

TOO_LARGE: Final = "It is larger than {:,} MB. Split it into parts, and choose them one after the other."
TOO_MUCH: Final = (
    "Uploaded files may take {:,} MB together. Remove those that were read, with the cross beside them, and choose "
    "this one again."
)
BUSY: Final = "Many large files are being read at the moment. Remove this one and choose it again in a minute."
HEAD_BYTES: Final = 8192
FORM_BYTES: Final = 1 << 16
"""More than a form adds to the file in it."""

DISPOSITION: Final = re.compile(
    rb"\A(?P<boundary>--[^\r\n]++)\r\n(?P<line>content-disposition:[^\r\n]++)\r\n", re.IGNORECASE
)
"""How a form with a file begins (https://www.rfc-editor.org/rfc/rfc7578#section-4.2)."""


class UploadRoom:
    """
    Passes on a sentence in place of an upload that is too large, or does not fit in the tab or the server. Pure ASGI.

    Streamlit shows of a refusal its status only ("AxiosError: …"), so the listener gets a file of the same name and of
    the type `REFUSED`, which `recsys.ui.parts.upload` shows. Uploads under way count with the size that they
    announce; one that announces none, or comes in chunks, whose sum may be another (RFC 9112, 6.3), is refused with
    411. No browser sends those.
    """

    def __init__(self, app: ASGIApp, dependencies: Dependencies) -> None:
        self.app = app
        self.held_bytes = dependencies.uploaded_bytes
        self.largest = dependencies.largest_upload
        self.most_of_one = int(SHARE * self.largest)
        self.arriving: dict[object, tuple[str, int]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what fits."""
        is_upload = scope["type"] == "http" and scope["method"] == "PUT" and scope["path"].startswith(UPLOADS)
        if not is_upload:
            await self.app(scope, receive, send)
            return
        headers = MutableHeaders(scope=scope)
        length = "" if "transfer-encoding" in headers else headers.get("content-length", "")
        if not (length.isascii() and length.isdigit() and len(length) < 20):
            await PlainTextResponse("An upload must say how long it is.", 411)(scope, receive, send)
            return
        tab = scope["path"].removeprefix(UPLOADS[0]).partition("/")[0]
        if sentence := self._refusal(tab, int(length)):
            await self._say(sentence, scope, receive, send)
            return
        arrival = object()
        self.arriving[arrival] = tab, int(length)
        try:
            await self.app(scope, receive, send)
        finally:
            del self.arriving[arrival]

    def _refusal(self, tab: str, length: int) -> str:
        if length > self.largest + FORM_BYTES:
            return TOO_LARGE.format(self.largest >> 20)
        of_tab = sum(size for one, size in self.arriving.values() if one == tab) + self.held_bytes(tab)
        of_all = sum(size for _, size in self.arriving.values()) + self.held_bytes(None)
        if of_tab + length > self.most_of_one:
            return TOO_MUCH.format(self.most_of_one >> 20)
        return BUSY if of_all + length > MOST_OF_ALL else ""

    async def _say(self, sentence: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the upload to its end, which browsers want before they read an answer, and pass on the sentence."""
        head = b""
        while (message := await receive())["type"] == "http.request":
            head = (head + message.get("body", b""))[:HEAD_BYTES] if len(head) < HEAD_BYTES else head
            if not message.get("more_body"):
                break
        else:
            return
        found = DISPOSITION.match(head)
        form = b""
        if found:
            boundary, media_type = found["boundary"], b"Content-Type: " + REFUSED.encode()
            lines = (boundary, found["line"], media_type, b"", sentence.encode(), boundary + b"--", b"")
            form = b"\r\n".join(lines)
        scope = {**scope, "headers": list(scope["headers"])}
        MutableHeaders(scope=scope)["content-length"] = str(len(form))

        async def instead() -> Message:
            return {"type": "http.request", "body": form, "more_body": False}

        await self.app(scope, instead, send)
