"""Signing in and out in a real browser, against an invented Spotify."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import (
    Witness,
    expect_refused,
    expect_signed_in,
    expect_stranger,
    is_signed_in,
    secrets_of,
    session_cookie,
    sign_in,
)
from tests.browser.files import OWN_FILE, upload
from tests.browser.screen import go, listed_titles, settled
from tests.fakes.spotify import Fault

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(connected):
    return connected


def test_a_listener_signs_in_by_the_third_door_and_the_address_stays_clean(visit, server):
    page = settled(visit())
    page.get_by_role("link", name="Log in with Spotify").click()
    page.locator("#agree-ada").click()

    expect_signed_in(page)
    assert page.url == f"{server.url}/"


def test_a_sign_in_survives_reload_and_a_killed_server(stranger, server):
    page = sign_in(stranger(), server)
    page.reload()
    expect_signed_in(page)

    server.kill()
    server.start()
    page.reload()

    expect_signed_in(page)


def test_cookies_are_out_of_reach_of_scripts_of_other_sites_forms_and_of_a_second_browser(stranger, visit, server):
    page = sign_in(stranger(), server)

    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert "tonearm_sign_in" not in cookies
    assert cookies["tonearm"]["httpOnly"]
    assert cookies["tonearm"]["sameSite"] == "Lax"
    assert cookies["tonearm"]["value"] not in page.evaluate("document.cookie")
    other = visit("/account")
    expect_stranger(other)
    assert not is_signed_in(other, server)


def test_no_secret_reaches_the_browser_except_the_code_in_the_callback_address(stranger, server, spotify):
    page = stranger()
    witness = Witness(page)
    sign_in(page, server)
    for name in ("Library", "Account"):
        go(page, name)

    shown, secrets = witness.everything(), secrets_of(spotify)
    assert not [secret for secret in {*secrets, session_cookie(page)["value"]} if secret in shown]
    telling = [address for address in witness.addresses if any(secret in address for secret in secrets)]
    assert [address.split("?")[0] for address in telling] == [f"{server.url}/callback"]


def test_no_secret_is_in_the_log_whether_sign_in_works_or_not(stranger, server, spotify):
    page = stranger()
    spotify.fail_when("POST /api/token", Fault.server_error())
    page.goto(f"{server.url}/login")
    page.locator("#agree-ada").click()
    expect_refused(page, "unreachable")
    spotify.clear_faults()
    sign_in(page, server)
    go(page, "Library")

    log = server.log.read_text()
    assert "Sign-in ended: unreachable" in log
    assert not [secret for secret in {*secrets_of(spotify), session_cookie(page)["value"]} if secret in log]


def test_localhost_is_corrected_to_the_address_spotify_knows(stranger, server):
    page = stranger()
    page.goto(f"http://localhost:{server.port}/")
    settled(page).get_by_role("link", name="Log in with Spotify").click()
    page.locator("#agree-ada").click()

    expect_signed_in(page)
    assert page.url == f"{server.url}/"


def test_a_consent_that_is_denied_is_said_and_connects_nothing(stranger, server, tokens_asked):
    page = stranger()
    page.goto(f"{server.url}/login")
    page.locator("#cancel").click()

    expect_refused(page, "denied")
    expect_stranger(page)
    assert tokens_asked() == 0


@pytest.mark.parametrize(
    "fault, why",
    [(Fault.not_registered(), "not_registered"), (Fault.premium_required(), "premium_required")],
    ids=["not registered", "premium required"],
)
def test_what_spotify_refuses_is_said_with_its_remedy(stranger, server, spotify, fault, why):
    spotify.fail_next("GET /v1/me", fault)
    page = stranger()
    page.goto(f"{server.url}/login")
    page.locator("#agree-ada").click()

    expect_refused(page, why)
    expect_stranger(page)


def test_logging_out_ends_the_session_in_every_tab_of_the_browser(stranger, server):
    page = sign_in(stranger(), server)
    other_tab = page.context.new_page()
    other_tab.goto(f"{server.url}/account")
    expect_signed_in(other_tab)

    page.get_by_role("button", name="Log out").click()
    expect_stranger(page)
    go(other_tab, "Library")

    expect_stranger(other_tab)
    assert not is_signed_in(page, server)


def test_what_a_guest_brought_in_is_the_listeners_after_signing_in(visit, server):
    page = upload(visit(), {"name": "mine.csv", "mimeType": "text/csv", "buffer": OWN_FILE.encode()})

    sign_in(page, server, "nell")

    expect(page.get_by_text("Your library · 40 songs")).to_be_visible()
    expect_signed_in(page, "nell")


def test_a_shared_recipe_that_a_guest_opened_makes_their_list_after_signing_in(visit, server):
    page = visit("/recommend?limit=12&shifts=energy:-2")
    listed_titles(settled(page))
    expect(page).to_have_url(f"{server.url}/recommend")  # the address is emptied
    page.goto(server.url)
    settled(page).get_by_role("link", name="Log in with Spotify").click()
    page.locator("#agree-ada").click()
    expect_signed_in(page)
    page.reload()  # nor is it lost with the first tab after the sign-in

    expect(page.get_by_text(re.compile(r"Your library · [1-9]\d* songs"))).to_be_visible()
    go(settled(page), "Recommend")

    expect(page.get_by_text("Opened from a shared recipe")).to_be_visible()
    expect(page.locator(".chip")).to_have_text([re.compile("calmer"), re.compile("12 songs")])
    assert len(listed_titles(page)) == 12


def test_logging_out_everywhere_reaches_the_other_browser_and_nobody_else(stranger, server):
    computer, phone, other = stranger(), stranger(), stranger()
    for page, listener in ((computer, "ada"), (phone, "ada"), (other, "grace")):
        sign_in(page, server, listener)
    go(computer, "Account")

    computer.get_by_role("button", name="Log out everywhere").click()

    expect_stranger(computer)
    phone.reload()
    expect_stranger(phone)
    assert is_signed_in(other, server)


def test_who_signs_in_is_greeted_by_name_and_their_songs_come_by_themselves(stranger, server):
    page = sign_in(stranger(), server, "grace")

    expect(page.get_by_role("heading", name="Hello, Grace")).to_be_visible()
    expect(page.get_by_text("demo data")).to_have_count(0)
    expect(page.get_by_text(re.compile(r"Your library · [1-9]\d* songs"))).to_be_visible()
    expect(page.get_by_role("button", name="Find out how my songs sound")).to_be_visible()
