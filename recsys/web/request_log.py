"""Gives every request an id for the log, counts it, and logs what programs and sign-ins asked for."""

import logging
import re
import time
from collections.abc import Sequence
from secrets import token_hex
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recsys.log_context import serving
from recsys.metrics import REQUEST_SECONDS, REQUESTS

ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
HEADER: Final = "x-request-id"
STREAMLIT: Final = ("_stcore", "static", "media", "component")
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PROBES: Final = ("/livez", "/health", "/metrics")
"""Requested every few seconds by machines, and logged only when they fail."""

log = logging.getLogger(__name__)


class RequestLog:
    """
    Logs a line per request to our own routes: method, path, status, time. Never the query, which may hold track ids.

    The id is in the answer as `X-Request-ID`; one that a proxy gave is used again. Pure ASGI.

    Parameters
    ----------
    paths : sequence of str
        Our own routes. Others are counted by kind, so that nobody can invent labels.
    """

    def __init__(self, app: ASGIApp, paths: Sequence[str]) -> None:
        self.app = app
        self.paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and count and log requests once they are answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if ID.fullmatch(given) else token_hex(8)
        status, begin = 500, time.perf_counter()

        async def with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with serving("", request_id):
            try:
                await self.app(scope, receive, with_id)
            finally:
                seconds, route = time.perf_counter() - begin, self._route(scope["path"])
                method = scope["method"] if scope["method"] in METHODS else "other"
                REQUESTS.labels(method, route, str(status)).inc()
                REQUEST_SECONDS.labels(route).observe(seconds)
                if route in self.paths:
                    level = logging.DEBUG if route in PROBES and status < 500 else logging.INFO
                    log.log(level, "%s %s %d in %.0f ms", method, route, status, seconds * 1000)

    def _route(self, path: str) -> str:
        if path in self.paths:
            return path
        first = path.split("/", 2)[1] if path.startswith("/") else ""
        if first == "api":
            return "/api/*"
        return f"/{first}/*" if first in STREAMLIT else "page"
