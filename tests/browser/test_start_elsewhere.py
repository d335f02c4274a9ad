"""A list starts from a part of the taste map, and from a row of a table of songs."""

import re

import pytest
from playwright.sync_api import expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.screen import drawn_to_the_end, in_view, listed_titles, press, settled, wait_for

pytestmark = pytest.mark.browser


MARKS = "Start from a part of the map"
MAP = ".st-key-map .nsewdrag:visible"
"""A map that was replaced in a busy tab may stay in the page, hidden and without height."""


def with_map(page):
    """Taste, with its map in view."""
    in_view(settled(page), "tastes", page.get_by_text(MARKS))
    return settled(page)


@pytest.fixture
def taste(visit):
    """Taste, with its map in view and a part of it to be marked."""
    page = with_map(visit("/taste"))
    press(page, page.get_by_text(MARKS))
    expect(page.locator(".st-key-map .shapelayer path")).to_have_count(2)  # a dark line on a light one
    expect(page.locator(MAP)).to_have_count(1)  # the map without the box is gone
    return settled(page)


def sliders(page):
    """The sliders of the two edges across the map."""
    return page.locator("[class*=st-key-map_across]").get_by_role("slider")


def starts_here(page):
    """Press the button below the map; the chip of what the list starts from."""
    page.locator(".st-key-map_start button").click()
    expect(page.get_by_role("heading", name="Recommend", level=1)).to_be_visible()
    assert listed_titles(settled(page))
    return page.locator(".chip").filter(has_text="of a part of the map")


def test_a_box_that_is_drawn_on_the_map_is_what_the_list_starts_from(taste):
    before = taste.locator(".st-key-map_start").text_content()
    plot = taste.locator(MAP).bounding_box()

    taste.mouse.move(plot["x"] + 5, plot["y"] + 5)
    taste.mouse.down()
    taste.mouse.move(plot["x"] + plot["width"] - 5, plot["y"] + plot["height"] - 5, steps=8)
    taste.mouse.up()

    expect(taste.locator(".st-key-map_start")).not_to_have_text(before)
    expect(sliders(taste).first).not_to_have_value("35")
    count = re.search(r"these ([\d,]+) songs", taste.locator(".st-key-map_start").inner_text())[1]
    expect(starts_here(taste)).to_contain_text(f"{count} songs of a part of the map")


def test_the_same_is_done_with_the_keyboard(taste):
    low = sliders(taste).first
    before = taste.locator(".st-key-map_start").text_content()

    low.press("Home")

    expect(taste.locator(".st-key-map_start")).not_to_have_text(before)
    expect(starts_here(taste)).to_be_visible()


def test_the_sliders_show_the_box_even_if_the_tab_draws_only_the_second_of_two_runs(stranger, server):
    page, sockets, asked, held, is_holding = stranger(), [], [], [], []

    def hold(to_browser):
        to_server = to_browser.connect_to_server()
        to_server.on_message(lambda message: (held.append if is_holding else to_browser.send)(message))
        to_browser.on_message(lambda message: (asked.append(message), to_server.send(message)))
        sockets.extend([to_browser, to_server])

    def runs():
        return sum(ForwardMsg.FromString(message).WhichOneof("type") == "script_finished" for message in held)

    page.route_web_socket(lambda address: "stream" in address, hold)
    page.goto(f"{server.url}/taste")
    drawn_to_the_end(settled(page))  # else what comes into view would run too
    to_browser, to_server = sockets

    is_holding.append(True)
    page.get_by_text(MARKS).click()
    wait_for(page, lambda: runs() == 1)
    to_server.send(asked[-1])
    wait_for(page, lambda: runs() == 2)
    is_holding.clear()
    for message in held:
        to_browser.send(message)

    expect(sliders(page).first).to_have_value("35")
    expect(sliders(page).last).to_have_value("65")


def test_more_like_one_of_the_odd_ones_out(visit):
    page = settled(visit("/taste"))
    in_view(page, "tastes", page.locator(".st-key-map .nsewdrag"))  # what is above the table moves it
    table = page.locator(".st-key-outliers")
    in_view(page, "odd_ones", table)
    table.evaluate("table => table.scrollIntoView({ block: 'center' })")
    settled(page)
    table.click(position={"x": 12, "y": 55})  # once it stays where it is

    button = page.locator(".st-key-more_like_outlier button")
    expect(button).to_contain_text("More like")
    title = re.search("“(.*)”", button.inner_text())[1]
    button.click()

    expect(page.get_by_role("heading", name="Recommend", level=1)).to_be_visible()
    expect(page.locator(".chip").filter(has_text=f"Starting from {title}")).to_be_visible()
