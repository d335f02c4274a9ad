"""Nothing keeps anybody from any page, tab, panel or sheet: on a desk and on a phone, light and dark."""

import pandas as pd
import pytest
from playwright.sync_api import expect

from recsys.core.model.tracks import as_tracks
from recsys.importers.catalogue_file import write_catalogue
from tests.browser.accessibility import ON_A_PHONE, at, in_every_look, in_looks, tabs_to_the_first_row
from tests.browser.accounts import sign_in
from tests.browser.files import OWN_FILE, upload
from tests.browser.screen import answered, drawn_to_the_end, listed_titles, open_panel, press, settled, turned_to
from tests.browser.server import connected_server
from tests.browser.syncing import expect_synced
from tests.browser.test_spotify_journey import row
from tests.fakes.spotify import Fault
from tests.fakes.spotify.music import track

pytestmark = pytest.mark.browser
FEW_SONGS = "/recommend?limit=10"
PANEL = "[data-testid=stPopoverBody]"
MARKDOWN = "Song 3 (live) [x] *y* $z$ #1 a_b"
"""A title that Markdown would read, which the app escapes wherever Markdown is read."""
PANELS = {
    "Start from …": "Or one of your lists",
    "Save to Spotify": "would be added",
    "Download": "CSV for a spreadsheet",
    "Share": "Open a recipe file",
    "Recipes": "Sunday",
    "Weekly songs": "Day",
    "Your ratings": "♥ ",
}
"""The panels above the list, and what is then on the screen."""


@pytest.fixture(scope="module")
def connected(tmp_path_factory, spotify):
    """A server with an invented Spotify, and a catalogue that knows most of the listener's songs."""
    data = tmp_path_factory.mktemp("data")
    known = [track(number) for number in range(36)] + [track(number, "nobody") for number in range(600)]
    write_catalogue(as_tracks(pd.DataFrame(map(row, known))), data / "catalogue.parquet")
    with connected_server(data, spotify) as running:
        yield running


def unfolded(page):
    """The page with everything open that can be opened in it."""
    closed = page.get_by_test_id("stMain").locator("details:not([open]) > summary")
    for _ in range(20):
        closed.evaluate_all("summaries => summaries[0]?.click()")  # what is drawn again meanwhile is not waited for
        page.wait_for_timeout(500)
        if not settled(page).locator("details:not([open])").count():
            break
    expect(closed).to_have_count(0)
    return settled(page)


def primary(page):
    """What the row above the list is first of all for."""
    return page.locator(".st-key-toolbar button[kind=primary]")


def a_row_open(page):
    """The page with the reasons of the first song, and the menu of the next."""
    page.locator(".head-line").first.click()
    expect(page.locator(".lines p")).to_have_count(3)
    page.get_by_role("button", name="Menu: ").nth(1).click()
    expect(page.get_by_role("menuitem").first).to_be_visible()
    return page


@pytest.fixture
def page(visit):
    """The list of an invented listener, short, as each look at it takes time."""
    page = settled(at(visit(FEW_SONGS), "desk", "light"))
    listed_titles(page)
    return page


@pytest.mark.parametrize("name", ["", "library", "taste", "proof", "account"])
def test_a_page_of_the_demo_breaks_no_rule(visit, name):
    page = settled(at(visit("/" + name), "desk", "light"))

    assert in_every_look(unfolded(drawn_to_the_end(page))) == {}


def test_all_settings_an_open_row_its_menu_a_notice_and_the_sheet_break_no_rule(page):
    expect(primary(page)).to_have_accessible_name("Download")
    assert in_every_look(a_row_open(unfolded(page))) == {}
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More of this").first.click()
    expect(page.locator(".notice:visible")).to_be_visible()
    at(page, "phone", "light").get_by_role("button", name="Steer").click()
    expect(page.get_by_role("button", name="Done")).to_be_focused()

    assert in_looks(page, ON_A_PHONE) == {}


def test_the_menu_of_a_phone_breaks_no_rule(visit):
    page = settled(at(visit("/account"), "phone", "light"))
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_test_id("stSidebarNavLink").first).to_be_in_viewport()

    assert in_looks(page, ON_A_PHONE) == {}


def test_what_an_upload_leads_to_breaks_no_rule(visit):
    file = OWN_FILE.replace("Song 3,", f'"{MARKDOWN}",')
    page = upload(visit(), {"name": "mine (1).csv", "mimeType": "text/csv", "buffer": file.encode()})
    found = {"welcome": in_every_look(page)}

    for name in ("Library", "Taste"):
        found[name] = in_every_look(unfolded(drawn_to_the_end(turned_to(page, name))))
    page.goto(page.url.rpartition("/")[0] + FEW_SONGS)
    listed_titles(settled(page))
    press(page, page.get_by_role("button", name="Not for me: ").first)
    expect(page.get_by_text("Got it: fewer songs like").first).to_be_visible()
    found["a rating"] = in_every_look(page)

    assert {state: looks for state, looks in found.items() if looks} == {}


def test_every_page_of_a_listener_who_signed_in_breaks_no_rule(stranger, connected, spotify):
    spotify.fail_when("GET /v1/me/*", Fault.slow(4))
    page = sign_in(stranger(reduced_motion="reduce"), connected)
    expect(page.locator(".st-key-syncing")).to_be_visible()
    found = {"syncing": in_every_look(page), "Library, syncing": in_every_look(turned_to(page, "Library"))}
    spotify.clear_faults()
    expect_synced(page)
    page.goto(connected.url)
    found["Welcome"] = in_every_look(settled(page))

    for name in ("Library", "Taste", "Account"):
        found[name] = in_every_look(unfolded(drawn_to_the_end(turned_to(page, name))))
    press(turned_to(page, "Proof"), page.get_by_role("button", name="Test my sliders"))
    expect(page.get_by_text("of your songs. Your settings found")).to_be_visible(timeout=60_000)
    found["Proof"] = in_every_look(page)

    assert {state: looks for state, looks in found.items() if looks} == {}


def test_every_panel_above_the_list_breaks_no_rule(stranger, connected):
    page = sign_in(stranger(), connected)
    expect_synced(turned_to(page, "Library"))
    for size in ("phone", "desk"):
        at(page, size, "light").goto(connected.url + FEW_SONGS)
        listed_titles(settled(page))
        assert tabs_to_the_first_row(page) <= 10
        expect(primary(page)).to_have_accessible_name("Save to Spotify")
        bar = page.locator(".st-key-toolbar [data-testid=stHorizontalBlock]")
        assert bar.evaluate("bar => bar.scrollWidth - bar.clientWidth") <= 0
    press(page, page.get_by_role("button", name="More of this").first)
    found = {"the page": in_every_look(page)}
    page.get_by_role("button", name="About these songs").click()
    expect(page.get_by_text("brought as a file")).to_be_visible()
    found["About these songs"] = in_every_look(page, PANEL)
    page.keyboard.press("Escape")  # the server is asked neither when this one opens nor when it closes
    for name, content in PANELS.items():
        open_panel(page, name)
        if name == "Recipes":
            page.get_by_role("textbox", name="Name").fill("Sunday")
            page.get_by_role("textbox", name="Name").press("Enter")
            page.get_by_role("button", name="Save these settings").click()
        if name == "Save to Spotify":
            page.get_by_role("button", name="Show what would be sent").click()
        expect(page.get_by_text(content).filter(visible=True).last).to_be_visible()
        found[name] = in_every_look(page, PANEL)
        expect(page.get_by_text(content).filter(visible=True).last).to_be_visible()
        with answered(page):
            page.keyboard.press("Escape")

    assert {panel: looks for panel, looks in found.items() if looks} == {}
