"""A file that the server has no room for: the listener reads why, and the others are read."""

import pytest
from playwright.sync_api import expect

from tests.browser.screen import settled
from tests.browser.server import ForkedServer

pytestmark = pytest.mark.browser
ROW = b"A song,An artist\n"


def file_of(size, name):
    return {"name": name, "mimeType": "text/csv", "buffer": b"title,artist\n" + ROW * (size // len(ROW))}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """It takes files of 1 MB, and 1.5 MB of a tab."""
    with ForkedServer(tmp_path_factory.mktemp("data"), STREAMLIT_SERVER_MAX_UPLOAD_SIZE="1") as running:
        yield running


@pytest.fixture
def page(visit):
    """The welcome page of that server."""
    return settled(visit())


def test_files_that_are_too_large_together(page):
    page.locator("input[type=file]").first.set_input_files([file_of(900_000, "one.csv"), file_of(900_000, "two.csv")])

    refused = page.get_by_text("was not read. Uploaded files may take 1 MB together. Remove those that were read")
    expect(refused).to_be_visible()
    expect(page.get_by_text("1 track from 52,941 rows")).to_be_visible()
    expect(page.get_by_text("AxiosError")).to_have_count(0)


def test_a_file_that_is_too_large_among_others(page, tmp_path):
    large = tmp_path / "everything.csv"
    with large.open("wb") as file:
        file.truncate(400_000_000)  # sparse: takes no room on disk
    small = tmp_path / "small.csv"
    small.write_bytes(b"title,artist\n" + ROW)

    page.locator("input[type=file]").first.set_input_files([large, small])

    expect(page.get_by_text("1 track from 1 row,")).to_be_visible(timeout=60_000)
    refused = page.get_by_text("“everything.csv” was not read. It is larger than 1 MB. Split it into parts")
    expect(refused).to_be_visible(timeout=60_000)
    page.locator("input[type=file]").first.set_input_files([file_of(100, "another.csv")])
    expect(page.get_by_text("another.csv (")).to_be_visible()
    expect(refused).to_be_visible()
    expect(page.get_by_text("per file")).to_be_hidden()
