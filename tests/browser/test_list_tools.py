"""Songs that keep their place, the list before at the press of a button, and the curve of an order."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.screen import CALMER, expect_titles, listed_titles, move_slider, press, settled

pytestmark = pytest.mark.browser


def lock(page, title):
    return page.get_by_role("button", name=f"Keep at this place: {title}", exact=True)


def hold(page):
    return page.get_by_role("button", name="Hold to see the list before")


def test_a_locked_song_stays_where_it_is_until_it_is_released(page):
    title = listed_titles(page)[20]
    press(page, lock(page, title))
    expect(lock(page, title)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".chip")).to_have_text([re.compile("Kept at its place 1 song")])

    move_slider(page, "Energy", "Home", what=CALMER)
    move_slider(page, "Valence", "End")
    moved = listed_titles(page)
    assert moved[20] == title

    press(page, lock(page, title))

    expect(page.get_by_text(f"“{title}” may move again.").first).to_be_attached()
    expect(page.locator(".row .name").nth(20)).not_to_have_text(title)
    press(page, page.get_by_role("button", name="Undo", exact=True))
    expect(page.locator(".row .name").nth(20)).to_have_text(title)


def test_the_list_before_is_shown_while_the_button_is_held(page):
    before = listed_titles(page)
    expect(hold(page)).to_be_hidden()
    move_slider(page, "Energy", "Home", what=CALMER)
    after = listed_titles(page)
    shown, earlier = page.locator("ol.rows:not(.before)"), page.locator("ol.before")

    box = hold(page).bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    expect(earlier.locator(".name")).to_have_text(before)
    expect(earlier.locator(".gone")).to_have_count(len(set(before) - set(after)))
    expect(shown).to_be_hidden()
    page.mouse.up()
    expect(shown).to_be_visible()
    expect(earlier).to_be_hidden()

    hold(page).focus()
    page.keyboard.down(" ")
    expect(earlier).to_be_visible()
    expect(hold(page)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text(f"The list before began with {before[0]}")).to_be_attached()
    page.keyboard.up(" ")
    expect(earlier).to_be_hidden()

    hold(page).evaluate("button => button.click()")  # as a screen reader presses it
    expect(earlier).to_be_visible()
    hold(page).evaluate("button => button.click()")
    expect(earlier).to_be_hidden()


def test_an_order_is_drawn_and_says_what_it_cost(visit):
    page = settled(visit("/recommend?order=rise&by=energy"))
    listed_titles(page)

    curve = page.get_by_role("img", name=re.compile("^Energy from the first song to the last: lowest at song 1 "))
    expect(curve).to_be_visible()
    heights = curve.locator("circle").evaluate_all("dots => dots.map(dot => -dot.cy.baseVal.value)")
    assert heights == sorted(heights)
    expect(page.get_by_text(re.compile(r"^The order moved \d+ songs: the first ten score"))).to_be_visible()
    press(page, page.get_by_role("button", name="Remove: Order rising"))
    expect(curve).to_be_hidden()


CHANGES = {
    "weights=energy:5": "counts: a lot",
    "shifts=energy:1": "a little more intense",
    "only=energy:0.5..": "from 0.5",
    "not_artist=Nobody%20At%20All": "Nobody At All",
    "order=fall": "falling",
    "no_live=true": "live recordings",
    "minutes=45": "45 minutes",
    "from=everything": "everything, yours too",
    "spacing=2": "2 songs",
}
"""Every kind of change as a link says it, and its chip."""


def test_each_kind_of_change_is_undone_and_done_again(visit):
    page = settled(visit("/recommend?" + "&".join(CHANGES)))
    listed_titles(page)
    chips = page.locator(".chip")
    expect(chips).to_have_count(len(CHANGES))

    for undone, words in enumerate(CHANGES.values(), start=1):
        chip, changed = chips.filter(has_text=words), listed_titles(page)
        press(page, chip.get_by_role("button"))
        expect(chip).to_have_count(0)
        plain = listed_titles(page)

        press(page, page.get_by_role("button", name="Undo", exact=True))
        expect(chip).to_be_visible()
        expect_titles(page, changed)

        press(page, page.get_by_role("button", name="Redo", exact=True))
        expect(chips).to_have_count(len(CHANGES) - undone)
        expect(chip).to_have_count(0)
        expect_titles(page, plain)


def test_what_a_list_starts_from_is_undone_and_done_again(page):
    first = listed_titles(page)
    page.get_by_role("button", name=f"Menu: {first[0]}").click()
    press(page, page.get_by_role("menuitem", name="More like this"))
    expect(page.locator(".chip")).to_contain_text(f"Starting from {first[0]}")

    press(page, page.get_by_role("button", name="Undo", exact=True))
    expect(page.locator(".chip")).to_have_count(0)
    expect_titles(page, first)

    press(page, page.get_by_role("button", name="Redo", exact=True))
    expect(page.locator(".chip")).to_contain_text(f"Starting from {first[0]}")
