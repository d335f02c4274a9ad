"""A server that is started on a disk where nothing can be written shows what is there, and says so on every page."""

import json
import urllib.request
from contextlib import suppress

import pytest
from playwright.sync_api import expect

from tests.browser.files import OWN_FILE, upload
from tests.browser.screen import go, settled
from tests.browser.server import ForkedServer

pytestmark = pytest.mark.browser


def read_only(disk):
    assert disk("-o", "remount,ro")
    return lambda: disk("-o", "remount,rw")


def full(disk):
    ballast = disk.folder / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    return ballast.unlink


def song(name):
    return {"name": name, "mimeType": "text/csv", "buffer": b"title,artist\nBlue,Ann\n"}


@pytest.mark.parametrize(("spoil", "why"), [(read_only, "Read-only file system"), (full, "is full")])
def test_pages_are_shown_and_the_first_try_works_once_the_disk_is_writable(stranger, small_disk, tmp_path, spoil, why):
    server = ForkedServer(tmp_path, TONEARM_DATA=str(small_disk.folder))
    page = stranger()
    with server:
        page.goto(server.url)
        upload(page, {"name": "mine.csv", "mimeType": "text/csv", "buffer": OWN_FILE.encode()})
    repair = spoil(small_disk)

    with server:
        page.goto(server.url)
        notice = page.get_by_text("Nothing can be saved at the moment.")
        expect(notice).to_contain_text(why)
        for name in ("Taste", "Recommend", "Account", "Library"):
            go(page, name)
            expect(notice).to_contain_text(why)
        expect(page.get_by_text("40 songs, all with audio features.")).to_be_visible()
        with urllib.request.urlopen(f"{server.url}/health", timeout=30) as answer:
            assert json.load(answer)["failed"] == []

        page.goto(server.url)
        settled(page).locator("input[type=file]").first.set_input_files(song("lost.csv"))
        expect(page.get_by_role("button", name="Try again")).to_be_visible()
        expect(page.get_by_text("1 track from 1 row")).to_have_count(0)

        repair()
        page.reload()
        expect(settled(page).get_by_text("40 songs in your library.")).to_be_visible()
        expect(notice).to_have_count(0)
        page.locator("input[type=file]").first.set_input_files(song("kept.csv"))
        expect(page.get_by_text("1 track from 1 row")).to_be_visible()
        expect(page.get_by_text("41 songs")).not_to_have_count(0)
        assert "Traceback" not in server.log.read_text()
