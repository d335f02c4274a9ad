"""Limits on requests per caller and per address: nobody can keep the server busy for everybody else."""

import math
import time
from asyncio import sleep
from collections import Counter
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from recsys.auth.models import is_session_id
from recsys.web.cookies import session_cookie
from recsys.web.dependencies import Dependencies
from recsys.web.rate_limit import RateLimit
from recsys.web.requests import asks_for_page

CALLERS_PER_ADDRESS: Final = 5
"""Callers that may use their whole share from one address, such as a household behind one router."""

TRY_AGAIN_LATER: Final = 1013
"""https://www.iana.org/assignments/websocket. Before a socket is accepted the server answers 403."""

SOCKETS_PER_ADDRESS: Final = 100
"""Tabs that may be open at a time from one address; each takes one of the server's file descriptors."""

FORWARDED: Final = "forwarded"
"""The address of everybody behind a proxy that is not trusted."""

SHARED: Final = (FORWARDED, "127.0.0.1", "::")
"""Addresses behind which a proxy may have any number of listeners; "::" is the network of "::1"."""

SCREEN: Final = "/recommend"
"""A page for browsers, which costs nothing here, and a list for programs."""

API: Final = ("/api/me", "/api/sync-spotify", "/api/recommend", SCREEN)
UPLOADS: Final = ("/_stcore/upload_file/",)
MOST_WAITING: Final = 50
LONGEST_WAIT_S: Final = 15.0
"""Uploads beyond the limit wait for so long before they are refused: somebody may choose 200 small files at once, and
Streamlit shows only the status of a refusal."""


@dataclass(frozen=True)
class _Share:
    """The limits of one kind of request."""

    paths: tuple[str, ...]
    by_caller: RateLimit
    by_address: RateLimit

    def wait(self, caller: str | None, address: str) -> float:
        """Seconds until this request would be answered; 0 when it is now."""
        return (self.by_caller.wait(caller) if caller else 0.0) or self.by_address.wait(address)


class Limits:
    """
    Answers 429 with `Retry-After` (RFC 6585, 4) to callers who used up their share of the API or of uploads. Pure ASGI.

    A caller is a session cookie; addresses are counted because anybody can invent cookies. Sockets beyond what an
    address may have open are refused.
    """

    def __init__(self, app: ASGIApp, dependencies: Dependencies) -> None:
        self.app = app
        self.dependencies = dependencies
        self.sockets: Counter[str] = Counter()
        self.waiting = 0
        self.shares = [self._share(API), self._share(UPLOADS)] if dependencies.requests_a_minute else []

    def _share(self, paths: tuple[str, ...]) -> _Share:
        limit = self.dependencies.requests_a_minute

        def now() -> float:
            return self.dependencies.clock().timestamp()

        return _Share(paths, RateLimit(limit, 60, now), RateLimit(limit * CALLERS_PER_ADDRESS, 60, now))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is within the limits."""
        app: ASGIApp = self.app
        if scope["type"] == "websocket":
            address = client_address(scope, self.dependencies)
            if self.shares and address not in SHARED and self.sockets[address] >= SOCKETS_PER_ADDRESS:
                await WebSocketClose(TRY_AGAIN_LATER)(scope, receive, send)
                return
            self.sockets[address] += 1
            try:
                await self.app(scope, receive, send)
            finally:
                self.sockets[address] -= 1
                self.sockets += Counter()  # forgets addresses without a socket
            return
        if scope["type"] == "http" and not (scope["path"] == SCREEN and asks_for_page(scope)):
            share = next((one for one in self.shares if scope["path"].startswith(one.paths)), None)
            session_id = HTTPConnection(scope).cookies.get(session_cookie(self.dependencies.is_https))
            caller = session_id if is_session_id(session_id) else None
            wait = await self._wait(share, caller, client_address(scope, self.dependencies)) if share else 0
            if wait:
                seconds = math.ceil(wait)
                app = JSONResponse(
                    {"error": f"There were too many requests. Try again in {seconds} s."},
                    429,
                    headers={"Retry-After": str(seconds), "Cache-Control": "no-store"},
                )
        await app(scope, receive, send)

    async def _wait(self, share: _Share, caller: str | None, address: str) -> float:
        """Seconds until this request would be answered, after an upload has waited for a moment; 0 when it is now."""
        wait = share.wait(caller, address)
        if not wait or share.paths is not UPLOADS or self.waiting >= MOST_WAITING:
            return wait
        deadline = time.monotonic() + LONGEST_WAIT_S
        self.waiting += 1
        try:
            while wait and time.monotonic() + wait < deadline:
                await sleep(wait)
                wait = share.wait(caller, address)
        finally:
            self.waiting -= 1
        return wait


def client_address(scope: Scope, dependencies: Dependencies) -> str:
    """
    Whose requests are counted together: an IPv4 address or the /64 of an IPv6 address, which one line usually has.

    Uvicorn puts the address of `X-Forwarded-For` here when a proxy it trusts sent it, and by default it trusts
    127.0.0.1. Without a proxy of its own every program on this machine could invent addresses; so where
    FORWARDED_ALLOW_IPS names no proxy, all forwarded requests count as one.
    """
    if not dependencies.has_trusted_proxy and "x-forwarded-for" in Headers(scope=scope):
        return FORWARDED
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ip_address(host)
    except ValueError:
        return str(host)
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address)
