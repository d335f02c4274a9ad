"""Streamlit's page with our style sheet and script, so that the first thing a browser paints has the app's look."""

import html
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recsys.web.requests import asks_for_page

_HEAD_END: Final = "</head>"
_CONDITIONS: Final = ("accept-encoding", "if-none-match", "if-modified-since", "range")
"""Headers that would bring the page compressed, in part or not at all."""


def with_styles(page: str, styles: str, script: str = "") -> str:
    """
    The page with the styles and the script at the end of its head, and Tonearm's name as its title.

    Styles that a script puts into the page arrive after its first paint, and then move everything
    (https://web.dev/articles/cls). A page without a head is returned as it is.
    """
    named = page.replace("<title>Streamlit</title>", "<title>Tonearm</title>")
    scripts = f"<script>\n{script}</script>\n" if script else ""
    return named.replace(_HEAD_END, f"<style>\n{styles}</style>\n{scripts}{_HEAD_END}", 1)


def with_links(page: str, modules: Sequence[str]) -> str:
    """The page with a link to each module at the end of its head: browsers load them beside its own scripts."""
    links = "".join(f'<link rel="modulepreload" href="{html.escape(module)}">\n' for module in modules)
    return page.replace(_HEAD_END, links + _HEAD_END, 1)


class PageStyles:
    """
    Answers with `styled` wherever the app would answer with Streamlit's `page`. Pure ASGI.

    `modules` names the scripts that a page's first screen waits for, by its path.
    Other HTML passes through: it is recognized by its content, not by its address.
    """

    def __init__(
        self, app: ASGIApp, page: str, styled: str, modules: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> None:
        self.app = app
        self.page, self.styled = page.encode(), styled.encode()
        self.with_modules = {path: with_links(styled, addresses).encode() for path, addresses in modules.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but Streamlit's page to a browser that wants to show it."""
        if scope["type"] != "http" or not asks_for_page(scope):
            await self.app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name.decode("latin-1") not in _CONDITIONS]
        styled = self.with_modules.get(scope["path"], self.styled)
        await self.app({**scope, "headers": headers}, receive, _Answer(self.page, styled, send).take)


class _Answer:
    """One answer on its way. HTML is held back until all of it is there; anything else is not."""

    def __init__(self, page: bytes, styled: bytes, send: Send) -> None:
        self.page, self.styled, self.send = page, styled, send
        self.start: Message | None = None
        self.body = b""

    async def take(self, message: Message) -> None:
        """Take one message of the app's answer."""
        if message["type"] == "http.response.start":
            is_html = MutableHeaders(scope=message).get("content-type", "").startswith("text/html")
            if is_html:
                self.start = message
                return
        if self.start is None or message["type"] != "http.response.body":
            await self.send(message)
            return
        self.body += message.get("body", b"")
        if message.get("more_body", False):
            return
        if self.body == self.page:
            self.body = self.styled
            headers = MutableHeaders(scope=self.start)
            headers["content-length"] = str(len(self.styled))
            for of_the_file in ("etag", "last-modified", "accept-ranges"):
                del headers[of_the_file]
        await self.send(self.start)
        await self.send({"type": "http.response.body", "body": self.body})
