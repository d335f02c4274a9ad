"""Which pages may open the app's socket."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from recsys.web.socket_origin import OwnSocket


async def _says_its_host(websocket):
    await websocket.accept()
    await websocket.send_text(websocket.headers["host"])
    await websocket.close()


def open_socket(origin, host, public_url="https://tonearm.example", scheme="ws"):
    """The host Streamlit would see, or the code with which the handshake was refused."""
    middleware = [Middleware(OwnSocket, public_url=public_url)]
    client = TestClient(Starlette(routes=[WebSocketRoute("/_stcore/stream", _says_its_host)], middleware=middleware))
    headers = {"Host": host, **({} if origin is None else {"Origin": origin})}
    try:
        with client.websocket_connect(f"{scheme}://{host}/_stcore/stream", headers=headers) as socket:
            return socket.receive_text()
    except WebSocketDisconnect as refused:
        return refused.code


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        ("https://tonearm.example", "tonearm.example", "wss"),
        ("https://tonearm.example", "tonearm.example", "ws"),
        ("http://192.168.1.7:8501", "192.168.1.7:8501", "ws"),
        ("https://someone.streamlit.example", "someone.streamlit.example", "ws"),
        ("http://[::1]:8501", "[::1]:8501", "ws"),
    ],
)
def test_the_apps_own_pages_open_it(origin, host, scheme):
    assert open_socket(origin, host, scheme=scheme) == host


def test_a_proxy_may_have_rewritten_the_host():
    assert open_socket("https://tonearm.example", "10.0.0.5:8501") == "tonearm.example"


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "http://127.0.0.1:9999",
        "http://localhost:8501",
        "http://127.0.0.1",
        "ftp://127.0.0.1:8501",
        "http://127.0.0.1:8501.evil.example",
        "http://evil.example@127.0.0.1:8501",
        "http://127.0.0.1:8501/",
        "https://evil.example",
    ],
)
def test_no_other_page_opens_it(origin):
    assert open_socket(origin, "127.0.0.1:8501", public_url="http://127.0.0.1:8501") == 1008


def test_behind_tls_a_page_without_it_is_another_origin():
    assert open_socket("http://tonearm.example", "tonearm.example", scheme="wss") == 1008
