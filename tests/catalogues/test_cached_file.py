"""A catalogue at an address: downloaded once, requested again only if it changed, never from a private address."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest

from recsys.app.catalogue_files import catalogue_tracks
from recsys.errors import UnreadableFile
from tests.importers.files import ONE, TRACKS_600K, TWO


class Shelf(BaseHTTPRequestHandler):
    """Serves one file with an ETag and remembers what it was asked."""

    content, etag, status = b"", '"1"', 200
    asked: ClassVar[list[str | None]] = []

    def do_GET(self):
        type(self).asked.append(self.headers.get("If-None-Match"))
        is_known = self.headers.get("If-None-Match") == self.etag
        self.send_response(304 if is_known else self.status)
        self.send_header("ETag", self.etag)
        self.end_headers()
        if not is_known:
            self.wfile.write(self.content)

    def log_message(self, *_):
        """Keep the tests' output clean."""


@pytest.fixture
def shelf():
    Shelf.content, Shelf.etag, Shelf.status, Shelf.asked = TRACKS_600K.encode(), '"1"', 200, []
    with HTTPServer(("127.0.0.1", 0), Shelf) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/tracks.csv?signature=secret"
        server.shutdown()


def test_a_catalogue_at_an_address_is_downloaded_once(shelf, tmp_path):
    first, second = catalogue_tracks(shelf, tmp_path), catalogue_tracks(shelf, tmp_path)

    assert first["track_id"].tolist() == second["track_id"].tolist() == [ONE]
    assert Shelf.asked == [None, '"1"']


def test_a_catalogue_that_changed_is_downloaded_again(shelf, tmp_path):
    catalogue_tracks(shelf, tmp_path)
    Shelf.content, Shelf.etag = TRACKS_600K.replace(ONE, TWO).encode(), '"2"'

    assert catalogue_tracks(shelf, tmp_path)["track_id"].tolist() == [TWO]


def test_without_the_server_the_last_copy_is_used(shelf, tmp_path):
    catalogue_tracks(shelf, tmp_path)
    Shelf.status, Shelf.etag = 503, '"2"'

    assert catalogue_tracks(shelf, tmp_path)["track_id"].tolist() == [ONE]


def test_without_server_or_copy_a_sentence_that_keeps_the_signature_to_itself(shelf, tmp_path):
    Shelf.status = 404

    with pytest.raises(UnreadableFile, match=r"127\.0\.0\.1/tracks\.csv cannot be reached") as refused:
        catalogue_tracks(shelf, tmp_path)

    assert "secret" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_notes_of_a_download_that_broke_off_are_forgotten(shelf, tmp_path):
    catalogue_tracks(shelf, tmp_path)
    (notes,) = tmp_path.glob("*.json")
    notes.write_text('{"If-None', "utf-8")

    assert catalogue_tracks(shelf, tmp_path)["track_id"].tolist() == [ONE]
    assert Shelf.asked == [None, None]


def test_a_folder_that_cannot_be_written_is_named(shelf, tmp_path):
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(UnreadableFile, match=r"cannot be stored in .*file: File exists"):
        catalogue_tracks(shelf, tmp_path / "file")


@pytest.mark.parametrize("address", ["https://[half", "https://", "HTTPS://music\x00.example/x"])
def test_what_is_no_address_is_a_sentence(address, tmp_path):
    with pytest.raises(UnreadableFile, match="catalogue"):
        catalogue_tracks(address, tmp_path)


def test_only_https_is_asked(tmp_path):
    with pytest.raises(UnreadableFile, match="must be fetched over https"):
        catalogue_tracks("http://example.com/catalogue.parquet", tmp_path)
