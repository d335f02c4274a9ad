"""Everything that can be done with a list, a mixer and a picture, on a phone; what a row offers also on a desk."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.files import OWN_FILE, list_file, rows_of, upload
from tests.browser.screen import CALMER, expect_titles, listed_titles, move_slider, press, settled, turned_to

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
COLUMNS, OWN = OWN_FILE.split("\n", 1)
OTHERS = "".join(
    f"cat{n:019d},Track {n},Group {n},0.{n % 8 + 1},0.{n % 6 + 3},0.{n % 5 + 2},{85 + n},0.{n % 3 + 2}\n"
    for n in range(60)
)


def on_phone(visit, path="/"):
    page = visit(path, user_agent=IPHONE, is_mobile=True, has_touch=True)
    page.set_viewport_size(PHONE)
    return settled(page)


def file(name, lines):
    return {"name": name, "mimeType": "text/csv", "buffer": f"{COLUMNS}\n{lines}".encode()}


def expect_no_sideways_scrolling(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.fixture(params=["phone", "desk"])
def real(request, visit):
    """A list of songs at Spotify for a listener with songs of their own. Spotify's player is not really asked."""
    page = on_phone(visit) if request.param == "phone" else settled(visit())
    page.context.route("https://open.spotify.com/**", lambda route: route.fulfill(body="", content_type="text/html"))
    upload(page, file("mine.csv", OWN))
    turned_to(page, "Library").get_by_text("The catalogue recommendations come from").click()
    page.locator("input[type=file]").last.set_input_files(file("catalogue.csv", OTHERS))
    expect(page.get_by_text("In use: 60 songs, all with audio features")).to_be_attached()
    listed_titles(turned_to(page, "Recommend"))
    return page


def test_a_row_is_explained_rated_played_kept_blocked_and_made_the_start(real):
    rows, chips = real.locator(".row"), real.locator(".chip")
    titles = listed_titles(real)

    def button(name, title):
        return real.get_by_role("button", name=f"{name}: {title}", exact=True)

    rows.first.locator(".head-line").click()
    expect(rows.first.locator(".lines")).to_contain_text("Closest of your own:")
    expect(rows.first.locator(".reason").first).to_be_in_viewport()
    press(real, button("Not for me", titles[0]))
    expect(real.get_by_text(f"Got it: fewer songs like “{titles[0]}”.").first).to_be_visible()
    expect(rows.first.locator(".name")).not_to_have_text(titles[0])
    press(real, real.locator("button.pill", has_text="Undo"))
    expect(rows.first.locator(".name")).to_have_text(titles[0])

    press(real, button("More of this", titles[1]))
    expect(real.get_by_text(f"Got it: more songs like “{titles[1]}”.").first).to_be_visible()
    press(real, real.locator("button.pill", has_text="Undo"))
    expect(rows.nth(1).locator(".name")).to_have_text(titles[1])

    player = real.get_by_role("complementary", name="Player")
    for title in titles[:2]:
        button("Play", title).click()
        expect(player.get_by_title(f"Spotify player: {title}")).to_be_in_viewport()
        expect(player.locator("iframe")).to_have_count(1)
    player.get_by_role("button", name="Close player").click()
    expect(player).to_be_hidden()
    expect(button("Play", titles[1])).to_be_focused()

    button("Menu", titles[2]).click()
    with real.context.expect_page() as opened:
        real.get_by_role("menuitem", name="Open in Spotify").click()
    assert opened.value.url.startswith("https://open.spotify.com/track/cat0")
    opened.value.close()
    button("Menu", titles[2]).click()
    press(real, real.get_by_role("menuitem", name="Never Group"))
    expect(chips).to_have_text([re.compile("Never Group")])
    expect(rows.nth(2).locator(".name")).not_to_have_text(titles[2])
    press(real, chips.get_by_role("button", name="Remove: Never Group"))
    expect(chips).to_have_count(0)

    rows.nth(3).locator(".head-line").click()
    press(real, button("Keep at this place", titles[3]))
    expect(button("Keep at this place", titles[3])).to_have_attribute("aria-pressed", "true")
    button("Menu", titles[4]).click()
    press(real, real.get_by_role("menuitem", name="More like this"))
    expect(chips.first).to_contain_text(f"Starting from {titles[4]}")
    expect_no_sideways_scrolling(real)


def test_the_sheet_of_a_phone_steers_by_presets_aims_and_weights_above_which_the_list_stays_in_sight(visit):
    page = on_phone(visit, "/recommend")
    before = listed_titles(page)
    chips = page.get_by_role("list", name="What is set").get_by_role("listitem")
    page.get_by_role("button", name="Steer").click()
    expect(page.get_by_role("button", name="Done")).to_be_focused()

    press(page, page.get_by_role("button", name="Mood", exact=True))
    expect(page.get_by_role("button", name="Mood", exact=True)).to_have_attribute("aria-pressed", "true")
    move_slider(page, "Energy", "Home", what=CALMER)
    move_slider(page, "Valence", "End")
    expect(page.locator(".moved")).to_be_in_viewport()
    press(page, page.get_by_text("More settings"))
    page.get_by_text("Songs between two of one artist or album").scroll_into_view_if_needed()
    expect(page.get_by_role("slider", name=f"Energy: {CALMER}")).not_to_be_in_viewport()
    expect(page.get_by_role("button", name="Done")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("button", name="Done")).not_to_be_in_viewport()

    expect(chips.first).to_contain_text("Energy far calmer")
    press(page, page.get_by_role("button", name="Undo", exact=True))
    expect(chips).to_have_text([re.compile("Energy far calmer"), re.compile("Preset Mood"), "Clear all"])
    assert [row["title"] for row in rows_of(list_file(page))] == listed_titles(page) != before
    page.keyboard.press("Escape")
    press(page, page.get_by_role("button", name="Clear all"))
    expect(chips).to_have_count(0)
    expect_titles(page, before)
    hold = page.get_by_role("button", name="Hold to see the list before")
    hold.dispatch_event("pointerdown", {"pointerId": 1, "isPrimary": True})
    expect(page.locator("ol.before")).to_be_visible()
    hold.dispatch_event("pointerup", {"pointerId": 1, "isPrimary": True})
    expect(page.locator("ol.before")).to_be_hidden()
    expect_no_sideways_scrolling(page)


def test_what_is_stored_is_counted_in_sight_on_a_phone(visit):
    page = upload(on_phone(visit), file("mine.csv", OWN))
    turned_to(page, "Account").get_by_text("What we store").click()
    stored = page.get_by_role("row").filter(has_text="Tracks in your library").get_by_role("cell")
    expect(stored.last).to_have_text("40")
    expect(stored.last).to_be_in_viewport(ratio=1)


def test_the_buttons_of_a_table_cover_nothing_on_a_phone(visit):
    page = on_phone(visit, "/library")
    buttons = page.get_by_test_id("stElementToolbar").first
    expect(buttons).to_be_visible()
    above = page.locator(".st-key-real_songs_library").bounding_box()
    assert buttons.bounding_box()["y"] >= above["y"] + above["height"]


def test_a_phone_moves_the_first_list_closes_its_menu_after_a_choice_and_opens_the_details_of_a_taste(visit):
    page = on_phone(visit)
    songs = page.get_by_role("list", name="The list, best first").get_by_role("listitem")
    first = songs.first.inner_text()
    page.get_by_role("slider", name="Energy of the list").press("Home")
    expect(songs.first).not_to_contain_text(first.split("\n")[0])

    link = page.get_by_test_id("stSidebarNavLink").filter(has_text="Taste")
    expect(link).not_to_be_in_viewport()
    turned_to(page, "Taste")
    expect(page.get_by_role("heading", name="Taste", level=1)).to_be_in_viewport()
    expect(link).not_to_be_in_viewport()
    page.get_by_role("radio", name="Energy", exact=True).click()
    expect(page.locator(".st-key-distribution_energy .js-plotly-plot")).to_be_visible()
    expect_no_sideways_scrolling(page)
