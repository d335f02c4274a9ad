"""Files that the browser tests bring in and take out."""

import csv
import io

from playwright.sync_api import expect

from tests.browser.screen import settled

OWN_FILE = "track_id,title,artists,danceability,energy,valence,tempo,acousticness\n" + "".join(
    f"own{n:019d},Song {n},Band {n},0.{n % 9 + 1},0.{n % 7 + 2},0.{n % 5 + 3},{90 + n},0.{n % 4 + 1}\n"
    for n in range(40)
)


def upload(page, file):
    """Bring a file through the second door."""
    settled(page).locator("input[type=file]").first.set_input_files(file)
    expect(page.get_by_text("with audio features").first).to_be_visible()
    return settled(page)


def downloaded(page, label):
    """Press a download button; the file's bytes."""
    with page.expect_download() as started:
        page.get_by_role("button", name=label).click()
    return started.value.path().read_bytes()


def panel_file(page, label, panel):
    """A file of a panel, which is opened where it is not."""
    if not page.get_by_role("button", name=label, exact=True).is_visible():
        page.get_by_role("button", name=panel, exact=True).click()
    return downloaded(page, label)


def list_file(page, label="CSV for a spreadsheet", panel="Download"):
    """The list on the screen as a file."""
    return panel_file(page, label, panel)


def library_file(page):
    """The library on the screen as the rows of its file."""
    return rows_of(panel_file(page, "CSV for a spreadsheet", "Download my library"))


def rows_of(file):
    """The rows of a CSV as listeners' spreadsheets see them."""
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
