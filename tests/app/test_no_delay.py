"""Answers leave at once."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from recsys.app.no_delay import send_without_delay


async def option_of_a_connection(is_set):
    """TCP_NODELAY of a connection to a server on a socket made as Streamlit makes its own."""
    loop, connected = asyncio.get_running_loop(), asyncio.Event()
    found = []

    class Protocol(asyncio.Protocol):
        def connection_made(self, transport):
            found.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            transport.close()
            connected.set()

    if is_set:
        send_without_delay(loop)
    listening = socket.socket(family=socket.AF_INET)
    listening.bind(("127.0.0.1", 0))
    server = await loop.create_server(Protocol, sock=listening)
    _, writer = await asyncio.open_connection(*listening.getsockname())
    await asyncio.wait_for(connected.wait(), 30)
    writer.close()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()
    return bool(found[0])


@pytest.mark.parametrize("is_set", [True, False])
def test_connections_to_a_bound_socket_send_without_delay(is_set):
    with ThreadPoolExecutor(1) as own_thread:  # a browser that an earlier test opened has a loop in this one
        assert own_thread.submit(asyncio.run, option_of_a_connection(is_set)).result() is is_set
