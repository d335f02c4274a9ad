"""Every way to trick a listener into a sign-in or out of it, tried in real browsers."""

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import (
    Witness,
    expect_refused,
    expect_signed_in,
    expect_stranger,
    is_signed_in,
    session_cookie,
    sign_in,
)
from tests.browser.other_site import OtherSite

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(connected):
    return connected


@pytest.fixture
def evil():
    with OtherSite() as site:
        yield site


def callback_of_another(spotify, browser, server, listener="grace"):
    """The link by which an attacker's own sign-in would end."""
    browser.goto(f"{server.url}/login")
    return spotify.approve(browser.url, listener)


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


def test_another_site_cannot_log_anybody_out(stranger, server, evil):
    page = sign_in(stranger(), server)
    form = f'<form id="f" method="post" action="{server.url}/logout"></form><script>f.submit()</script>'

    for host in ("localhost", "127.0.0.1"):
        page.goto(evil.page(form, host))

        expect(page.get_by_text("Log out from the app's own page.")).to_be_visible()
        page.goto(f"{server.url}/logout")
        assert is_signed_in(page, server)
