"""The main job as a stranger does it: three doors, sliders, reasons, files."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.files import OWN_FILE, downloaded, library_file, list_file, rows_of, upload
from tests.browser.rows import erase
from tests.browser.screen import expect_titles, go, listed_titles, move_slider, settled, wait_for

pytestmark = pytest.mark.browser
EXPORT = Path(__file__).resolve().parents[3] / "shared" / "data" / "exportify" / "listener_a.csv"


def open_demo(page):
    """With the one button of the welcome page."""
    settled(page).get_by_role("button", name="Try the demo").click()
    expect(page.get_by_role("heading", name="Recommend")).to_be_visible()
    return settled(page)


def test_the_valence_slider_steers_the_demo_list_and_its_reasons(visit):
    page = open_demo(visit())
    what_made_it = page.get_by_text("What made this list")
    expect(what_made_it).to_contain_text(re.compile(r"valence \d+%"))

    move_slider(page, "Valence", "Home")
    expect(what_made_it).not_to_contain_text("valence")
    expect(page.locator(".chip")).to_contain_text("Valence counts: off")
    ignored = listed_titles(page)

    move_slider(page, "Valence", "End")
    expect(what_made_it).to_contain_text(re.compile(r"valence \d+%"))
    assert listed_titles(page) != ignored


def test_the_downloaded_list_is_the_one_on_the_screen_and_says_demo_data(visit):
    page = settled(visit("/recommend"))

    rows = rows_of(list_file(page))

    assert [row["title"] for row in rows[:10]] == listed_titles(page)[:10]
    assert {row["note"] for row in rows} == {"demo data"}
    for row in rows:
        reasons = sum(float(value or 0) for name, value in row.items() if name.startswith("why_"))
        assert reasons == pytest.approx(float(row["score"]), abs=1e-5)


def test_a_download_that_crosses_the_answer_to_a_move_gives_the_list_on_the_screen(stranger, server):
    page, held, is_holding = stranger(), [], []

    def hold(to_browser):
        to_server = to_browser.connect_to_server()
        to_server.on_message(lambda message: (held.append if is_holding else to_browser.send)(message))
        to_browser.on_message(to_server.send)

    page.route_web_socket(lambda address: "stream" in address, hold)
    page.goto(server.url + "/recommend")
    titles = listed_titles(settled(page))
    expect(page.locator(".sleeve rect[fill='var(--mode-1)']").first).to_be_attached()  # the tastes are found
    page.get_by_role("button", name="Download", exact=True).click()
    expect(page.get_by_role("button", name="CSV for a spreadsheet")).to_be_visible()
    expect(page.locator(".st-key-files_others").get_by_role("button")).to_have_count(4)
    settled(page)

    is_holding.append(True)
    aim = page.get_by_role("slider", name="Energy: calm to intense")
    aim.evaluate("aim => { aim.value = -2; aim.dispatchEvent(new Event('input')) }")
    wait_for(page, lambda: any(b"bidi_component" in message or b"mixer" in message for message in held))
    rows = rows_of(downloaded(page, "CSV for a spreadsheet"))

    assert [row["title"] for row in rows] == titles


def test_an_uploaded_file_becomes_a_picture_survives_a_reload_and_is_nobody_elses(visit):
    page = upload(visit(), {"name": "mine.csv", "mimeType": "text/csv", "buffer": OWN_FILE.encode()})

    go(page, "Taste")
    expect(page.locator(".js-plotly-plot").first).to_be_attached()
    page.reload()

    expect(page.get_by_text("Your library · 40 songs")).to_be_visible()
    stranger = settled(visit("/library"))
    expect(stranger.get_by_text("demo data").first).to_be_visible()
    expect(stranger.get_by_text("your library")).to_have_count(0)
    own, invented = library_file(go(settled(page), "Library")), library_file(stranger)
    assert (len(own), "note" in own[0]) == (40, False)
    assert {row["note"] for row in invented} == {"demo data"}


def test_the_only_csv_of_a_table_is_ours(visit):
    page = settled(visit("/library"))

    page.get_by_test_id("stDataFrame").first.hover()

    expect(page.get_by_role("button", name="Search")).to_be_visible()
    expect(page.get_by_label("Download as CSV")).to_be_hidden()
    expect(page.get_by_role("button", name="Download my library")).to_be_visible()


def test_what_is_erased_in_one_tab_is_gone_from_the_other(visit):
    page = upload(visit(), {"name": "mine.csv", "mimeType": "text/csv", "buffer": OWN_FILE.encode()})
    other = page.context.new_page()
    other.goto(page.url)
    expect(settled(other).get_by_text("Your library · 40 songs")).to_be_visible()

    erase(page)
    go(other, "Library")

    expect(other.get_by_text("demo data").first).to_be_visible()
    expect(other.get_by_text("your library")).to_have_count(0)


def test_files_chosen_before_an_erasure_in_another_tab_are_not_imported_again(visit):
    page = upload(visit(), {"name": "mine.csv", "mimeType": "text/csv", "buffer": OWN_FILE.encode()})
    other = page.context.new_page()
    other.goto(page.url)
    erase(settled(other))
    one_song = "\n".join(OWN_FILE.splitlines()[:2])
    new = {"name": "new.csv", "mimeType": "text/csv", "buffer": one_song.encode()}

    page.locator("input[type=file]").first.set_input_files(new)
    expect(page.get_by_text("Choose your files again")).to_be_visible()
    settled(page).locator("input[type=file]").first.set_input_files(new)

    expect(page.get_by_text("1 track from 1 row")).to_be_visible()
    expect(page.get_by_text("Your library · 1 song")).to_be_visible()


@pytest.mark.shared_data
@pytest.mark.skipif(not EXPORT.exists(), reason="../shared/data is not here")
def test_a_real_export_becomes_a_picture(visit):
    page = go(upload(visit(), EXPORT), "Taste")

    expect(page.locator(".js-plotly-plot").first).to_be_attached()
    expect(page.get_by_text("Your library · 698 songs")).to_be_visible()


def test_sliders_survive_a_change_of_page_which_the_tab_names_and_a_reload(visit):
    page = settled(visit("/recommend"))
    move_slider(page, "Energy", "End")
    titles = listed_titles(page)
    expect(page).to_have_title("Recommend · Tonearm")

    go(page, "Library")
    expect(page).to_have_title("Library · Tonearm")
    go(page, "Recommend")
    expect(page.get_by_role("slider", name="Energy: how much")).to_have_attribute("aria-valuetext", "decides")

    page.reload()
    settled(page)
    expect(page.get_by_role("slider", name="Energy: how much")).to_have_attribute("aria-valuetext", "decides")
    expect_titles(page, titles)


def test_a_page_that_turns_dark_stays_legible(visit):
    page = settled(visit("/taste", color_scheme="light"))
    word = page.locator(".radar text").first
    button = settled(visit()).get_by_role("button", name="Try the demo")
    expect(word).to_have_css("fill", "rgb(76, 90, 82)")

    page.emulate_media(color_scheme="dark")
    button.page.emulate_media(color_scheme="dark")

    expect(word).to_have_css("fill", "rgb(163, 180, 170)")
    expect(button.get_by_text("Try the demo")).to_have_css("color", "rgb(15, 21, 18)")


def test_a_hostile_title_is_shown_as_text(visit):
    hostile = "<img src=x onerror=alert(1)> **bold** [link](javascript:alert(1))"
    file = OWN_FILE.replace("Song 0", hostile)
    page = upload(visit(), {"name": "hostile.csv", "mimeType": "text/csv", "buffer": file.encode()})

    go(page, "Taste")
    go(page, "Recommend")

    assert page.locator("img[src=x]").count() == 0
    assert page.locator("a[href^=javascript]").count() == 0


def test_a_file_that_is_no_table_is_refused_with_a_sentence(visit):
    page = settled(visit())
    page.locator("input[type=file]").first.set_input_files(
        {"name": "song.csv", "mimeType": "text/csv", "buffer": bytes(range(256)) * 40}
    )

    expect(page.get_by_test_id("stAlert").first).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
