"""A line and an id for every request to our own routes, and nothing a listener hears in it."""

import logging
from dataclasses import replace

import pytest

from recsys.app.logs import Pseudonyms
from recsys.services.account import Account
from tests.web.conftest import OURS, Browser, app_of


@pytest.fixture
def lines(caplog):
    """What was logged so far: logger, message, request id, and the listener's pseudonym."""
    pseudonyms = Pseudonyms(b"key")
    caplog.handler.addFilter(pseudonyms)
    caplog.set_level(logging.INFO, "recsys")
    yield lambda logger: [
        (record.getMessage(), record.request, record.listener) for record in caplog.records if record.name == logger
    ]
    caplog.handler.removeFilter(pseudonyms)


def test_a_request_is_logged_with_the_id_its_answer_has_and_without_its_query(browser, lines):
    answer = browser.get("/api/recommend?seeds=a-track-id&limit=3")
    ((message, request, listener),) = lines("recsys.web.request_log")
    assert message.startswith("GET /api/recommend 401 in ")
    assert request == answer.headers["x-request-id"] != "-"
    assert listener == "-"


def test_a_listener_has_one_pseudonym_in_all_lines(world, spotify, browser, lines):
    browser.sign_in(spotify)
    browser.get("/api/me")
    browser.get("/api/sync-spotify")
    pseudonyms = {listener for message, _, listener in lines("recsys.web.request_log") if "/api/" in message}
    assert len(pseudonyms) == 1
    assert pseudonyms == {lines("recsys.audit")[0][2]}
    assert pseudonyms != {"-"}


def test_the_next_request_is_nobodys_again(world, spotify, browser, new_browser, lines):
    browser.sign_in(spotify)
    browser.get("/api/me")
    new_browser().get("/api/me")
    assert [listener == "-" for _, _, listener in lines("recsys.web.request_log")[-2:]] == [False, True]


@pytest.mark.parametrize(
    ("given", "is_used"), [("0123456789abcdef", True), ("short", False), ("a b\r\nX: 1" * 3, False), ("x" * 65, False)]
)
def test_a_proxys_id_is_used_again_when_it_is_one(browser, given, is_used):
    answer = browser.get("/livez", headers={"X-Request-ID": given.replace("\r\n", " ")})
    assert (answer.headers["x-request-id"] == given) == is_used


def test_probes_are_logged_only_when_they_fail(deployment, lines):
    browser = Browser(app_of(deployment))
    for path in ("/livez", "/health"):
        browser.get(path)
    assert lines("recsys.web.request_log") == []

    failing = Browser(app_of(replace(deployment, catalogue_is_loaded=lambda: False)))
    failing.get("/health")
    assert lines("recsys.web.request_log")[0][0].startswith("GET /health 503 in ")


def test_signing_in_and_out_leaves_audit_lines(world, spotify, browser, lines):
    browser.sign_in(spotify)
    browser.post("/logout", headers=OURS)
    browser.sign_in(spotify)
    browser.post("/logout?everywhere=1", headers=OURS)
    said = lines("recsys.audit")
    assert [message for message, _, _ in said] == ["signed in", "signed out here", "signed in", "signed out everywhere"]
    assert len({listener for _, _, listener in said}) == 1
    assert all(request != "-" for _, request, _ in said)


def test_export_and_erasure_leave_audit_lines(world, lines):
    account = Account(world.store_for)
    account.export("ada", "2026-11-28T12:00:00Z")
    account.erase("ada")
    said = lines("recsys.audit")
    assert [message for message, _, _ in said] == ["exported everything", "erased everything"]
    assert len({listener for _, _, listener in said} - {"-", "ada"}) == 1
