"""Every kind of file a listener may bring, small enough to check by eye."""

import io
from pathlib import Path

import pytest

from recsys.errors import UnreadableFile
from recsys.importers.any_file import read_file, read_files

EXPORTIFY = (
    "\ufeffTrack URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,Explicit,Added By,"
    "Added At,Genres,Record Label,Danceability,Energy,Key,Loudness,Mode,Speechiness,Acousticness,Instrumentalness,"
    "Liveness,Valence,Tempo,Time Signature\n"
    "spotify:track:0000000000000000000001,Blue Door,Rooms,Ann;Bob,2015-03,200000,65,false,ann,2020-04-11T00:27:53Z,"
    '"folk,indie folk",Us,0.5,0.25,0,-8.5,1,0.03,0.9,0,0.1,0.5,120.5,4\n'
    "spotify:track:0000000000000000000002,Red Door,Rooms,Ann,2015,210000,50,true,ann,2020-04-12T00:00:00Z\n"
)


def text_file(text: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


def test_an_exportify_file_becomes_tracks_with_features():
    imported = read_file(text_file(EXPORTIFY), "mine.csv")

    first = imported.tracks.iloc[0]
    assert first["track_id"] == "0000000000000000000001"
    assert (first["title"], first["artists"], first["genres"]) == ("Blue Door", "Ann; Bob", "folk,indie folk")
    assert (first["energy"], first["year"], first["explicit"], first["duration_ms"]) == (0.25, 2015, 0, 200_000)
    assert imported.report.format == "exportify.net CSV"


def test_a_row_that_ends_early_is_a_track_without_features():
    imported = read_file(text_file(EXPORTIFY), "mine.csv")

    assert imported.tracks["title"].tolist() == ["Blue Door", "Red Door"]
    assert imported.report.as_json() == {
        "file": "mine.csv",
        "format": "exportify.net CSV",
        "rows": 2,
        "tracks": 2,
        "duplicates": 0,
        "skipped": {},
        "with_features": 1,
    }


def test_a_file_given_open_is_left_open():
    stream = text_file(EXPORTIFY)

    read_file(stream, "mine.csv")

    assert not stream.closed


def test_a_track_in_two_files_counts_once():
    imported = read_files([(text_file(EXPORTIFY), "a.csv"), (text_file(EXPORTIFY), "b.csv")])

    assert len(imported.tracks) == 2
    assert (imported.report.rows, imported.report.tracks, imported.report.duplicates) == (4, 2, 2)


def test_a_missing_file_is_a_sentence(tmp_path: Path):
    with pytest.raises(UnreadableFile, match=r"There is no file “gone\.csv”"):
        read_file(tmp_path / "gone.csv", "gone.csv")
