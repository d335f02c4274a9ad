"""The catalogue file: written whole or not at all, extended by id, read from disk or from an address."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from recsys.core.model.identity import SONG_COLUMN, song_hashes
from recsys.core.model.tracks import as_tracks
from recsys.errors import UnreadableFile
from recsys.importers import catalogue_file
from recsys.importers.catalogue_file import add_to_catalogue, read_catalogue, write_catalogue
from tests.importers.files import ONE, TRACKS_600K, TWO


def tracks(*ids, **columns):
    return as_tracks(pd.DataFrame({"track_id": ids, "title": ids, "artists": "Ann"} | columns))


def test_a_catalogue_is_read_with_its_song_numbers(tmp_path):
    written = tracks("a", "b", energy=[0.1, None])
    write_catalogue(written, tmp_path / "catalogue.parquet")

    read = read_catalogue(tmp_path / "catalogue.parquet")

    pd.testing.assert_frame_equal(read.drop(columns=SONG_COLUMN), written)
    assert read[SONG_COLUMN].tolist() == song_hashes(written).tolist()


def test_any_file_of_tracks_can_be_a_catalogue(tmp_path):
    (tmp_path / "catalogue").write_text(TRACKS_600K, "utf-8")

    assert read_catalogue(tmp_path / "catalogue")["title"].tolist() == ["Blue Door"]


def test_small_numbers_are_widened(tmp_path):
    table = pa.Table.from_pandas(tracks("a", energy=0.5), preserve_index=False)
    at = table.schema.get_field_index("energy")
    parquet.write_table(table.set_column(at, "energy", table["energy"].cast(pa.float32())), tmp_path / "small.parquet")

    assert read_catalogue(tmp_path / "small.parquet")["energy"].dtype == "float64"


def test_a_catalogue_that_names_a_track_twice_is_refused(tmp_path):
    table = pa.Table.from_pandas(tracks("a"), preserve_index=False)
    parquet.write_table(pa.concat_tables([table, table]), tmp_path / "twice.parquet")

    with pytest.raises(UnreadableFile, match="The track a stands in the table more than once"):
        read_catalogue(tmp_path / "twice.parquet")


def test_adding_begins_extends_and_updates(tmp_path):
    path = tmp_path / "new" / "catalogue.parquet"
    add_to_catalogue(tracks("a", "b", energy=[0.1, 0.2], year=1999.0), path)

    add_to_catalogue(tracks("c", "a", energy=[0.3, 0.9]), path)

    energies = read_catalogue(path).set_index("track_id")
    assert energies["energy"].to_dict() == {"a": 0.9, "b": 0.2, "c": 0.3}
    assert energies.loc["a", "year"] == 1999


def test_a_write_that_fails_leaves_the_old_catalogue_and_no_litter(tmp_path, monkeypatch):
    path = tmp_path / "catalogue.parquet"
    write_catalogue(tracks("a"), path)

    def no_room(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(catalogue_file, "_sync", no_room)
    with pytest.raises(UnreadableFile, match=r"cannot be written to .*: No space left on device"):
        write_catalogue(tracks("b"), path)

    assert read_catalogue(path)["track_id"].tolist() == ["a"]
    assert [each.name for each in tmp_path.iterdir()] == ["catalogue.parquet"]


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
    first, second = read_catalogue(shelf, tmp_path), read_catalogue(shelf, tmp_path)

    assert first["track_id"].tolist() == second["track_id"].tolist() == [ONE]
    assert Shelf.asked == [None, '"1"']


def test_a_catalogue_that_changed_is_downloaded_again(shelf, tmp_path):
    read_catalogue(shelf, tmp_path)
    Shelf.content, Shelf.etag = TRACKS_600K.replace(ONE, TWO).encode(), '"2"'

    assert read_catalogue(shelf, tmp_path)["track_id"].tolist() == [TWO]


def test_without_the_server_the_last_copy_is_used(shelf, tmp_path):
    read_catalogue(shelf, tmp_path)
    Shelf.status, Shelf.etag = 503, '"2"'

    assert read_catalogue(shelf, tmp_path)["track_id"].tolist() == [ONE]


def test_without_server_or_copy_a_sentence_that_keeps_the_signature_to_itself(shelf, tmp_path):
    Shelf.status = 404

    with pytest.raises(UnreadableFile, match=r"127\.0\.0\.1/tracks\.csv cannot be reached") as refused:
        read_catalogue(shelf, tmp_path)

    assert "secret" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_notes_of_a_download_that_broke_off_are_forgotten(shelf, tmp_path):
    read_catalogue(shelf, tmp_path)
    (notes,) = tmp_path.glob("*.json")
    notes.write_text('{"If-None', "utf-8")

    assert read_catalogue(shelf, tmp_path)["track_id"].tolist() == [ONE]
    assert Shelf.asked == [None, None]


def test_a_folder_that_cannot_be_written_is_named(shelf, tmp_path):
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(UnreadableFile, match=r"cannot be kept in .*file: File exists"):
        read_catalogue(shelf, tmp_path / "file")


@pytest.mark.parametrize("address", ["https://[half", "https://", "HTTPS://music\x00.example/x"])
def test_what_is_no_address_is_a_sentence(address, tmp_path):
    with pytest.raises(UnreadableFile, match="catalogue"):
        read_catalogue(address, tmp_path)


def test_only_https_is_asked(tmp_path):
    with pytest.raises(UnreadableFile, match="must be fetched over https"):
        read_catalogue("http://example.com/catalogue.parquet", tmp_path)
