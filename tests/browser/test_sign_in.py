"""Signing in and out in a real browser, against an invented Spotify, and the ways to trick somebody doing it."""

import pytest
from playwright.sync_api import expect

from recsys.web.sign_in_problems import SENTENCES
from tests.browser.accounts import OtherSite, Witness, is_signed_in, secrets_of, session_cookie, sign_in
from tests.browser.files import OWN_FILE, upload
from tests.browser.screen import go, settled
from tests.browser.server import connected_server
from tests.fakes.spotify import FakeSpotify, Fault

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def spotify():
    with FakeSpotify(saved=40) as fake:
        yield fake


@pytest.fixture(scope="module")
def server(tmp_path_factory, spotify):
    with connected_server(tmp_path_factory.mktemp("data"), spotify) as running:
        yield running


@pytest.fixture
def tokens_asked(spotify):
    """How many codes were exchanged since the test began."""
    before = spotify.count("POST /api/token")
    return lambda: spotify.count("POST /api/token") - before


@pytest.fixture
def evil():
    with OtherSite() as site:
        yield site


def expect_signed_in(page, name="Ada"):
    expect(page.get_by_text(f"Signed in as {name}")).to_be_visible()


def expect_stranger(page):
    expect(settled(page).get_by_test_id("stSidebar")).to_be_visible()
    expect(page.get_by_text("Signed in as")).to_have_count(0)


def expect_refused(page, why):
    """Back on the first page, with the sentence that says why, and an address that can be shown to anybody."""
    expect(page.get_by_test_id("stAlert").first).to_contain_text(SENTENCES[why])
    expect(page).to_have_url(page.url.split("?")[0])


def callback_of_another(spotify, browser, server, listener="grace"):
    """The link by which an attacker's own sign-in would end."""
    browser.goto(f"{server.url}/login")
    return spotify.approve(browser.url, listener)


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


def test_a_second_browser_is_a_stranger(visit, stranger, server):
    sign_in(stranger(), server)
    other = visit("/account")
    expect_stranger(other)
    assert not is_signed_in(other, server)


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites_forms(stranger, server):
    page = sign_in(stranger(), server)

    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert "tonearm_sign_in" not in cookies
    assert cookies["tonearm"]["httpOnly"]
    assert cookies["tonearm"]["sameSite"] == "Lax"
    assert cookies["tonearm"]["value"] not in page.evaluate("document.cookie")


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
    spotify.fail_next("POST /api/token", Fault.server_error())
    page.goto(f"{server.url}/login")
    page.locator("#agree-ada").click()
    expect_refused(page, "unreachable")
    sign_in(page, server)
    go(page, "Library")

    log = server.log.read_text()
    assert "Sign-in ended: unreachable" in log
    assert not [secret for secret in {*secrets_of(spotify), session_cookie(page)["value"]} if secret in log]


def test_a_forged_state_is_refused(stranger, server, tokens_asked):
    page = stranger()
    page.goto(f"{server.url}/login")
    page.goto(f"{server.url}/callback?code=AQstolen&state=forged")

    expect_refused(page, "state")
    assert tokens_asked() == 0


def test_a_replayed_callback_is_refused_and_the_session_goes_on(stranger, server, tokens_asked):
    page = stranger()
    witness = Witness(page)
    sign_in(page, server)
    callback = next(address for address in witness.addresses if "/callback?" in address)

    page.goto(callback)

    expect_refused(page, "expired")
    expect_signed_in(page)
    assert tokens_asked() == 1


@pytest.mark.parametrize("is_signing_in_too, why", [(False, "expired"), (True, "state")])
def test_a_victim_is_not_signed_in_as_the_attacker(
    stranger, server, spotify, evil, tokens_asked, is_signing_in_too, why
):
    trap = callback_of_another(spotify, stranger(), server)
    victim = stranger()
    if is_signing_in_too:
        victim.goto(f"{server.url}/login")

    victim.goto(evil.page(f'<a href="{trap.replace("&", "&amp;")}">A nice song</a>'))
    victim.get_by_text("A nice song").click()

    expect_refused(victim, why)
    expect_stranger(victim)
    assert tokens_asked() == 0


@pytest.mark.parametrize("following", ["//evil.example/", "https%3A%2F%2Fevil.example", "/%5Cevil.example"])
def test_signing_in_leads_nowhere_else(stranger, server, following):
    page = sign_in(stranger(), server, path=f"/login?next={following}")
    assert page.url == f"{server.url}/"


def test_a_planted_session_is_not_adopted(stranger, visit, server):
    attacker = visit()
    planted = session_cookie(attacker)
    victim = stranger()
    victim.context.add_cookies([planted])

    sign_in(victim, server)

    assert session_cookie(victim)["value"] != planted["value"]
    attacker.reload()
    expect_stranger(attacker)
    assert not is_signed_in(attacker, server)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_another_site_cannot_log_anybody_out(stranger, server, evil, host):
    page = sign_in(stranger(), server)
    form = f'<form id="f" method="post" action="{server.url}/logout"></form><script>f.submit()</script>'

    page.goto(evil.page(form, host))

    expect(page.get_by_text("Log out from the app's own page.")).to_be_visible()
    page.goto(f"{server.url}/logout")
    assert is_signed_in(page, server)


def test_localhost_is_mended_to_the_address_spotify_knows(stranger, server):
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
    other_tab.goto(f"{server.url}/taste")
    expect_signed_in(other_tab)

    page.get_by_role("button", name="Log out").click()
    expect_stranger(page)
    go(other_tab, "Library")

    expect_stranger(other_tab)
    assert not is_signed_in(page, server)


def test_what_a_guest_brought_in_is_the_listeners_after_signing_in(visit, server):
    page = upload(visit(), {"name": "mine.csv", "mimeType": "text/csv", "buffer": OWN_FILE.encode()})

    sign_in(page, server, "nell")

    expect(page.get_by_text("your library, 40 tracks")).to_be_visible()
    expect_signed_in(page, "nell")
