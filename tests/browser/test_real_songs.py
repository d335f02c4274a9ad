"""From a fresh data folder and a file of one's own to real songs, as a stranger does it: by clicking."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.files import list_file, rows_of, upload
from tests.browser.screen import go, in_view, open_panel, settled
from tests.browser.server import ForkedServer
from tests.fakes.catalogue_host import FakeCatalogueHost

pytestmark = [pytest.mark.browser, pytest.mark.shared_data]

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
SONGS = DATA / "tidytuesday" / "spotify_songs.csv"
TWO_MINUTES = 120
FETCHED = 100_000
"""Milliseconds until a catalogue must have arrived and been laid out."""


@pytest.fixture(scope="module")
def real_server(tmp_path_factory):
    """A server with an empty data folder, whose registry names a real catalogue on loopback."""
    if not SONGS.exists():
        pytest.skip("needs ../shared/data/tidytuesday")
    folder = tmp_path_factory.mktemp("real")
    with FakeCatalogueHost(SONGS.read_bytes()) as host:
        registry = host.registry(folder, name="tidytuesday", title="TidyTuesday Spotify songs", songs=25_594)
        with ForkedServer(folder, TONEARM_CATALOGUES=str(registry)) as server:
            yield server


def test_a_file_and_four_clicks_give_a_list_of_real_songs_in_two_minutes(real_server, stranger):
    page = stranger()
    began = time.monotonic()
    page.goto(real_server.url)
    upload(page, DATA / "exportify" / "listener_a.csv")
    page.get_by_role("button", name="Get 25,594 real songs").click()  # 1
    expect(page.get_by_text("real songs ready")).to_be_visible(timeout=FETCHED)
    settled(page)
    go(page, "Taste")  # 2
    in_view(page, "genres", page.get_by_test_id("stPlotlyChart").first)
    go(page, "Recommend")  # 3
    rows = rows_of(list_file(page))  # 4
    took = time.monotonic() - began

    assert took < TWO_MINUTES
    assert len(rows) == 30
    known = SONGS.read_text("utf-8")
    assert all(row["track_id"] in known for row in rows), "every song of the list is a real one"
    assert "note" not in rows[0] or not any("demo data" in str(row) for row in rows)


def test_a_song_is_searched_more_like_a_row_is_asked_and_the_recipe_brings_it_back(real_server, stranger):
    page = stranger()
    page.goto(real_server.url)
    upload(page, DATA / "exportify" / "listener_b.csv")
    button = page.get_by_role("button", name="Get 25,594 real songs")
    if button.count():  # the test above has not run
        button.click()
        expect(page.get_by_text("real songs ready")).to_be_visible(timeout=FETCHED)
    go(page, "Recommend")

    page.get_by_role("button", name="Start from …").click()
    search = page.get_by_role("textbox", name="Search a song")
    search.fill("BEYONCE halo")
    search.press("Enter")
    page.get_by_role("button", name="Halo by Beyoncé").first.click()
    page.keyboard.press("Escape")
    chip = page.get_by_text("Halo by Beyoncé")
    expect(chip.first).to_be_visible()
    settled(page)

    open_panel(page, "Recipes")
    page.get_by_role("textbox", name="Name").fill("Halos")
    page.get_by_role("textbox", name="Name").press("Enter")
    page.get_by_role("button", name="Save these settings").click()
    expect(page.get_by_role("button", name="Halos", exact=True)).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Menu:").first.click()
    page.get_by_role("menuitem", name="More like this").click()
    expect(chip).to_have_count(0)

    open_panel(page, "Recipes")
    page.get_by_role("button", name="Halos", exact=True).click()
    expect(chip.first).to_be_visible()
