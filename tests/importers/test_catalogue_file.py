"""The catalogue file: written whole or not at all, extended by id."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from recsys.core.model.identity import SONG_COLUMN, song_hashes
from recsys.core.model.tracks import as_tracks
from recsys.errors import UnreadableFile
from recsys.importers import catalogue_file
from recsys.importers.any_file import read_file
from recsys.importers.catalogue_file import add_to_catalogue, read_catalogue, write_catalogue
from tests.importers.files import TRACKS_600K


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


def test_a_catalogue_may_be_a_data_frame_with_an_index(tmp_path):
    written = tracks("a", "b", energy=[0.1, None])
    written.set_index(["track_id", "year"]).to_parquet(tmp_path / "catalogue.parquet")

    pd.testing.assert_frame_equal(read_catalogue(tmp_path / "catalogue.parquet"), written)
    pd.testing.assert_frame_equal(read_file(tmp_path / "catalogue.parquet", "c").tracks, written)


def test_a_catalogue_that_names_a_track_twice_is_refused(tmp_path):
    table = pa.Table.from_pandas(tracks("a"), preserve_index=False)
    parquet.write_table(pa.concat_tables([table, table]), tmp_path / "twice.parquet")

    with pytest.raises(UnreadableFile, match="The track a is in the table more than once"):
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

    monkeypatch.setattr(catalogue_file.os, "fsync", no_room)
    with pytest.raises(UnreadableFile, match=r"cannot be written to .*: No space left on device"):
        write_catalogue(tracks("b"), path)

    assert read_catalogue(path)["track_id"].tolist() == ["a"]
    assert [each.name for each in tmp_path.iterdir()] == ["catalogue.parquet"]
