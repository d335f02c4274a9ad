"""What Tonearm wrote itself comes back as it was."""

import io
import zipfile

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from recsys.core.export import to_csv
from recsys.core.model.plays import no_plays
from recsys.core.model.tracks import as_tracks
from recsys.errors import NoTracks
from recsys.importers.any_file import read_file
from recsys.importers.catalogue_file import write_catalogue
from tests.importers.files import ONE, as_file


def library(*titles):
    return as_tracks(
        pd.DataFrame(
            {
                "track_id": [f"demo-{at:06d}" for at in range(len(titles))],
                "title": titles,
                "artists": "Ann; Bob",
                "genres": "folk,indie folk",
                "added_at": "2020-04-11T00:27:53Z",
                "source": "invented",
                "energy": 1 / 3,
                "tempo": 120.481,
                "year": 2019,
            }
        )
    )


TITLES = ("Blue", "=1+1", "'=1+1", "''-x", "'Til Dawn", "+1", "-", "@home", '"Quoted", too', "None", "NA", "1999")


@pytest.mark.parametrize("note", [None, "demo data"])
def test_the_csv_of_a_library_comes_back_as_it_was(note):
    tracks = library(*TITLES)

    imported = read_file(as_file(to_csv(tracks, note)), "library.csv")

    assert imported.report.format == "Tonearm CSV"
    assert imported.report.problem_count == 0
    pd.testing.assert_frame_equal(imported.tracks, tracks)


def test_our_own_loudness_is_valid_even_above_0():
    loud = library("Blue").assign(loudness=0.5)

    assert read_file(as_file(to_csv(loud)), "library.csv").tracks["loudness"].tolist() == [0.5]


def test_a_list_of_recommendations_comes_back_as_tracks():
    listed = pd.DataFrame(
        {"rank": [1], "track_id": [ONE], "title": ["=Blue"], "artists": ["Ann"], "score": [0.5], "year": [2019.0]}
    )

    imported = read_file(as_file(to_csv(listed)), "list.csv")

    assert imported.report.format == "Tonearm recommendations"
    assert imported.tracks[["track_id", "title", "year"]].to_numpy().tolist() == [[ONE, "=Blue", 2019]]


@pytest.mark.parametrize("names", [{}, {"title": "=Blue", "artists": "Ann"}])
def test_a_history_comes_back_with_its_ids_and_plays(names):
    plays = pd.DataFrame(
        {
            "track_id": ["demo-000001", "demo-000001", "demo-000002"],
            "played_at": ["2026-01-01T00:00:00Z", "2026-01-02T10:00:00Z", "2026-01-03T00:00:00Z"],
            "ms_played": [60_000.0, None, 0.0],
        }
    )

    imported = read_file(as_file(to_csv(plays.assign(**names), "demo data")), "history.csv")

    assert imported.report.format == "Tonearm listening history"
    assert imported.tracks["track_id"].tolist() == ["demo-000001", "demo-000002"]
    pd.testing.assert_frame_equal(imported.plays, plays.astype(no_plays().dtypes.to_dict()))


def test_a_play_without_a_valid_time_is_a_problem_and_left_out():
    text = f"track_id,played_at,ms_played\n{ONE},yesterday,5\n{ONE},2026-01-01T00:00:00Z,999999999999\n"

    imported = read_file(as_file(text), "history.csv")

    assert imported.plays[["played_at", "ms_played"]].isna().to_numpy().tolist() == [[False, True]]
    assert [problem.column for problem in imported.report.problems] == ["played_at", "ms_played"]


def test_everything_that_was_exported_comes_back_without_songs_that_were_only_recommended_or_found():
    songs = library("Blue", "Red", "Green", "Grey", "White")
    mine, disliked, weekly, found = songs.head(2), songs.iloc[[2]], songs.iloc[[3]], songs.iloc[[4]]
    plays = pd.DataFrame({"track_id": mine["track_id"], "played_at": "2026-01-01T00:00:00Z", "ms_played": 1000.0})
    weeks = weekly[["track_id", "title", "artists"]].assign(week="2026-01-05", rank=1, score=2.5)
    tables = {
        "user_tracks": mine,
        "plays": plays,
        "recommendations": weekly[["track_id"]].assign(score=2.5, created_at="2026-01-01T00:00:00Z"),
        "weekly_songs": weeks[["week", "track_id", "title", "artists", "rank", "score"]],
        "feedback": disliked.assign(liked=0, created_at="2026-01-01T00:00:00Z"),
        "pool_tracks": found.assign(answered_at="2026-01-01T00:00:00Z"),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("README.txt", "Everything Tonearm stores about you.")
        for name, table in tables.items():
            archive.writestr(f"{name}.csv", to_csv(table))
            archive.writestr(f"{name}.json", table.to_json(orient="records"))

    imported = read_file(packed, "tonearm.zip")

    assert imported.tracks["title"].tolist() == ["Blue", "Red", "Green"]
    assert imported.liked.to_dict() == {disliked["track_id"].iloc[0]: False}
    assert len(imported.plays) == 2
    with pytest.raises(NoTracks, match="Choose the ZIP, or user_tracks"):
        read_file(as_file(to_csv(tables["weekly_songs"])), "weekly_songs.csv")


@pytest.mark.parametrize("header", ["track_id,score,created_at", "track_id,origin,seen_at,rank"])
def test_a_table_beside_the_library_is_refused_and_says_which_to_choose(header):
    with pytest.raises(NoTracks, match="Choose the ZIP, or user_tracks"):
        read_file(as_file(f"{header}\n{ONE},x,2026-01-01T00:00:00Z,\n"), "x")


def test_an_apostrophe_in_a_strangers_file_belongs_to_the_title():
    assert read_file(as_file(f"id,name,artists\n{ONE},'-x,Ann\n"), "x").tracks.loc[0, "title"] == "'-x"


def test_a_catalogue_comes_back_as_it_was(tmp_path):
    tracks = library("Blue", "Red")
    write_catalogue(tracks, tmp_path / "catalogue.parquet")

    imported = read_file(tmp_path / "catalogue.parquet", "catalogue.parquet")

    assert imported.report.format == "Tonearm catalogue"
    pd.testing.assert_frame_equal(imported.tracks, tracks)


def test_artists_of_a_parquet_file_are_read_by_their_names(tmp_path):
    artists = [[{"name": "Ann", "id": 1}, {"name": None, "id": 2}, {"name": "Bob", "id": 3}, None], None]
    parquet.write_table(pa.table({"name": ["Blue", "Red"], "artists": artists}), tmp_path / "dump.parquet")

    imported = read_file(tmp_path / "dump.parquet", "dump.parquet")

    assert imported.tracks[["title", "artists"]].to_numpy().tolist() == [["Blue", "Ann; Bob"]]
    assert sum(imported.report.skipped.values()) == 1


def test_any_other_parquet_is_read_like_a_table(tmp_path):
    columns = {"track_id": [ONE], "artists": [["Ann", "Bob"]], "track_name": ["Blue"], "energy": [2.0], "x": [{"a": 1}]}
    parquet.write_table(pa.table(columns), tmp_path / "dump.parquet")

    imported = read_file(tmp_path / "dump.parquet", "dump.parquet")

    assert imported.tracks[["track_id", "title", "artists"]].to_numpy().tolist() == [[ONE, "Blue", "Ann; Bob"]]
    assert imported.report.problems[0].sentence.startswith("Row 2: energy “2” is not between 0 and 1")
