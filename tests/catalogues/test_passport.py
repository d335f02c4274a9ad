"""A catalogue's passport: counted once per song, and bound to exactly the file it was counted from."""

import pandas as pd
import pytest

from recsys.catalogues.passport import (
    BY_HAND,
    invented_passport,
    passport_file,
    passport_of,
    read_passport,
    write_passport,
)
from recsys.core.model.tracks import as_tracks, empty_tracks
from recsys.demo.catalogue import demo_catalogue


def tracks(**columns):
    return as_tracks(pd.DataFrame({"track_id": list("abcd"), "title": list("ABCD"), "artists": "Ann"} | columns))


def test_songs_and_what_is_known_of_them_are_counted():
    table = tracks(energy=[0.5, None, None, None], year=[1999, 2021, None, None], genres=["pop", "rock", "folk", None])

    found = passport_of(table, title="mine.csv")

    assert (found.songs, found.newest_year) == (4, 2021)
    assert (found.audio_share, found.year_share, found.genre_share, found.popularity_share) == (0.25, 0.5, 0.75, 0.0)
    assert (found.title, found.source, found.licence) == ("mine.csv", BY_HAND, "")


def test_versions_of_a_song_count_once():
    assert passport_of(tracks(title=["A", "A - Remaster", "B", "B (Live)"])).songs == 2


def test_an_empty_catalogue_knows_nothing():
    found = passport_of(empty_tracks())

    assert (found.songs, found.newest_year, found.audio_share) == (0, None, 0.0)


def test_the_invented_catalogue_says_that_it_is():
    found = invented_passport(demo_catalogue())

    assert found.is_invented and found.songs > 1_000
    assert "no such songs exist" in found.source


def test_a_passport_belongs_to_exactly_one_file(tmp_path):
    path = tmp_path / "catalogue.parquet"
    path.write_bytes(b"songs")
    found = passport_of(tracks())

    write_passport(found, path, path)
    assert read_passport(path) == found

    path.write_bytes(b"other songs")
    assert read_passport(path) is None


def test_until_the_file_is_replaced_both_passports_are_there(tmp_path):
    path, new = tmp_path / "catalogue.parquet", tmp_path / "new"
    path.write_bytes(b"old songs")
    new.write_bytes(b"new songs")
    old_passport, new_passport = passport_of(tracks()), passport_of(tracks(year=2020.0))
    write_passport(old_passport, path, path)

    write_passport(new_passport, new, path)
    assert read_passport(path) == old_passport, "killed before the file was replaced"

    new.replace(path)
    assert read_passport(path) == new_passport


@pytest.mark.parametrize("content", ["", "[]", '{"x": 1}', "{broken"])
def test_a_damaged_passport_is_none(tmp_path, content):
    path = tmp_path / "catalogue.parquet"
    path.write_bytes(b"songs")
    passport_file(path).write_text(content)

    assert read_passport(path) is None
    assert read_passport(tmp_path / "missing.parquet") is None
