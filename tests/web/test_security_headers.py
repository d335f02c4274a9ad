"""Headers that keep injected content from doing what the app never does."""

import base64
import hashlib

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from recsys.web.security_headers import SecurityHeaders, content_security_policy

PAGE = "<html><script>window.ready = false</script><script type='module' src='./x.js'></script></html>"


def client(is_https=False):
    def endpoint(request):
        own = {"Referrer-Policy": "no-referrer"} if "own" in request.query_params else {}
        return PlainTextResponse("ok", headers=own)

    headers = Middleware(SecurityHeaders, page=PAGE, is_https=is_https)
    return TestClient(Starlette(routes=[Route("/", endpoint)], middleware=[headers]))


def directives(policy):
    return {part.split()[0]: part.split()[1:] for part in policy.split("; ")}


def test_the_inline_script_of_the_page_is_allowed_by_its_hash_and_no_other():
    digest = base64.b64encode(hashlib.sha256(b"window.ready = false").digest()).decode()
    assert directives(content_security_policy(PAGE))["script-src"] == [
        "'self'",
        "'wasm-unsafe-eval'",
        f"'sha256-{digest}'",
    ]


def test_what_a_page_offers_for_download_is_stored_by_no_browser_and_no_proxy(browser):
    """A library on a computer that others use as well. Streamlit sends these without a word on caches."""
    assert browser.get("/media/2f1a.zip").headers["cache-control"] == "private, no-store"
    assert "cache-control" not in browser.get("/static/js/index.js").headers


def test_covers_and_the_player_come_from_spotify_and_everything_else_from_here():
    policy = directives(content_security_policy(PAGE))
    assert "https://i.scdn.co" in policy["img-src"]
    assert policy["frame-src"] == ["'self'", "https://open.spotify.com"]
    for name in ("default-src", "connect-src", "form-action", "frame-ancestors", "base-uri"):
        assert policy[name] == ["'self'"]
    assert policy["object-src"] == ["'none'"]


@pytest.mark.parametrize("path", ["/", "/nothing-here"])
def test_every_answer_carries_the_headers(path):
    headers = client().get(path).headers
    assert headers["content-security-policy"] == content_security_policy(PAGE)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "same-origin"


def test_a_stricter_header_of_an_answer_is_unchanged():
    assert client().get("/?own").headers.get_list("referrer-policy") == ["no-referrer"]


def test_only_a_server_behind_tls_asks_browsers_to_insist_on_it():
    assert "strict-transport-security" not in client().get("/").headers
    assert "max-age=" in client(is_https=True).get("/").headers["strict-transport-security"]


def test_an_answer_to_an_exception_carries_them_too_and_no_reason():
    def broken(request):
        raise RuntimeError("a secret reason")

    headers = Middleware(SecurityHeaders, page=PAGE, is_https=False)
    app = Starlette(routes=[Route("/", broken)], middleware=[headers])
    answer = TestClient(app, raise_server_exceptions=False).get("/")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == content_security_policy(PAGE)
    assert answer.text == "Something failed on this server; the log has details. Please try again."
    with pytest.raises(RuntimeError):
        TestClient(app).get("/")


@pytest.mark.parametrize("is_https", [True, False])
def test_behind_tls_every_cookie_is_secure_once(is_https):
    def endpoint(request):
        answer = PlainTextResponse("ok")
        answer.set_cookie("_streamlit_xsrf", "2|a", samesite="lax")
        answer.set_cookie("tonearm", "b", secure=is_https)
        return answer

    headers = Middleware(SecurityHeaders, page=PAGE, is_https=is_https)
    answer = TestClient(Starlette(routes=[Route("/", endpoint)], middleware=[headers])).get("/")
    cookies = [cookie.lower().split("; ") for cookie in answer.headers.get_list("set-cookie")]
    assert [cookie.count("secure") for cookie in cookies] == [int(is_https)] * 2
