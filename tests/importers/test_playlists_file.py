"""Which track is on whose list, however the columns are called."""

import pytest

from recsys.errors import UnreadableFile
from recsys.importers.playlists_file import read_playlists

ONE, TWO = (f"{number:022d}" for number in (1, 2))


def read(tmp_path, text, name="lists.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_playlists(path)


def pairs(table):
    return list(zip(table["list"], table["track_id"], strict=True))


@pytest.mark.parametrize(
    "text",
    [
        f"playlist_id,track_id\nmine,{ONE}\nyours,{TWO}\n",
        f"user_id;Track URI\nmine;spotify:track:{ONE}\nyours;https://open.spotify.com/track/{TWO}?si=abc\n",
        f"\ufefftrack_id\tname\tlist\n{ONE}\tBlue\t mine \n{TWO}\tRed\tyours\n",
        f"listener,id\nmine,{ONE}\nyours,{TWO}\n".encode("utf-16"),
    ],
)
def test_columns_are_found_by_what_they_are_called(tmp_path, text):
    assert pairs(read(tmp_path, text)) == [("mine", ONE), ("yours", TWO)]


def test_the_id_of_a_list_is_preferred_to_its_name(tmp_path):
    assert pairs(read(tmp_path, f"playlist_name,playlist_id,track_id\nSummer,7,{ONE}\n")) == [("7", ONE)]


def test_a_track_is_stored_once_on_a_list_and_incomplete_rows_are_left_out(tmp_path):
    text = f"playlist_id,track_id\nmine,{ONE}\nmine,{ONE}\n,{TWO}\nmine,\nyours,{ONE}\n"

    assert pairs(read(tmp_path, text)) == [("mine", ONE), ("yours", ONE)]


def test_ids_that_are_not_spotifys_are_stored_as_they_are(tmp_path):
    assert pairs(read(tmp_path, "playlist_id,track_id\nmine,demo-000123\n")) == [("mine", "demo-000123")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"track_id,year\n{ONE},1999\n", "lists"),
        ("playlist_id,year\nmine,1999\n", "tracks"),
        ("playlist_id,track_id\n", "no rows"),
        ("", "empty"),
        (b"\x1f\x8b\x08packed", "Unpack"),
        (b"PK\x03\x04packed", "is not a table. Bring CSV or Parquet"),
        ('[{"listener": "ada", "track_id": "x"}]', "is not a table"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(tmp_path, text, sentence):
    with pytest.raises(UnreadableFile, match=sentence):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UnreadableFile, match=r"gone\.csv"):
        read_playlists(tmp_path / "gone.csv")
