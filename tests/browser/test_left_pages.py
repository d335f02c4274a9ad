"""A move on a page and a click that leaves it, in either order."""

import pytest
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser.screen import settled, wait_for

pytestmark = pytest.mark.browser


def test_a_request_that_arrives_after_its_page_was_left_does_not_empty_the_next_one(stranger, server):
    page = stranger()
    late = []

    def watch(socket):
        up = socket.connect_to_server()

        def pass_on(message):
            asked = BackMsg.FromString(message).rerun_script
            if asked.fragment_id:
                late.append(message)  # the list asks for the colours of its sleeves when it is drawn
                return
            up.send(message)
            for held in late if asked.page_script_hash else []:
                up.send(held)

        socket.on_message(pass_on)

    page.route_web_socket("**/_stcore/stream", watch)
    page.goto(f"{server.url}/recommend")
    expect(page.locator(".row .name").first).to_be_visible()
    wait_for(page, lambda: late)

    page.get_by_test_id("stSidebarNavLink").filter(has_text="Library").click()

    expect(page.get_by_text("Import files")).to_be_visible()
    expect(settled(page).get_by_role("heading", name="Library", level=1)).to_be_visible()
