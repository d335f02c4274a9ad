"""What a closed tab held is freed, also where nobody closes another one."""

import asyncio
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

from tests.browser.server import ForkedServer
from tests.load.listener import Listener


async def open_and_close(url):
    tab = Listener(url, secrets.token_urlsafe(32))
    await tab.open("recommend")
    await tab.close()
    return tab.errors


def test_a_tab_that_was_left_is_freed_when_it_can_no_longer_come_back(tmp_path):
    with (
        ForkedServer(tmp_path, STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="1") as server,
        ThreadPoolExecutor(1) as own_thread,
    ):
        assert own_thread.submit(asyncio.run, open_and_close(server.url)).result() == []
        deadline = time.monotonic() + 60
        while "tabs that were left are freed: 1" not in (said := server.log.read_text("utf-8")):
            assert time.monotonic() < deadline, said
            time.sleep(0.1)
