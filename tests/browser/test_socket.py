"""Handshakes from other sites at a real server: refused at once, and nobody outside is asked about them."""

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser.server import ForkedServer

pytestmark = pytest.mark.browser

HANDSHAKES = 5


class _Outside(BaseHTTPRequestHandler):
    """A proxy in front of the whole internet, which answers nobody."""

    def _refuse(self):
        self.server.asked.append(f"{self.command} {self.path}")
        time.sleep(1)
        self.send_error(504)

    do_GET = do_POST = do_CONNECT = _refuse

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def outside():
    with ThreadingHTTPServer(("127.0.0.1", 0), _Outside) as proxy:
        proxy.asked = []
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy
        proxy.shutdown()


@pytest.fixture(scope="module")
def server(tmp_path_factory, outside):
    proxy = f"http://127.0.0.1:{outside.server_port}"
    names = {name: proxy for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")}
    with ForkedServer(tmp_path_factory.mktemp("data"), **names, no_proxy="127.0.0.1", NO_PROXY="127.0.0.1") as running:
        yield running


def handshake(server, origin):
    """The status of a socket handshake: 101 when it is opened."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": "streamlit",
        "Origin": origin,
    }
    connection.request("GET", "/_stcore/stream", headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def seconds_until_healthy(server):
    begin = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/_stcore/health")
    assert connection.getresponse().read() == b"ok"
    connection.close()
    return time.perf_counter() - begin


def test_the_apps_own_page_opens_its_socket(server):
    assert handshake(server, server.url) == 101


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:9999", "http://localhost:9999"])
def test_other_sites_are_refused_at_once_and_nobody_outside_is_asked(server, outside, origin):
    with ThreadPoolExecutor(HANDSHAKES) as pool:
        handshakes = [pool.submit(handshake, server, origin) for _ in range(HANDSHAKES)]
        waits = [seconds_until_healthy(server)]
        while not all(each.done() for each in handshakes):
            waits.append(seconds_until_healthy(server))
        statuses = [each.result() for each in handshakes]

    print(f"{origin}: health answered within {max(waits) * 1000:.0f} ms")
    assert statuses == [403] * HANDSHAKES
    assert outside.asked == []
    assert max(waits) < 1
