"""What is not there is not found, whatever Streamlit would show instead."""

import pytest

from tests.web.conftest import PAGE


@pytest.mark.parametrize(
    "path",
    [
        "/robots.txt",
        "/favicon.ico",
        "/.env",
        "/.git/config",
        "/wp-login.php",
        "/library/robots.txt",
        "/static/js/index.0ldv3rsion.js",
        "/static/nothing",
    ],
)
@pytest.mark.parametrize("headers", [{}, PAGE])
def test_a_file_that_does_not_exist_is_not_found(browser, path, headers):
    answer = browser.get(path, headers=headers)
    assert answer.status_code == 404
    assert "<div id=root>" not in answer.text
    assert "set-cookie" not in answer.headers
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("path", ["/", "/library", "/index.html", "/component/some.thing/index.html"])
def test_pages_are_shown(browser, path):
    assert "<div id=root>" in browser.get(path, headers=PAGE).text


def test_files_that_exist_are_served(browser):
    answer = browser.get("/api/docs/files/swagger-ui.css")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("path", ["/tonearm/health", "/a/b/livez", "/tonearm/metrics", "/tonearm/api/recommend"])
def test_a_probe_below_a_base_path_is_told_that_there_is_none(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "at the root of its host" in answer.text
