"""The sync as the library page shows it: one sentence of numbers that must add up, and buttons."""

import re
from typing import NamedTuple

from playwright.sync_api import expect

from tests.browser.screen import settled

SENTENCE = re.compile(r"([\d,]+) of ([\d,]+) songs synced · ([\d,]+) left out · ([\d,]+) to go")


class Counts(NamedTuple):
    stored: int
    found: int
    skipped: int
    pending: int


def counts(page):
    """The numbers on the screen. That they add up is checked whenever they are read."""
    said = page.get_by_text(SENTENCE).first.inner_text()
    read = Counts(*(int(number.replace(",", "")) for number in SENTENCE.search(said).groups()))
    assert read.found == read.stored + read.skipped + read.pending, said
    return read


def wait_until(page, is_reached, seconds=120):
    """Read the numbers again and again until they are as wished; the last ones read."""
    for _ in range(seconds * 5):
        read = counts(page)
        if is_reached(read):
            return read
        page.wait_for_timeout(200)
    raise AssertionError(f"After {seconds} s the page still says {read}.")


def expect_button(page, name, **options):
    """Wait until there is such a button, and one only: while a panel is drawn again there may be two."""
    expect(page.get_by_role("button", name=name)).to_have_count(1, **options)


def start_sync(page, label="Sync my Spotify"):
    page.get_by_role("button", name=label).click()
    expect_button(page, "Cancel")


def expect_synced(page, seconds=120):
    """Wait for the end of the sync and check that nothing is left over."""
    expect_button(page, "Sync my Spotify", timeout=seconds * 1000)
    read = counts(settled(page))
    assert read.pending == 0
    return read
