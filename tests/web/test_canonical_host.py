"""`localhost` and 127.0.0.1 are one place: a browser that comes by the other name is moved before it gets a cookie."""

from dataclasses import replace

import pytest

from tests.web.conftest import PAGE, PUBLIC, Browser, app_of


def test_a_page_asked_for_on_localhost_is_shown_on_the_public_address(new_browser):
    answer = new_browser("http://localhost:8501").get("/library?a=b%20c", headers=PAGE)

    assert answer.status_code == 307
    assert answer.headers["location"] == f"{PUBLIC}/library?a=b%20c"
    assert "set-cookie" not in answer.headers
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    "host", ["http://localhost:9000", "http://tonearm.example", "http://localhost.evil.example:8501"]
)
def test_nobody_else_is_moved(new_browser, host):
    """Such as a browser that comes through a forwarded port, or a proxy with a name of its own."""
    assert new_browser(host).get("/", headers=PAGE).status_code == 200


def test_programs_are_answered_by_either_name(new_browser):
    assert new_browser("http://localhost:8501").get("/health").status_code == 200


def test_where_the_public_address_has_a_name_nobody_is_moved(deployment):
    browser = Browser(app_of(replace(deployment, public_url="https://tonearm.example")), "http://localhost:8501")
    assert browser.get("/", headers=PAGE).status_code == 200
