"""What outlives a restart of the server."""

import pytest
from playwright.sync_api import expect

from tests.browser.files import OWN_FILE, upload
from tests.browser.screen import CALMER, listed_titles, move_slider, settled
from tests.browser.server import ForkedServer

pytestmark = pytest.mark.browser


def test_sliders_come_back_after_a_restart(stranger, tmp_path):
    with ForkedServer(tmp_path) as server:
        page = stranger()
        page.goto(server.url)
        upload(page, {"name": "mine.csv", "mimeType": "text/csv", "buffer": OWN_FILE.encode()})
        page.goto(f"{server.url}/recommend")
        listed_titles(settled(page))
        move_slider(page, "Energy", "End", what=CALMER)
        expect(page.get_by_role("button", name="Remove: Energy")).to_be_visible()

        server.stop()
        server.start()
        page.goto(f"{server.url}/recommend")

        expect(page.get_by_role("button", name="Remove: Energy")).to_be_visible()
