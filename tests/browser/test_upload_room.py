"""A file that the server has no room for: the listener reads why, and the others are read."""

import pytest
from playwright.sync_api import expect

from tests.browser.screen import settled
from tests.browser.server import Server

pytestmark = pytest.mark.browser
ROW = b"A song,An artist\n"


def file_of(size, name):
    return {"name": name, "mimeType": "text/csv", "buffer": b"title,artist\n" + ROW * (size // len(ROW))}


@pytest.fixture
def page(tmp_path, stranger):
    """The welcome page of a server that takes files of 1 MB, and 1.5 MB of a tab."""
    with Server(tmp_path, STREAMLIT_SERVER_MAX_UPLOAD_SIZE="1") as server:
        page = stranger()
        page.goto(server.url)
        yield settled(page)


def test_files_that_are_too_large_together(page):
    page.locator("input[type=file]").first.set_input_files([file_of(900_000, "one.csv"), file_of(900_000, "two.csv")])

    refused = page.get_by_text("was not read. Uploaded files may take 1 MB together. Remove those that were read")
    expect(refused).to_be_visible()
    expect(page.get_by_text("1 track from 52,941 rows")).to_be_visible()
    expect(page.get_by_text("AxiosError")).to_have_count(0)
