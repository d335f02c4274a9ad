"""The proof page in a real browser: a test goes on by itself, shows its result, and outlives a reload."""

import pytest
from playwright.sync_api import expect

from tests.browser.screen import go, settled

pytestmark = pytest.mark.browser


def test_a_test_of_the_sliders_finishes_by_itself_and_outlives_a_reload(visit):
    page = go(settled(visit()), "Proof")
    page.get_by_role("button", name="Test my sliders").click()

    verdict = page.get_by_text("of your songs. Your settings found")
    expect(verdict).to_be_visible(timeout=60_000)
    expect(page.get_by_text("’s invented music")).to_be_visible()
    said = verdict.text_content()

    page.reload()
    expect(verdict).to_have_text(said, timeout=30_000)


def test_tuning_shows_how_far_it_is_and_stops_when_told(visit):
    page = go(settled(visit()), "Proof")
    page.get_by_role("button", name="Tune to me").click()
    expect(page.get_by_role("progressbar")).to_be_visible(timeout=30_000)

    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_role("button", name="Tune to me")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("the tuned settings found")).to_have_count(0)
