"""The page a browser gets first: Streamlit's, with our styles in it."""

import base64
import hashlib

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from recsys.web.page_styles import PageStyles, with_styles
from recsys.web.security_headers import content_security_policy
from tests.web.conftest import PAGE

HTML = f"<html><head><title>Streamlit</title></head><body>{'é' * 2_000}</body></html>"
STYLED = with_styles(HTML, "h1 { font-size: 2rem }\n")


@pytest.fixture
def browser(tmp_path):
    """A browser before an app that serves its page from a file, and compressed, as Streamlit does."""
    file = tmp_path / "index.html"
    file.write_text(HTML, "utf-8")
    app = Starlette(
        routes=[
            Route("/other", lambda _: HTMLResponse("<head></head>")),
            Route("/{path:path}", lambda _: FileResponse(file)),
        ],
        middleware=[Middleware(PageStyles, page=HTML, styled=STYLED), Middleware(GZipMiddleware)],
    )
    return TestClient(app)


def test_styles_and_name_are_in_the_head_before_anything_is_painted():
    assert "<style>\nh1 { font-size: 2rem }\n</style>\n</head>" in STYLED
    assert "<title>Tonearm</title>" in STYLED


def test_a_script_is_in_the_head_and_allowed_by_its_hash():
    styled = with_styles(HTML, "h1 {}\n", "let here = 1\n")
    digest = base64.b64encode(hashlib.sha256(b"\nlet here = 1\n").digest()).decode()

    assert "<script>\nlet here = 1\n</script>\n</head>" in styled
    assert f"'sha256-{digest}'" in content_security_policy(styled)


def test_a_page_is_sent_with_its_styles_whatever_the_browser_can_unpack(browser):
    answer = browser.get("/taste", headers=PAGE | {"Accept-Encoding": "gzip"})
    assert answer.text == STYLED
    assert int(answer.headers["content-length"]) == len(STYLED.encode())


def test_a_page_of_an_older_version_is_not_taken_for_this_one(browser):
    etag = browser.get("/").headers["etag"]
    answer = browser.get("/", headers=PAGE | {"If-None-Match": etag})
    assert (answer.status_code, answer.text) == (200, STYLED)
    assert "etag" not in answer.headers


def test_other_pages_and_programs_get_what_the_app_answers(browser):
    assert browser.get("/other", headers=PAGE).text == "<head></head>"
    compressed = browser.get("/taste", headers={"Accept-Encoding": "gzip"})
    assert compressed.headers["content-encoding"] == "gzip"
    assert compressed.text == HTML


def test_a_page_names_the_modules_of_its_own_first_screen():
    async def app(scope, receive, send):
        await HTMLResponse(HTML)(scope, receive, send)

    browser = TestClient(PageStyles(app, HTML, STYLED, {"/taste": ["/one.js", '/"two".js']}))

    assert browser.get("/", headers=PAGE).text == STYLED
    assert (
        '<link rel="modulepreload" href="/one.js">\n<link rel="modulepreload" href="/&quot;two&quot;.js">\n</head>'
        in browser.get("/taste", headers=PAGE).text
    )
