"""Answers leave at once: TCP_NODELAY on the sockets that the server listens on."""

import socket
from asyncio import AbstractEventLoop, Server
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, cast


def send_without_delay(loop: AbstractEventLoop) -> None:
    """
    Turn Nagle's algorithm off (RFC 9293, section 3.7.4) for every server that this loop makes from a bound socket.

    An answer is written in two parts, headers and body, and the second waited for a browser's delayed acknowledgement
    of the first: 44 ms for each file, and for each message of a run that follows another closely. asyncio turns it off
    only for sockets made with the number of the protocol, and Streamlit makes its own without. Connections inherit the
    option. A loop whose methods cannot be replaced (uvloop) turns it off by itself.
    """
    create = cast("Callable[..., Awaitable[Server]]", loop.create_server)

    async def create_server(*args: Any, sock: socket.socket | None = None, **options: Any) -> Server:
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return await create(*args, sock=sock, **options)

    with suppress(AttributeError):
        loop.create_server = create_server  # type: ignore[method-assign]
