"""Rules, undo, comparison, links, files, ratings and taste cards as a listener uses them."""

import csv
import io
import json
import re
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

from tests.browser.files import OWN_FILE, list_file, panel_file, upload
from tests.browser.screen import (
    CALMER,
    IN_MORE,
    answered,
    expect_titles,
    in_view,
    listed_titles,
    move_slider,
    open_panel,
    press,
    settled,
)

pytestmark = pytest.mark.browser


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def chip(page, text):
    return page.locator(".chip").filter(has_text=text)


def listed(page):
    """The list as a program reads it."""
    songs = json.loads(list_file(page, "JSON for a program"))
    with answered(page):  # the panel is closed
        page.keyboard.press("Escape")
    return songs


def test_a_limit_leaves_songs_out_and_says_how_many(visit):
    page = settled(visit("/recommend?only=energy:0.5.."))
    listed_titles(page)
    expect(chip(page, "Energy")).to_contain_text("from 0.5")
    press(page, page.get_by_text("More settings"))

    page.get_by_test_id("stSlider").filter(has_text="Energy").get_by_role("slider").first.press("ArrowRight")

    expect(chip(page, "Energy")).to_contain_text("from 0.55")
    expect(page.get_by_text(re.compile(r"[\d,]+ outside energy from 0\.55"))).to_be_visible()
    assert all(song["features"]["energy"] >= 0.55 for song in listed(settled(page)))


def test_never_this_artist_and_its_undo(page):
    before = listed_titles(page)
    artist = page.locator(".row .by").first.inner_text().split(" · ")[0]

    page.get_by_role("button", name=re.compile("^Menu")).first.click()
    press(page, page.get_by_role("menuitem", name=f"Never {artist}"))

    expect(chip(page, artist)).to_contain_text("Never")
    assert artist not in {song["artists"] for song in listed(page)}
    press(page, page.get_by_role("button", name=f"Remove: Never {artist}"))
    expect_titles(page, before)


def test_a_slider_is_undone_and_done_again(page):
    before = listed_titles(page)
    expect(button(page, "Undo")).to_be_disabled()
    move_slider(page, "Energy", "Home", what=CALMER)
    moved = listed_titles(page)

    press(page, button(page, "Undo"))
    expect(page.get_by_role("slider", name=f"Energy: {CALMER}")).to_have_attribute("aria-valuetext", "like you")
    expect_titles(page, before)

    press(page, button(page, "Redo"))
    expect_titles(page, moved)
    assert moved != before
    expect(button(page, "Redo")).to_be_disabled()


def test_two_settings_are_compared_and_switched(page):
    before = listed_titles(page)
    press(page, button(page, "Remember this list"))
    expect(page.get_by_test_id("stToast")).to_contain_text("Remembered.")
    move_slider(page, "Energy", "Home", what=CALMER)
    after = listed_titles(page)

    press(page, page.get_by_text("Compare", exact=True))

    shown = page.locator(".st-key-comparison")
    entered = len(set(after) - set(before))
    expect(shown).to_contain_text(f"{entered} in, {entered} out")
    expect(shown).to_contain_text("Only now: Energy far calmer")
    press(page, button(page, "Back to that list"))
    expect_titles(page, before)


def link_of(page):
    button(page, "Share").click()
    link = page.get_by_test_id("stCode").inner_text().strip()
    page.keyboard.press("Escape")
    return link


def test_a_filter_that_left_no_song_is_removed_and_what_stands_below_a_list_is_there(visit):
    page = settled(visit("/recommend?only=year:1861..1862"))
    expect(page.get_by_text("Nothing is left after your filters")).to_be_visible()

    button(page, "Release year 1861–1862").click()

    expect(button(page, "Remember this list")).to_be_visible()
    assert len(listed_titles(page)) == 30


def test_a_link_opens_the_same_list_in_another_browser(page, visit):
    press(page, button(page, "Mood"))
    move_slider(page, "Energy", "ArrowLeft", what=CALMER)
    titles, link = listed_titles(page), link_of(page)
    assert len(link) <= 500

    other = settled(visit("/recommend?" + link.partition("?")[2]))

    expect(other.get_by_text("Opened from a shared recipe. The same list.")).to_be_visible()
    expect_titles(other, titles)
    expect(chip(other, "Mood")).to_be_visible()
    assert "?" not in other.url


def test_a_link_on_other_data_says_what_is_different(page, visit):
    move_slider(page, "Energy", "ArrowLeft", what=CALMER)
    link = link_of(page)
    other = upload(visit(), {"name": "mine.csv", "mimeType": "text/csv", "buffer": OWN_FILE.encode()})

    other.goto(other.url.rstrip("/") + "/recommend?" + link.partition("?")[2])

    expect(settled(other).get_by_text(re.compile(r"\d+ the same, \d+ in, \d+ out"))).to_be_visible()
    expect(other.get_by_text("made from another library")).to_be_visible()


def test_a_link_names_what_its_list_starts_from(page, visit):
    title = listed_titles(page)[0]
    page.get_by_role("button", name=f"Menu: {title}").click()
    press(page, page.get_by_role("menuitem", name="More like this"))
    titles, link = listed_titles(page), link_of(page)
    assert len(link) <= 500

    other = settled(visit("/recommend?" + link.partition("?")[2]))

    expect(other.get_by_text(f"Opened from a shared recipe that starts from “{title} by")).to_be_visible()
    expect(chip(other, f"Starting from {title}")).to_be_visible()
    expect_titles(other, titles)


@pytest.mark.parametrize(
    "query", ["weights=energy:lots", "only=year:x", "order=%3Cscript%3E", "not_artist=" + "a" * 300]
)
def test_a_broken_link_is_a_sentence_and_the_page_works(visit, query):
    page = settled(visit(f"/recommend?{query}"))

    expect(page.get_by_text("This link cannot be opened.")).to_be_visible()
    assert listed_titles(page)


def test_every_file_is_downloaded_and_parsed(page):
    titles = listed_titles(page)
    table = list(csv.DictReader(io.StringIO(list_file(page).decode("utf-8-sig"))))
    songs = json.loads(list_file(page, "JSON for a program"))
    m3u = list_file(page, "M3U for a player").decode().splitlines()
    xspf = ElementTree.fromstring(list_file(page, "XSPF for a player"))
    jspf = json.loads(list_file(page, "JSPF for a program"))

    in_xspf = [element.text for element in xspf.iter("{http://xspf.org/ns/0/}title")][1:]
    assert [row["title"] for row in table] == titles
    assert [song["title"] for song in songs] == titles
    assert [line.split(" - ", 1)[1] for line in m3u if line.startswith("#EXTINF")] == titles
    assert in_xspf == [track["title"] for track in jspf["playlist"]["track"]] == titles
    assert {row["note"] for row in table} == {"demo data"}


def test_a_recipe_file_is_taken_away_and_opened(page, visit):
    press(page, button(page, "Groove"))
    recipe = list_file(page, "Download the recipe", panel="Share")
    other = settled(visit("/recommend"))
    listed_titles(other)

    button(other, "Share").click()
    file = {"name": "recipe.json", "mimeType": "application/json", "buffer": recipe}
    other.get_by_test_id("stFileUploaderDropzoneInput").last.set_input_files(file)
    press(other, button(other, "Use this recipe"))

    expect(chip(other, "Groove")).to_be_visible()


def rate_by_energy(page, number):
    """Rate one song of the list: every other time the calmest is turned down, else the most intense is liked."""
    known = [song for song in listed(page) if song["features"]["energy"] is not None]
    songs = sorted(known, key=lambda song: song["features"]["energy"])
    song, label = (songs[0], "Not for me") if number % 2 else (songs[-1], "More of this")
    press(page, button(page, f"{label}: {song['title']}"))


def test_a_proposal_after_ratings_is_applied_and_undone_and_a_rating_removed(own):
    proposal = own.locator(".st-key-proposal")
    for number in range(14):
        rate_by_energy(own, number)
        if proposal.is_visible():
            break
    expect(proposal).to_contain_text(re.compile(r"aim a little more towards|count it"))

    press(own, button(own, "Apply"))
    expect(own.locator(".chip")).to_have_count(1)
    press(own, own.locator(".back"))
    expect(own.locator(".chip")).to_have_count(0)

    open_panel(own, "Your ratings")
    removes = own.locator("[class*=st-key-unrate_]")
    expect(removes).to_have_count(number + 1)
    latest = removes.first.get_by_role("button", name="Remove the rating of")  # an icon alone has a name, too
    assert latest.bounding_box()["width"] < 60
    press(own, latest)
    expect(removes).to_have_count(number)

    more = own.get_by_role("button", name="More", exact=True)
    press(own, more)
    expect(own.get_by_role("tab", name="Your ratings")).to_have_count(0)
    press(own, more)
    expect(own.get_by_role("tab", name="Your ratings")).to_have_attribute("aria-selected", "true")
    expect(removes).to_have_count(number)


def test_more_is_as_wide_whichever_of_its_tabs_is_open(own):
    widths = set()
    press(own, own.get_by_role("button", name="More", exact=True))
    for name in reversed(IN_MORE):
        press(own, own.get_by_role("tab", name=name))
        widths.add(own.get_by_test_id("stPopoverBody").bounding_box()["width"])
    assert len(widths) == 1


def test_a_taste_card_is_imported_by_another_listener(visit):
    page = settled(visit("/taste"))
    in_view(page, "card", page.get_by_role("heading", name="Taste card"))
    card = panel_file(page, "Card for Tonearm", "Download the card")
    picture = panel_file(page, "Dark picture", "Download the card")
    assert picture.startswith(b"\x89PNG")
    assert not any("title" in mode for mode in json.loads(card)["modes"])

    other = settled(visit("/taste"))
    in_view(other, "card", other.get_by_role("heading", name="Taste card"))
    file = {"name": "card.json", "mimeType": "application/json", "buffer": card}
    other.get_by_test_id("stFileUploaderDropzoneInput").last.set_input_files(file)

    expect(other.get_by_text(re.compile("^You and Their card ")).first).to_be_visible()
    expect(other.get_by_text(re.compile("^Their card: ")).first).to_be_visible()
