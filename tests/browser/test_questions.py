"""A question that the page asks by itself loses no click."""

import pytest
from playwright.sync_api import expect

from tests.browser.screen import settled

pytestmark = pytest.mark.browser

RECORD = """
    window.times = { asked: [], down: [], up: [] }
    const send = WebSocket.prototype.send
    WebSocket.prototype.send = function (message) {
        if (new TextDecoder().decode(message).includes('odd_ones_place__events')) times.asked.push(performance.now())
        return send.call(this, message)
    }
    addEventListener('pointerdown', () => times.down.push(performance.now()), true)
    addEventListener('pointerup', () => times.up.push(performance.now()), true)
"""
SEND_LATE = """
    const later = window.setTimeout, idle = window.requestIdleCallback
    let isAsking = false
    window.setTimeout = (act, ms, ...rest) => later(act, isAsking ? 2000 : ms, ...rest)
    window.requestIdleCallback = (act, options) => idle(() => {
        isAsking = true
        act()
        isAsking = false
        window.hasAsked = true
    }, options)
"""
"""What is asked for is sent two seconds later, as in a browser that has much to do."""
A_PRESS = 1_000
"""Milliseconds; what stays down longer is none."""


def test_pieces_that_come_into_view_together_are_asked_for_one_by_one(stranger, server):
    page = stranger()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.set_viewport_size({"width": 1280, "height": 6_000})

    page.goto(f"{server.url}/taste")

    for piece in (".st-key-map", ".st-key-outliers", ".st-key-card_files"):
        expect(page.locator(piece)).to_be_visible()
    assert not [text for text in said if "Multiple different fragmentIds" in text]


def test_nothing_is_asked_for_while_something_is_pressed(stranger, server):
    page = stranger()
    page.add_init_script(RECORD)
    page.goto(f"{server.url}/taste")
    box = settled(page).get_by_role("heading", name="Taste", level=1).bounding_box()
    place = page.locator(".st-key-odd_ones_place")

    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    place.evaluate("place => place.scrollIntoView()")
    page.wait_for_timeout(500)
    page.mouse.up()

    expect(page.locator(".st-key-outliers")).to_be_visible()
    times = page.evaluate("times")
    ends = min(times["up"][0], times["down"][0] + A_PRESS)
    assert [asked for asked in times["asked"] if asked < ends] == []
    assert times["asked"]


def test_a_press_before_a_question_was_sent_comes_after_it(stranger, server):
    page = stranger()
    page.add_init_script(SEND_LATE)
    page.goto(f"{server.url}/recommend")
    page.wait_for_function("() => window.hasAsked")

    page.get_by_role("button", name="Download", exact=True).click()

    expect(page.get_by_role("button", name="CSV for a spreadsheet")).to_be_visible()
