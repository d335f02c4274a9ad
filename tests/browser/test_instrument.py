"""The recommend page as an instrument: every movement of the mixer and every part of a row, by mouse, key and thumb."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.accessibility import tabs_to_the_first_row
from tests.browser.files import OWN_FILE, upload
from tests.browser.screen import CALMER, answered, expect_titles, listed_titles, move_slider, press, settled

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


def test_an_aim_changes_the_list_and_says_what_came_went_rose_and_fell_and_a_row_in_which_feature(page):
    before = listed_titles(page)
    move_slider(page, "Energy", "ArrowLeft", what=CALMER)

    for row in page.locator(".row").all():
        title, mark = row.locator(".name").inner_text(), row.locator(".up, .down")
        if mark.count():
            rose = before.index(title) + 1 - int(row.locator(".number").inner_text())
            assert mark.inner_text() == f"{'▲' if rose > 0 else '▼'}{abs(rose)}"
    expect(page.locator(".up").first).to_be_visible()

    before = listed_titles(page)
    move_slider(page, "Energy", "Home", what=CALMER)

    energy = page.get_by_role("slider", name=f"Energy: {CALMER}")
    expect(energy).to_have_attribute("aria-valuetext", "far calmer than you")
    moved = page.locator(".moved")
    for line, words in zip(moved.locator("> span").all(), ("in", "out"), strict=True):
        expect(line).to_have_text(re.compile(rf"^\d+ {words}: .+"))
        expect(line).to_have_js_property("offsetLeft", moved.evaluate("line => line.offsetLeft"))
    after = listed_titles(page)
    entered = set(after) - set(before)
    assert int(re.match(r"\d+", moved.inner_text()).group()) == len(entered) > 0
    new = page.locator(".row", has=page.locator(".new")).locator(".name").all_inner_texts()
    assert set(new) == entered
    expect(page.locator(".sentence")).to_contain_text("calmer", ignore_case=True)
    expect(page.get_by_role("status")).to_contain_text(f"{len(entered)} in, ")

    row = page.locator(".row", has=page.locator(".because", has_text="calm")).first
    row.locator(".head-line").click()
    expect(row.locator(".reason", has_text="Energy")).to_have_text(re.compile(r"^Energy calm\+\d"))


def test_everything_that_is_set_is_a_chip_and_each_can_be_removed(page):
    first = listed_titles(page)
    press(page, page.get_by_role("button", name="Mood"))
    move_slider(page, "Energy", "ArrowLeft", what=CALMER)
    chips = page.get_by_role("list", name="What is set").get_by_role("listitem")
    expect(chips).to_have_text([re.compile("Energy a little calmer"), re.compile("Preset Mood"), "Clear all"])
    expect(page.get_by_role("button", name="Mood", exact=True)).to_have_attribute("aria-pressed", "true")

    press(page, page.get_by_role("button", name="Remove: Energy a little calmer"))
    expect(chips).to_have_text([re.compile("Preset Mood")])
    press(page, page.get_by_role("button", name="Remove: Preset Mood"))

    expect(chips).to_have_count(0)
    expect(page.get_by_role("button", name="Balanced")).to_have_attribute("aria-pressed", "true")
    expect_titles(page, first)


@contextmanager
def pressed(page, locator):
    """The pointer is down on it, and is released where it is when the block ends."""
    box = locator.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    yield
    page.mouse.up()


def move_meanwhile(page, name, position):
    """Move an aim without the pointer, as a finger beside it would, and wait until its answer has arrived."""
    with answered(page):
        page.get_by_role("slider", name=f"{name}: ").and_(page.locator(".aim")).evaluate(
            "(aim, to) => { aim.value = to; aim.dispatchEvent(new Event('input')) }", position
        )


def test_a_chip_that_is_pressed_while_an_answer_arrives_is_removed(page):
    move_slider(page, "Valence", "End", what="sad or angry to happy")
    happier = page.locator(".chip", has_text="Valence")

    with pressed(page, happier.get_by_role("button")):
        move_meanwhile(page, "Energy", -4)
        expect(page.locator(".chip")).to_have_count(1)

    expect(happier).to_have_count(0)
    expect(page.locator(".chip")).to_contain_text(["Energy far calmer"])


def test_a_row_opens_under_the_pointer_that_pressed_it_while_the_list_changed_and_no_press_of_a_preset_is_lost(page):
    titles = listed_titles(page)
    with pressed(page, page.locator(".row .head-line").nth(4)):
        move_meanwhile(page, "Energy", -1)
        expect_titles(page, titles)
    expect(page.locator(".row.open .name")).to_have_text(titles[4])
    expect(page.locator(".chip")).to_contain_text("Energy a little calmer")
    assert listed_titles(page) != titles

    mood = page.get_by_role("button", name="Mood", exact=True)
    with pressed(page, mood):
        move_meanwhile(page, "Energy", -4)
        expect(page.locator(".chip")).to_contain_text("Energy far calmer")
    expect(mood).to_have_attribute("aria-pressed", "true")


def test_a_press_that_is_released_elsewhere_or_never_keeps_neither_the_list_nor_an_answer_that_came_meanwhile(page):
    titles = listed_titles(page)
    with pressed(page, page.locator(".row .head-line").nth(4)):
        move_meanwhile(page, "Energy", -4)
        page.mouse.move(2, 2)
        expect_titles(page, titles)
    expect(page.locator(".chip")).to_contain_text("Energy far calmer")

    with pressed(page, page.locator(".row .head-line").nth(4)):
        move_meanwhile(page, "Energy", 0)
        expect(page.locator(".chip")).to_have_count(0)
        expect_titles(page, titles)

    with pressed(page, page.locator(".row .head-line").nth(4)):
        move_meanwhile(page, "Energy", -1)
        # The mixer is late: the list draws its next answer without it, a second after it arrived.
        page.evaluate("() => { window.dispatchEvent = () => true }")
        move_meanwhile(page, "Energy", -4)
        page.mouse.move(2, 2)  # no click, so the server is asked nothing that would bring the answer again
    expect(page.locator(".chip")).to_contain_text("Energy far calmer")


def test_a_chip_that_is_removed_moves_the_setting_that_is_open_and_resetting_the_mixer_leaves_it(page):
    press(page, page.get_by_text("More settings"))
    label = page.get_by_text("Only artists that are new to me")
    expect(label).to_be_in_viewport()
    switch = page.get_by_role("switch", name="Only artists that are new to me")
    press(page, label)
    expect(page.locator(".chip")).to_have_text([re.compile("Artists only new to me")])
    expect(switch).to_be_checked()

    press(page, page.get_by_role("button", name="Remove: Artists only new to me"))

    expect(switch).not_to_be_checked()
    expect(page.locator(".chip")).to_have_count(0)

    press(page, label)
    move_slider(page, "Tempo", "End")
    press(page, page.get_by_role("button", name="Reset"))

    expect(page.locator(".chip")).to_have_text([re.compile("Artists only new to me")])
    expect(page.get_by_role("slider", name="Tempo: how much")).to_have_attribute("aria-valuetext", "normal")


DRAWN_TOGETHER = """() => {
    const roots = [...document.querySelectorAll('.stBidiComponent *')].map(each => each.shadowRoot).filter(Boolean)
    const [rows, features] = ['.rows', '.features'].map(
        place => roots.map(root => root.querySelector(place)).find(Boolean))
    window.drawn = new Promise(resolve => {
        const observer = new MutationObserver(changes => {
            const isOf = place => changes.some(({target}) => place.contains(target))
            const isMoved = rows.getRootNode().querySelector('.chip') // the colours of sleeves come by themselves
            if (isMoved && isOf(rows)) resolve(isOf(features))
        })
        for (const place of [rows, features]) observer.observe(place, {childList: true, subtree: true})
    })
}"""
"""Whether the mixer is drawn in the moment in which the list is, as a promise."""


def components_in(messages):
    """The names of all elements in what a tab was sent; "" for those that are not ours."""
    deltas = [ForwardMsg.FromString(message).delta for message in messages]
    return {one.new_element.bidi_component.component_name for one in deltas if one.HasField("new_element")}


def test_a_move_of_the_mixer_sends_list_and_mixer_and_nothing_else_and_both_are_drawn_in_the_same_moment(
    stranger, server
):
    sent, page = [], stranger()
    page.on("websocket", lambda socket: socket.on("framereceived", lambda message: sent.append(message)))
    page.goto(server.url + "/recommend")
    listed_titles(settled(page))
    page.evaluate(DRAWN_TOGETHER)
    sent.clear()

    move_slider(page, "Energy", "Home", what=CALMER)

    assert components_in(sent) == {"tonearm.list", "tonearm.mixer"}
    assert page.evaluate("drawn")

    press(page, page.get_by_text("More settings"))
    expect(page.get_by_text("Only artists that are new to me")).to_be_visible()
    settled(page)
    sent.clear()

    move_slider(page, "Energy", "End", what=CALMER)

    assert components_in(sent) == {"tonearm.list", "tonearm.mixer"}, "with the settings open"


def test_the_list_follows_while_an_aim_is_dragged(page):
    aim = page.get_by_role("slider", name=f"Energy: {CALMER}")
    box = aim.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 12)
    page.mouse.down()

    page.mouse.move(box["x"] + 10, box["y"] + 12, steps=5)

    expect(page.locator(".chip")).to_contain_text("calmer")  # the thumb is still held
    page.mouse.up()
    expect(page.locator(".chip")).to_contain_text("far calmer")


def test_tab_reaches_the_first_row_within_ten_arrows_walk_them_and_keys_open_reasons(page):
    first = page.locator(".row .head-line").first
    assert tabs_to_the_first_row(page) <= 10

    page.keyboard.press("ArrowDown")
    expect(page.locator(".row .head-line").nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator(".row .head-line").last).to_be_focused()
    page.keyboard.press("Home")
    expect(first).to_be_focused()

    row = page.locator(".row").first
    head = row.locator(".head-line")
    expect(head).to_have_attribute("aria-expanded", "false")

    head.press("Enter")

    expect(head).to_have_attribute("aria-expanded", "true")
    expect(row.locator(".reason span").first).to_have_text("Genre")
    expect(row.locator(".lines")).to_contain_text(re.compile("Without genre it (would|could)"))
    expect(row.locator(".lines")).to_contain_text("Closest of your own:")
    expect(row.locator(".because span").first).to_have_text("your genres")
    expect(page.locator(".shared")).to_have_text("Strongest reason for all 30 songs:your genres")
    head.press(" ")
    expect(head).to_have_attribute("aria-expanded", "false")
    expect(row.locator(".detail")).to_be_hidden()


def test_the_menu_starts_a_list_from_a_song_and_gives_the_focus_back(page):
    title = listed_titles(page)[2]
    button = page.get_by_role("button", name=f"Menu: {title}")
    button.click()
    expect(page.get_by_role("menuitem", name="More like this")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_be_hidden()
    expect(button).to_be_focused()

    button.click()
    press(page, page.get_by_role("menuitem", name="More like this"))

    expect(page.get_by_role("menu")).to_be_hidden()
    expect(page.locator(".chip")).to_contain_text(f"Starting from {title}")
    expect(page.locator(".row").get_by_text(title, exact=True)).to_have_count(0)


def test_a_thumb_down_takes_the_song_off_the_list_and_undo_brings_it_back(own):
    title = listed_titles(own)[0]
    press(own, own.get_by_role("button", name=f"Not for me: {title}", exact=True))
    expect(own.get_by_text(f"Got it: fewer songs like “{title}”.").first).to_be_visible()
    expect(own.locator(".row").get_by_text(title, exact=True)).to_have_count(0)

    press(own, own.locator("button.pill", has_text="Undo"))

    expect(own.locator(".row .name").first).to_have_text(title)


def test_ratings_of_invented_songs_say_why_there_are_none(page):
    page.get_by_role("button", name="More of this").first.click()

    expect(page.locator(".notice:visible")).to_have_text(
        "Ratings and playback work with real music. This is demo data."
    )


@pytest.mark.parametrize("size", [(820, 1180), (1000, 768), (1024, 768), (1100, 800)])
def test_on_a_tablet_and_in_a_small_window_the_list_is_beside_the_mixer_or_above_its_sheet(visit, size):
    page = visit("/recommend")
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    listed_titles(settled(page))
    energy = page.get_by_role("slider", name=f"Energy: {CALMER}")

    expect(page.locator(".row").first).to_be_in_viewport(ratio=1)
    if size[0] < 1000:
        expect(energy).not_to_be_in_viewport()
        page.get_by_role("button", name="Steer").click()
        menu, sheet = (
            one.bounding_box() for one in (page.get_by_test_id("stSidebar"), page.locator(".st-key-steering"))
        )
        assert sheet["x"] >= menu["x"] + menu["width"], "beside the menu, which lies above it"
        assert sheet["x"] + sheet["width"] <= size[0]
    expect(energy).to_be_in_viewport()
    expect(page.locator(".row").first).to_be_in_viewport()


def test_in_a_narrow_window_the_list_comes_first_steering_is_a_sheet_and_the_menu_closes_after_a_choice(visit):
    page = visit("/recommend")
    page.set_viewport_size(PHONE)
    listed_titles(settled(page))
    energy = page.get_by_role("slider", name=f"Energy: {CALMER}")
    expect(page.locator(".row").first).to_be_in_viewport()
    expect(energy).not_to_be_in_viewport()

    page.get_by_role("button", name="Steer").click()
    expect(page.get_by_role("button", name="Done")).to_be_focused()
    expect(energy).to_be_in_viewport()
    expect(page.locator(".moved, .sentence").first).to_be_in_viewport()
    move_slider(page, "Energy", "Home", what=CALMER)
    expect(page.locator(".row").first).to_be_in_viewport()
    expect(page.locator(".moved")).to_contain_text(" in: ")

    page.keyboard.press("Escape")
    expect(energy).not_to_be_in_viewport()
    expect(page.get_by_role("button", name="Steer")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    link = page.get_by_test_id("stSidebarNavLink").filter(has_text="Account")
    expect(link).not_to_be_in_viewport()
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(link).to_be_in_viewport()
    link.click()

    expect(page.get_by_role("heading", name="Account")).to_be_in_viewport()
    expect(link).not_to_be_in_viewport()


def test_rows_fly_and_the_sheet_slides_only_where_motion_is_wanted(stranger, server):
    page = stranger(reduced_motion="reduce")
    page.add_init_script(
        "window.flights = 0; const {animate} = Element.prototype; Element.prototype.animate = function (...given) {"
        " if (this.matches('.row')) flights += 1; return animate.apply(this, given) }"
    )
    page.goto(server.url + "/recommend")
    listed_titles(settled(page))

    move_slider(page, "Energy", "Home", what=CALMER)
    expect(page.locator(".moved")).to_contain_text(" in: ")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("flights") == 0

    page.emulate_media(reduced_motion="no-preference")
    move_slider(page, "Energy", "End", what=CALMER)
    page.wait_for_function("flights > 0")

    page.set_viewport_size(PHONE)
    sheet = page.locator(".st-key-steering")
    expect(sheet).to_have_css("transition-duration", re.compile(r"0\.2s"))
    page.emulate_media(reduced_motion="reduce")
    expect(sheet).to_have_css("transition-duration", "0s")


def test_a_hostile_title_in_the_list_stays_text(visit):
    hostile = "<img src=x onerror=alert(1)>"
    page = upload(visit(), {"name": "mine.csv", "mimeType": "text/csv", "buffer": OWN_FILE.encode()})
    page.goto(page.url.rstrip("/") + "/library")
    page = settled(page)
    catalogue = OWN_FILE.replace("own0", "cat0").replace("Song ", f"{hostile} ").replace("Band", "Group")
    page.get_by_text("The catalogue recommendations come from").click()
    page.locator("input[type=file]").last.set_input_files(
        {"name": "catalogue.csv", "mimeType": "text/csv", "buffer": catalogue.encode()}
    )
    expect(page.get_by_text("In use: 40 songs, all with audio features")).to_be_attached()

    page.get_by_test_id("stSidebarNavLink").filter(has_text="Recommend").click()

    assert listed_titles(settled(page))[0].startswith(hostile)
    assert page.locator("img[src=x]").count() == 0
