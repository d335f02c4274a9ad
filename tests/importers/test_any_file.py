"""Whatever a listener brings is recognised by its content, and several files become one library."""

import io

import pytest

from recsys.core.model.tracks import MAX_TEXT
from recsys.errors import UnreadableFile
from recsys.importers.any_file import read_file, read_files
from tests.importers import files
from tests.importers.files import ONE, TWO, as_file, as_zip

DIALECTS = {
    "exportify.net CSV": files.EXPORTIFY_NET,
    "exportify.app CSV": files.EXPORTIFY_APP,
    "TidyTuesday spotify_songs.csv": files.TIDYTUESDAY,
    "114k dataset.csv": files.DATASET_114K,
    "1.2M tracks_features.csv": files.TRACKS_FEATURES_1_2M,
    "160k data.csv": files.DATA_160K,
    "600k tracks.csv": files.TRACKS_600K,
}


@pytest.mark.parametrize("name", DIALECTS)
def test_a_known_dialect_is_named_and_read_alike(name):
    imported = read_file(as_file(DIALECTS[name]), "renamed.txt")

    first = imported.tracks.iloc[0]
    assert imported.report.format == name
    assert (first["track_id"], first["duration_ms"]) == (ONE, 200_000)
    assert first["year"] == 2015 or "date" not in DIALECTS[name]
    numbers = ["danceability", "energy", "loudness", "speechiness", "acousticness", "liveness", "valence", "tempo"]
    assert first[numbers].tolist() == [0.5, 0.25, -8.5, 0.03, 0.9, 0.1, 0.5, 120.5]
    assert first[["instrumentalness", "key", "mode"]].tolist() == [0, 0, 1]


@pytest.mark.parametrize("name", ["exportify.net CSV", "114k dataset.csv", "1.2M tracks_features.csv", "160k data.csv"])
def test_artists_are_joined_alike_whatever_joined_them(name):
    assert read_file(as_file(DIALECTS[name]), "x").tracks.loc[0, "artists"] == "Ann; Bob"


def test_the_other_order_of_the_160k_dump_is_the_same_file():
    tracks = [read_file(as_file(each), "x").tracks for each in (files.DATA_160K, files.DATA_160K_OTHER_ORDER)]

    assert tracks[0].equals(tracks[1])


def test_a_row_that_ends_early_is_a_track_without_features():
    imported = read_file(as_file(files.EXPORTIFY_NET), "mine.csv")

    assert imported.tracks["title"].tolist() == ["Blue Door", "Red Door"]
    assert imported.tracks["energy"].isna().tolist() == [False, True]
    assert imported.tracks["source"].fillna("nobody").tolist() == ["exportify.net CSV", "nobody"]
    assert imported.report.as_json() == {
        "file": "mine.csv",
        "format": "exportify.net CSV",
        "rows": 2,
        "tracks": 2,
        "duplicates": 0,
        "skipped": {},
        "with_features": 1,
        "notes": [],
    }


def test_exportify_app_escapes_commas_in_names():
    track = read_file(as_file(files.EXPORTIFY_APP), "x").tracks.iloc[0]

    assert (track["title"], track["artists"]) == ('Say "Hi"', "Tyler, The Creator; Ann")
    assert (track["isrc"], track["genres"], track["added_at"]) == (
        "USUM71900001",
        "hip hop,rap",
        "2020-04-11T00:27:53Z",
    )


@pytest.mark.parametrize("header", ["Spotify ID", "Track ID", "Track URI"])
@pytest.mark.parametrize(
    ("cell", "artists"),
    [
        ("Ann,Bob", "Ann; Bob"),
        ("Tyler, The Creator,Ann", "Tyler, The Creator; Ann"),
        (r"Tyler\,The Creator,Ann", "Tyler,The Creator; Ann"),
        ("10,000 Maniacs,Ann", "10,000 Maniacs; Ann"),
    ],
)
def test_older_exportify_joins_artists_with_bare_commas(header, cell, artists):
    columns = f"{header},Track Name,Album Name,Artist Name(s),Release Date,Duration (ms)"

    imported = read_file(as_file(f'{columns}\n{ONE},Blue,Rooms,"{cell}",2015,200000\n'), "x")

    assert imported.report.format == "exportify.net CSV"
    assert imported.tracks["artists"].tolist() == [artists]


def test_exportify_app_in_another_language_is_read_all_the_same():
    english, german = (read_file(as_file(text), "x") for text in (files.EXPORTIFY_APP, files.EXPORTIFY_APP_IN_GERMAN))

    assert german.report.format == "exportify.app CSV"
    assert german.tracks.equals(english.tracks)


def test_headers_nobody_knows_are_answered_with_what_to_do():
    with pytest.raises(UnreadableFile, match=r"it has “Lag”, “Flytjandi”. If its headers are in another language, set"):
        read_file(as_file("Lag,Flytjandi\nBlau,Anna\n"), "lieder.csv")


def test_a_track_that_is_in_several_playlists_is_one_track():
    report = read_file(as_file(files.TIDYTUESDAY), "x").report

    assert (report.rows, report.tracks, report.duplicates) == (3, 2, 1)


def test_the_genre_of_a_playlist_is_not_the_genre_of_its_tracks():
    assert read_file(as_file(files.TIDYTUESDAY), "x").tracks["genres"].isna().all()


def test_na_is_a_missing_title_where_r_wrote_it_and_a_title_elsewhere():
    from_r = read_file(as_file(files.TIDYTUESDAY), "x")
    elsewhere = read_file(as_file(f"id,name,artists\n{ONE},NA,NA\n"), "x")

    assert from_r.tracks.loc[1, ["title", "artists"]].tolist() == [TWO, ""]
    assert from_r.report.notes == ("1 track came without a title and shows its Spotify id instead.",)
    assert elsewhere.tracks.loc[0, ["title", "artists"]].tolist() == ["NA", "NA"]


def test_genres_of_thousands_of_rows_are_united_up_to_the_length_of_one_text():
    rows = "".join(f'Blue,Ann,"genre {number},pop"\n' for number in range(2_000))

    [genres] = read_file(as_file("title,artist,genres\n" + rows), "x").tracks["genres"]

    assert genres.split(",")[:3] == ["genre 0", "pop", "genre 1"]
    assert len(genres) <= MAX_TEXT


def test_united_genres_are_as_long_as_one_text_at_most():
    long = [",".join(f"{number} {'g' * 90} {row}" for number in range(15)) for row in range(3)]

    rows = "".join(f'Blue,Ann,"{genres}"\n' for genres in long)
    [genres] = read_file(as_file("title,artist,genres\n" + rows), "x").tracks["genres"]

    assert genres.startswith(long[0])
    assert MAX_TEXT - 100 < len(genres) <= MAX_TEXT


def test_genres_of_repeated_rows_are_united():
    assert read_file(as_file(files.DATASET_114K), "x").tracks["genres"].tolist() == ["acoustic,folk"]


def test_likes_and_dislikes_are_stored_by_track():
    imported = read_file(as_file(files.LIKES), "x")

    assert imported.tracks["track_id"].str.fullmatch("name:[0-9a-f]{16}").all()
    assert imported.liked.to_dict() == dict(zip(imported.tracks["track_id"], [True, False], strict=True))


def test_files_without_marks_like_nothing():
    assert read_file(as_file(files.TRACKS_600K), "x").liked is None


def test_a_file_given_open_is_left_open():
    stream = as_file(files.EXPORTIFY_NET)

    read_file(stream, "mine.csv")

    assert not stream.closed


def test_a_stream_that_cannot_go_back_is_read(tmp_path):
    class Pipe(io.RawIOBase):
        def __init__(self):
            self.content = as_file(files.EXPORTIFY_NET)

        def readable(self):
            return True

        def readinto(self, buffer):
            return self.content.readinto(buffer)

    assert read_file(io.BufferedReader(Pipe()), "pipe").report.rows == 2


def test_a_track_in_two_files_counts_once():
    imported = read_files([(as_file(files.EXPORTIFY_NET), "a.csv"), (as_file(files.EXPORTIFY_NET), "b.csv")])

    assert len(imported.tracks) == 2
    assert [report.file for report in imported.reports] == ["a.csv", "b.csv"]
    assert (imported.report.rows, imported.report.tracks, imported.report.duplicates) == (4, 2, 2)


def test_what_one_file_does_not_know_comes_from_the_next():
    names = as_file(f"id,name,artists\n{ONE},Blue Door,Ann\n")
    numbers = as_file(f"id,energy\n{ONE},0.25\n")

    for order in ([(numbers, "n"), (names, "t")], [(names, "t"), (numbers, "n")]):
        tracks = read_files(order).tracks
        assert tracks[["title", "artists", "energy"]].to_numpy().tolist() == [["Blue Door", "Ann", 0.25]]


def test_a_song_known_by_name_here_and_by_id_there_is_one_track():
    by_name = as_file(files.LIKES)
    by_id = as_file(f"id,name,artists\n{ONE},Blue Door (Remastered 2011),Ann\n")

    imported = read_files([(by_name, "likes"), (by_id, "ids")])

    assert imported.tracks["track_id"].tolist()[0] == ONE
    assert len(imported.tracks) == 2
    assert imported.liked[ONE]


def test_a_zip_of_playlists_is_one_file_with_one_report():
    again = files.EXPORTIFY_NET.replace(TWO, files.THREE)

    imported = read_file(as_zip({"playlists/a.csv": files.EXPORTIFY_NET, "playlists/b.csv": again}), "all.zip")

    assert imported.report.file == "all.zip"
    assert (imported.report.rows, imported.report.tracks, imported.report.duplicates) == (4, 3, 1)


def test_a_problem_inside_a_zip_names_its_file():
    imported = read_file(as_zip({"a.csv": files.EXPORTIFY_NET.replace("120.5", "999")}), "all.zip")

    assert imported.report.problems[0].sentence.startswith("a.csv: Row 2: Tempo “999”")


def test_members_without_tracks_are_named_in_a_note():
    imported = read_file(as_zip({"a.csv": files.EXPORTIFY_NET, "Userdata.json": '{"username": "x"}'}), "all.zip")

    assert imported.report.notes == ("Not imported, as it holds no tracks: Userdata.json.",)


def test_an_empty_playlist_does_not_spoil_the_others():
    header = files.EXPORTIFY_NET.splitlines()[0]

    imported = read_file(as_zip({"full.csv": files.EXPORTIFY_NET, "empty.csv": header}), "all.zip")

    assert imported.report.notes == ("Not imported, as it holds no tracks: empty.csv.",)
