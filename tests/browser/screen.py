"""What the browser tests do on a page: wait until it is settled, follow a link, move a slider."""

import time
from contextlib import contextmanager

from playwright.sync_api import Error, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.chromium import PATIENCE, SOCKETS

DRAWN = "new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))"

TO_THE_FIRST = "places => places[0]?.scrollIntoView()"
"""Scrolls to the first of the places that are not drawn yet. Where all are drawn by now, it waits for none."""

IN_MORE = ("Recipes", "Weekly songs", "Your ratings")

CALMER = "calm to intense"
"""The name of the aim of energy, beside the slider of its weight."""


def settled(page):
    """Wait until the page is drawn to its end: the script has begun (it lists the pages) and ended."""
    expect(page.get_by_test_id("stSidebarNavLink").first).to_be_attached()
    expect(page.locator("[data-test-connection-state=CONNECTED][data-test-script-state=notRunning]")).to_be_attached()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    return page


def what_is_on(page):
    """What a screen reader finds on the page; an error where the tab does not answer."""
    try:
        return page.locator("body").aria_snapshot(timeout=5_000)
    except Error as problem:
        return f"The tab does not answer: {problem}"


@contextmanager
def answered(page):
    """Wait until a run of the script that began within the block has ended, and the tab has drawn what it was sent."""
    began = False

    def ended(message):
        nonlocal began
        kind = ForwardMsg.FromString(message).WhichOneof("type")
        began |= kind == "new_session"
        return began and kind == "script_finished"

    with SOCKETS[page].expect_event("framereceived", ended):
        yield
    page.evaluate(DRAWN)


def press(page, locator):
    """Press something that makes the server answer, and wait for the answer."""
    with answered(page):
        locator.click()
    return settled(page)


def go(page, name):
    """Follow a link of the sidebar's navigation."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    return settled(page)


def turned_to(page, name):
    """Another page, by the menu; which is folded away after a look at a phone's size."""
    if page.get_by_test_id("stExpandSidebarButton").is_visible():
        page.get_by_test_id("stExpandSidebarButton").click()
    return go(page, name)


def wait_for(page, is_reached, seconds=120):
    """Wait until something holds that is not on the page."""
    deadline = time.monotonic() + seconds
    while not is_reached():
        assert time.monotonic() < deadline, f"not reached in {seconds} s"
        page.wait_for_timeout(100)


def drawn_to_the_end(page):
    """The page once everything is drawn that waits until it is seen."""
    while places := page.locator("[class*=_place]").count():
        page.locator("[class*=_place]").evaluate_all(TO_THE_FIRST)
        page.wait_for_function("n => document.querySelectorAll('[class*=_place]').length < n", arg=places)
        settled(page)
    return page


def in_view(page, name, drawn):
    """Scroll to a piece that is drawn once it is seen, until it is: what is drawn above it moves it away again."""
    deadline = time.monotonic() + 2 * PATIENCE / 1000
    while not drawn.is_visible() and time.monotonic() < deadline:
        page.locator(f".st-key-{name}_place").evaluate_all(TO_THE_FIRST)
        page.wait_for_timeout(500)
    expect(drawn).to_be_visible()


def open_panel(page, name):
    """Open what is above the list: a panel of its own, or a tab of "More"."""
    press(page, page.get_by_role("button", name="More" if name in IN_MORE else name, exact=True))
    tab = page.get_by_role("tab", name=name)
    if name in IN_MORE and tab.get_attribute("aria-selected") == "false":
        press(page, tab)
        expect(tab).to_have_attribute("aria-selected", "true")


def move_slider(page, name, key, what="how much it counts"):
    """Press a key on a slider of the mixer, so that it moves, and wait for what that changes."""
    slider = page.get_by_role("slider", name=f"{name}: {what}")
    with answered(page):
        slider.press(key)
    return settled(page)


def listed_titles(page):
    """The titles of the ranked list, best first, once it is drawn."""
    expect(page.locator(".row .name").first).to_be_visible()
    return page.locator(".row .name").all_inner_texts()


def expect_titles(page, titles):
    """Wait until the ranked list has these titles, best first."""
    expect(page.locator(".row .name")).to_have_text(titles)
