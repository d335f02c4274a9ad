"""A first-time browser gets a session id with its first page, and keeps it."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from recsys.auth.models import is_session_id
from recsys.web.cookies import session_cookie
from recsys.web.guest_cookie import GuestCookie

PAGE = {"Accept": "text/html,application/xhtml+xml"}


def client(is_https=False):
    routes = [Route("/", lambda request: PlainTextResponse("page"), methods=["GET", "POST"])]
    app = Starlette(routes=routes, middleware=[Middleware(GuestCookie, is_https=is_https)])
    return TestClient(app, base_url="https://testserver" if is_https else "http://testserver")


def test_the_first_page_sets_a_cookie_no_script_and_no_foreign_form_can_use():
    cookie = client().get("/", headers=PAGE).headers["set-cookie"].lower()
    assert cookie.startswith("tonearm=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/;" in cookie
    assert "secure" not in cookie


def test_behind_tls_the_cookie_is_bound_to_this_host():
    cookie = client(is_https=True).get("/", headers=PAGE).headers["set-cookie"]
    assert cookie.startswith("__Host-tonearm=")
    assert "secure" in cookie.lower()


def test_two_browsers_get_two_random_ids_of_256_bits():
    ids = {client().get("/", headers=PAGE).cookies["tonearm"] for _ in range(2)}
    assert len(ids) == 2
    assert all(is_session_id(value) for value in ids)


def test_the_second_page_keeps_the_cookie():
    browser = client()
    browser.get("/", headers=PAGE)
    assert "set-cookie" not in browser.get("/", headers=PAGE).headers


@pytest.mark.parametrize("value", ["", "short", "x" * 44, "a b" + "x" * 40, "'; drop table sessions --"])
def test_a_cookie_this_app_never_issued_is_replaced(value):
    answer = client().get("/", headers={**PAGE, "Cookie": f"tonearm={value}"})
    assert is_session_id(answer.cookies["tonearm"])


def test_other_cookies_on_the_host_do_not_hide_ours():
    browser = client()
    value = browser.get("/", headers=PAGE).cookies["tonearm"]
    headers = {**PAGE, "Cookie": f'other={{"a": 1}}; tonearm={value}; _xsrf=2|x'}
    assert "set-cookie" not in client().get("/", headers=headers).headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "application/json"},
        {"Accept": "*/*"},
        {**PAGE, "Sec-Fetch-Dest": "iframe"},
        {**PAGE, "Sec-Fetch-Dest": "image"},
    ],
)
def test_what_is_not_a_page_in_a_tab_gets_no_cookie(headers):
    assert "set-cookie" not in client().get("/", headers=headers).headers


def test_only_a_page_that_exists_and_is_read_gets_a_cookie():
    assert "set-cookie" not in client().post("/", headers=PAGE).headers
    assert "set-cookie" not in client().get("/missing", headers=PAGE).headers


def test_a_page_that_carries_a_session_id_is_not_cached():
    assert client().get("/", headers=PAGE).headers["cache-control"] == "no-store"


def test_the_name_of_the_cookie_follows_the_scheme():
    assert [session_cookie(False), session_cookie(True)] == ["tonearm", "__Host-tonearm"]
