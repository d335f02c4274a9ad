"""axe-core finds nothing on any page, in either theme, on a desk and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.files import OWN_FILE, upload
from tests.browser.screen import listed_titles, settled

pytestmark = pytest.mark.browser
PAGES = ["", "library", "taste", "recommend", "proof", "account"]
SIZES = {"desk": {"width": 1366, "height": 900}, "phone": {"width": 390, "height": 844}}
STREAMLITS_OWN = {"presentation-role-conflict": "stFileUploaderDropzone"}
"""Rules that Streamlit's own parts break, with the part of the selector that shows that they are theirs."""


def violations(page):
    """What axe finds twice, so that a colour half-way through a transition is none."""
    if found := _violations(page):
        page.wait_for_timeout(2000)
        found = _violations(page)
    return found


def _violations(page):
    """What axe finds, as rule and selector, without what is Streamlit's own."""
    found = Axe().run(page).response["violations"]
    return [
        (violation["id"], str(node["target"]), node["html"][:200], node["failureSummary"][:300])
        for violation in found
        for node in violation["nodes"]
        if STREAMLITS_OWN.get(violation["id"], "\0") not in str(node["target"]) + node["html"]
    ]


def at(page, size, scheme):
    page.set_viewport_size(SIZES[size])
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_demo_breaks_no_rule(visit, name, size, scheme):
    page = settled(at(visit("/" + name), size, scheme))
    if name == "recommend":
        listed_titles(page)

    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_an_open_row_the_menu_and_the_sheet_break_no_rule(visit, size, scheme):
    page = settled(at(visit("/recommend"), size, scheme))
    listed_titles(page)
    page.locator(".head-line").first.click()
    expect(page.locator(".lines p")).to_have_count(3)
    page.get_by_role("button", name="More of this").first.click()
    expect(page.get_by_text("This is demo data.").first).to_be_visible()
    if size == "phone":
        page.get_by_role("button", name="Steer").click()
    else:
        page.get_by_role("button", name="Menu: ").first.click()

    assert violations(page) == []


@pytest.mark.parametrize("name", ["library", "recommend", "taste"])
def test_a_page_of_a_listeners_own_breaks_no_rule(visit, name):
    page = upload(visit(), {"name": "mine.csv", "mimeType": "text/csv", "buffer": OWN_FILE.encode()})
    page.goto(page.url.rstrip("/") + "/" + name)

    assert violations(settled(page)) == []
