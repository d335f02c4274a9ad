"""Signing in as a listener does, what the page then says, and what must stay secret."""

import json

from playwright.sync_api import expect

from recsys.web.sign_in_problems import SENTENCES
from tests.browser.screen import settled
from tests.fakes.spotify import CLIENT_SECRET


def sign_in(page, server, listener="ada", path="/login"):
    """Go to Spotify, agree there, and come back."""
    page.goto(server.url + path)
    page.locator(f"#agree-{listener}").click()
    expect(page.get_by_text("Signed in as")).to_be_visible()
    return settled(page)


def expect_signed_in(page, name="Ada"):
    expect(page.get_by_text(f"Signed in as {name}")).to_be_visible()


def expect_stranger(page):
    expect(page.get_by_text("Signed in as")).to_have_count(0)
    expect(settled(page).get_by_text("Signed in as")).to_have_count(0)


def expect_refused(page, why):
    """Back on the first page, with the sentence that says why, and an address that can be shown to anybody."""
    expect(page.get_by_test_id("stAlert").first).to_contain_text(SENTENCES[why])
    expect(page).to_have_url(page.url.split("?")[0])


def is_signed_in(page, server):
    """Whether this browser is somebody, as the server tells programs."""
    return page.request.get(f"{server.url}/api/me").ok


def session_cookie(page):
    """The session cookie as the browser holds it; None before the first page."""
    return next((cookie for cookie in page.context.cookies() if cookie["name"] == "tonearm"), None)


def secrets_of(spotify):
    """Everything Spotify gave or was given that nobody else may ever see."""
    asked = [seen.body for seen in spotify.requests if seen.call == "POST /api/token"]
    given = {body.get(name) for body in asked for name in ("code", "code_verifier", "refresh_token")}
    return {CLIENT_SECRET, *spotify.access_tokens, *spotify.refresh_tokens, *spotify.codes, *filter(None, given)}


class Witness:
    """Writes down all that a tab receives, says and keeps: pages, sockets, console, requests, storage."""

    def __init__(self, page):
        self._page = page
        self.received, self.addresses = [], []
        page.on("console", lambda message: self.received.append(message.text))
        page.on("request", lambda request: self.addresses.append(request.url))
        page.on("websocket", lambda socket: socket.on("framereceived", self._frame))

    def _frame(self, payload):
        self.received.append(payload if isinstance(payload, str) else payload.decode("utf-8", "replace"))

    def everything(self):
        """As one text; addresses aside."""
        in_storage = self._page.evaluate(
            "[document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage), "
            "JSON.stringify(history.state), document.documentElement.outerHTML]"
        )
        return json.dumps([*self.received, *in_storage], ensure_ascii=False)
