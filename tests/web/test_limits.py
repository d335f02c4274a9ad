"""Nobody keeps the server busy for everybody else, and nobody gets another share by saying that they are another."""

import secrets
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from recsys.web import limits
from recsys.web.limits import Limits, client_address
from tests.web.conftest import PAGE, Browser, app_of


def strangers_app(deployment, **changed):
    return app_of(replace(deployment, requests_a_minute=3, **changed))


def statuses(browser, path, times, headers=()):
    return [browser.get(path, headers=dict(headers)).status_code for _ in range(times)]


def test_a_caller_who_has_had_their_share_is_told_when_to_try_again(deployment):
    browser = Browser(strangers_app(deployment))
    browser.keep_session("x" * 43)
    assert statuses(browser, "/api/recommend", 3) == [409] * 3

    answer = browser.get("/api/recommend")

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "20"
    assert answer.json() == {"error": "There were too many requests. Try again in 20 s."}
    assert answer.headers["cache-control"] == "no-store"
    assert "content-security-policy" in answer.headers


def test_all_of_the_api_shares_one_limit_whatever_kind_of_answer_is_asked_for(deployment):
    browser = Browser(strangers_app(deployment))
    browser.keep_session("x" * 43)
    for path in ("/api/me", "/recommend", "/api/sync-spotify"):
        browser.get(path)
    assert statuses(browser, "/api/recommend", 1, PAGE) == [429]


def test_callers_do_not_share_but_inventing_cookies_does_not_help_for_ever(deployment):
    app = strangers_app(deployment)
    got = []
    for _ in range(20):
        browser = Browser(app)
        browser.keep_session(secrets.token_urlsafe(32))
        got += statuses(browser, "/api/recommend", 1)
    assert got == [409] * 15 + [429] * 5


def test_pages_health_and_the_documentation_are_always_there(deployment):
    browser = Browser(strangers_app(deployment))
    browser.keep_session("x" * 43)
    for path in ("/", "/recommend", "/health", "/api/openapi.json", "/api/docs"):
        assert statuses(browser, path, 10, PAGE) == [200] * 10


def test_uploads_have_a_limit_of_their_own(deployment):
    browser = Browser(strangers_app(deployment))
    browser.keep_session("x" * 43)
    put = [browser.put("/_stcore/upload_file/session/file", content=b"x").status_code for _ in range(5)]
    assert put[3:] == [429, 429]
    assert 429 not in put[:3]
    assert statuses(browser, "/api/recommend", 3) == [409] * 3


def test_an_upload_beyond_the_limit_waits_while_that_takes_a_moment(deployment, monkeypatch):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)
        clock.now += timedelta(seconds=seconds)

    clock = SimpleNamespace(now=deployment.clock())
    monkeypatch.setattr(limits, "sleep", sleep)
    app = app_of(replace(deployment, requests_a_minute=60, clock=lambda: clock.now))
    browser = Browser(app)
    browser.keep_session("x" * 43)

    put = {browser.put("/_stcore/upload_file/session/file", content=b"x").status_code for _ in range(200)}

    assert 429 not in put
    assert slept == pytest.approx([1.0] * 140)


def test_a_flood_of_uploads_does_not_wait(deployment, monkeypatch):
    monkeypatch.setattr(limits, "MOST_WAITING", 0)
    browser = Browser(app_of(replace(deployment, requests_a_minute=60)))
    browser.keep_session("x" * 43)
    put = [browser.put("/_stcore/upload_file/session/file", content=b"x").status_code for _ in range(70)]
    assert put.count(429) == 10


def test_invented_forwarded_addresses_share_one_limit_where_no_proxy_is_trusted(deployment):
    app = strangers_app(deployment)
    got = [
        status
        for number in range(20)
        for status in statuses(Browser(app), "/api/me", 1, {"X-Forwarded-For": f"10.0.0.{number}"})
    ]
    assert got == [401] * 15 + [429] * 5


def test_no_limit_where_none_is_set(deployment):
    browser = Browser(app_of(replace(deployment, requests_a_minute=0)))
    assert statuses(browser, "/api/me", 200) == [401] * 200


@pytest.mark.parametrize(
    ("client", "counted_as"),
    [
        (("203.0.113.9", 1234), "203.0.113.9"),
        (("2001:db8:1:2:3:4:5:6", 1234), "2001:db8:1:2::"),
        (("2001:db8:1:2:ffff::1", 1234), "2001:db8:1:2::"),
        (("::ffff:203.0.113.9", 1234), "203.0.113.9"),
        (("testclient", 1234), "testclient"),
        (None, ""),
    ],
)
def test_an_address_is_a_line_and_not_one_of_its_many_names(deployment, client, counted_as):
    scope = {"type": "http", "headers": [], "client": client}
    assert client_address(scope, deployment) == counted_as


def test_behind_a_trusted_proxy_everybody_has_an_address(deployment):
    scope = {"type": "http", "headers": [(b"x-forwarded-for", b"203.0.113.9")], "client": ("203.0.113.9", 0)}
    assert client_address(scope, replace(deployment, has_trusted_proxy=True)) == "203.0.113.9"
    assert client_address(scope, deployment) == "forwarded"


async def _stays_open(websocket):
    await websocket.accept()
    await websocket.receive()


def test_an_address_has_a_limited_number_of_sockets_open_and_a_closed_one_makes_room(deployment, monkeypatch):
    monkeypatch.setattr(limits, "SOCKETS_PER_ADDRESS", 2)
    limited = Limits(Starlette(routes=[WebSocketRoute("/_stcore/stream", _stays_open)]), deployment)

    def opened(address):
        return TestClient(limited, client=(address, 1)).websocket_connect("/_stcore/stream")

    with opened("10.0.0.1"), opened("10.0.0.1"):
        with pytest.raises(WebSocketDisconnect) as refused:
            opened("10.0.0.1").__enter__()
        assert refused.value.code == 1013
        with opened("10.0.0.2"):
            assert limited.sockets == {"10.0.0.1": 2, "10.0.0.2": 1}
    with opened("10.0.0.1"):
        pass
    assert limited.sockets == {}


@pytest.mark.parametrize(
    ("address", "forwarded"), [("10.0.0.1", {"X-Forwarded-For": "203.0.113.9"}), ("127.0.0.1", {}), ("::1", {})]
)
def test_everybody_behind_a_proxy_shares_no_limit_of_sockets(deployment, monkeypatch, address, forwarded):
    monkeypatch.setattr(limits, "SOCKETS_PER_ADDRESS", 1)
    limited = Limits(Starlette(routes=[WebSocketRoute("/_stcore/stream", _stays_open)]), deployment)
    client = TestClient(limited, client=(address, 1))

    with (
        client.websocket_connect("/_stcore/stream", headers=forwarded),
        client.websocket_connect("/_stcore/stream", headers=forwarded),
    ):
        pass
