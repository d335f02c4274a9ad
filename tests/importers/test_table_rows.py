"""Tables as they are met in the wild: other names, other notations, values that cannot be."""

import pytest

from recsys.errors import NoTracks
from recsys.importers.any_file import read_file
from recsys.importers.table_rows import MOST_PROBLEMS
from tests.importers.files import ONE, TWO, as_file


def tracks(text, encoding="utf-8"):
    return read_file(as_file(text, encoding), "mine.csv").tracks


def report(text):
    return read_file(as_file(text), "mine.csv").report


def only(text, column):
    (value,) = tracks(text)[column]
    return value


@pytest.mark.parametrize(
    "cell",
    [
        ONE,
        f"spotify:track:{ONE}",
        f"https://open.spotify.com/track/{ONE}",
        f"https://open.spotify.com/intl-de/track/{ONE}?si=abc",
        f"https://open.spotify.com/embed/track/{ONE}/",
        f"open.spotify.com/track/{ONE}#0:30",
        f" {ONE} ",
    ],
)
@pytest.mark.parametrize("header", ["Track ID", "Spotify ID", "spotify_id", "id", "uri", "Track URI", "track_url"])
def test_an_id_is_found_under_any_name_and_in_any_form(header, cell):
    assert only(f"{header},energy\n{cell},0.5\n", "track_id") == ONE


@pytest.mark.parametrize(
    "artist", ["Artist", "artists", "artistName", "track_artist", "Artist Name(s)", "artist(s)_name"]
)
@pytest.mark.parametrize("title", ["song_title", "name", "track.name", "name_x", "Title", "trackName"])
def test_a_title_and_an_artist_are_found_under_any_name(title, artist):
    row = tracks(f"{title},{artist}\nBlue,Ann\n").iloc[0]

    assert (row["title"], row["artists"]) == ("Blue", "Ann")
    assert row["track_id"].startswith("name:")


@pytest.mark.parametrize(
    "energy", ["energy", "Energy", "trackFeatureEnergy", "track.energy", "energy\t", "energy_x", "nrgy"]
)
def test_a_feature_is_found_under_any_name(energy):
    assert only(f"id,{energy}\n{ONE},0.25\n", "energy") == 0.25


def test_the_title_of_a_video_is_not_that_of_the_song_beside_it():
    videos = "Ann,Blue,Ann - Blue (Official Video)\nBob,Red,Bob: RED [HD]\nCid,Grey,Something else\n"
    numbers = "Ann,1,Ann Song 1\nBob,2,Bob Song 2\n"

    assert tracks(f"Artist,Track,Title\n{videos}")["title"].tolist() == ["Blue", "Red", "Grey"]
    assert tracks(f"Artist,Track,Title\n{numbers}")["title"].tolist() == ["Ann Song 1", "Bob Song 2"]


@pytest.mark.parametrize(
    ("header", "column", "cell", "value"),
    [
        ("Beats Per Minute (BPM)", "tempo", "157", 157),
        ("Beats.Per.Minute", "tempo", "157", 157),
        ("Loudness..dB..", "loudness", "-6", -6),
        ("Dance", "danceability", "0.5", 0.5),
        ("Length (Duration)", "duration_ms", "201", 201_000),
        ("Album Date", "year", "2015-03-01", 2015),
    ],
)
def test_columns_of_top_lists_and_playlist_sorters_are_found(header, column, cell, value):
    assert only(f"Title,Artist,{header}\nBlue,Ann,{cell}\n", column) == value


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_will_do(delimiter):
    text = "id,name,artists,energy\n" + f"{ONE},Blue,Ann,0.25\n"

    assert only(text.replace(",", delimiter), "energy") == 0.25


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
def test_any_usual_encoding_will_do(encoding):
    assert only(f"id,name,artists\n{ONE},Señorita,Björk\n", "title") == "Señorita"
    assert tracks(f"id,name,artists\n{ONE},Señorita,Björk\n", encoding).loc[0, "artists"] == "Björk"


def test_an_unnamed_index_column_first_is_not_taken_for_anything():
    assert only(f",id,name,artists\n0,{ONE},Blue,Ann\n", "title") == "Blue"


def test_a_header_without_a_name_for_the_index_as_r_writes_it_is_understood():
    assert only(f"id,name,artists\n1,{ONE},Blue,Ann\n", "title") == "Blue"


def test_the_line_by_which_excel_names_its_delimiter_is_no_header():
    assert only(f"sep=;\nid;name;artists\n{ONE};Blue, too;Ann\n", "title") == "Blue, too"


def test_numbers_that_are_no_spotify_ids_do_not_hide_the_names():
    row = tracks("id,name,artists\n17,Blue,Ann\n").iloc[0]

    assert row["title"] == "Blue"
    assert row["track_id"].startswith("name:")


@pytest.mark.parametrize(
    ("cell", "artists"),
    [
        ("['Ann']", "Ann"),
        ("['Ann', 'Bob']", "Ann; Bob"),
        ("[\"Bob's Band\", 'Ann']", "Bob's Band; Ann"),
        (r"['Bob\'s Band']", "Bob's Band"),
        ("['Tyler, The Creator', 'Ann']", "Tyler, The Creator; Ann"),
        ("Tyler, The Creator", "Tyler, The Creator"),
        ("['[Band]', 'Ann']", "[Band]; Ann"),
        ("[Band]", "[Band]"),
        ("[]", ""),
        ("Ann;Bob", "Ann; Bob"),
        ("Ann ;; Bob;", "Ann; Bob"),
        ("[{'id': 'x', 'name': 'Ann', 'type': 'artist'}, {'name': \"Bob's\"}]", "Ann; Bob's"),
        ("['__import__(\"os\").getcwd()']", '__import__("os").getcwd()'),
    ],
)
def test_artists_are_read_from_any_list_and_nothing_is_evaluated(cell, artists):
    quoted = cell.replace('"', '""')

    assert only(f'id,name,artists\n{ONE},Blue,"{quoted}"\n', "artists") == artists


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("2019", 2019),
        ("2019.0", 2019),
        ("2019-05", 2019),
        ("2019-05-01", 2019),
        ("1/2/19", 2019),
        ("1/2/75", 1975),
        ("01.02.2019", 2019),
        ("May-19", 2019),
        ("2-Jan-19", 2019),
        ("20190501", 2019),
        ("2019-05-01T00:00:00Z", 2019),
    ],
)
def test_the_year_is_read_from_any_date(date, year):
    assert only(f"id,name,artists,release_date\n{ONE},Blue,Ann,{date}\n", "year") == year


@pytest.mark.parametrize(
    ("header", "cell", "duration_ms"),
    [
        ("duration_ms", "225000", 225_000),
        ("Duration (ms)", '"225,000"', 225_000),
        ("duration", "3:45", 225_000),
        ("duration", "1:02:03", 3_723_000),
        ("duration", "225", 225_000),
        ("duration", "3.75", 225_000),
        ("duration", "225000", 225_000),
        ("duration_min", "3.75", 225_000),
        ("Length (sec)", "225", 225_000),
    ],
)
def test_a_duration_becomes_milliseconds(header, cell, duration_ms):
    assert only(f"id,name,artists,{header}\n{ONE},Blue,Ann,{cell}\n", "duration_ms") == duration_ms


def test_percents_become_shares_in_the_whole_file():
    read = tracks(f"id,energy,valence,instrumentalness\n{ONE},81,50,0\n{TWO},1,66,0\n")

    assert read[["energy", "valence", "instrumentalness"]].to_numpy().tolist() == [[0.81, 0.5, 0], [0.01, 0.66, 0]]


def features(header, *rows):
    """The values of some columns for rows that are known by made-up names, and the notes of the report."""
    lines = [f"Blue {at},Ann,{row}" for at, row in enumerate(rows)]
    found = read_file(as_file("\n".join([f"title,artist,{header}", *lines])), "mine.csv")
    return found.tracks[header.split(",")].fillna(-1).round(4).to_numpy().tolist(), found.report.notes


def test_percentages_beside_shares_are_read_as_what_each_column_shows():
    mostly = features("energy,danceability,liveness", "55,45,0.3", "66,50,0.4", "1,60,0.5")
    hardly = features("energy,danceability,valence", "55,0.5,0.3", "66,0.6,0.4", "1,0.7,0.5")

    assert mostly == (
        [[0.55, 0.45, 0.3], [0.66, 0.5, 0.4], [0.01, 0.6, 0.5]],
        ("Read as percentages: danceability, energy.",),
    )
    assert hardly == ([[0.55, 0.5, 0.3], [0.66, 0.6, 0.4], [0.01, 0.7, 0.5]], ("Read as percentages: energy.",))


def test_values_that_lost_their_decimal_point_make_no_percentages_of_others():
    outlier, _ = features("energy,danceability", "55,250", "1,40", "60,50", "60,50")
    found, _ = features("energy,danceability,valence", "512,0.25,337", "661,745,0.41", "773,613,507")

    assert outlier == [[0.55, -1], [0.01, 0.4], [0.6, 0.5], [0.6, 0.5]]
    assert found == [[-1, 0.25, -1], [-1, -1, 0.41], [-1, -1, -1]]


def test_standardised_values_are_no_shares_where_they_happen_to_be_in_range():
    standardised = features("energy,danceability", "-0.5,0.25", "0.66,0.5", "1.7,0.6")
    with_unknown = features("energy,danceability", "-1,0.25", "0.66,0.5", "0.7,0.6")

    note = "Not used, as values below 0 show another scale than 0 to 1: energy."
    assert standardised == ([[-1, 0.25], [-1, 0.5], [-1, 0.6]], (note,))
    assert with_unknown == ([[-1, 0.25], [0.66, 0.5], [0.7, 0.6]], ())


def test_a_column_that_is_left_out_stays_so_in_every_part_of_a_large_file(monkeypatch):
    monkeypatch.setattr("recsys.importers.delimited.BLOCK_BYTES", 1 << 12)
    lines = [f"{number:022d},{value}" for number, value in enumerate([-0.5, 1.5] * 200 + [0.5] * 200)]

    imported = read_file(as_file("\n".join(["id,energy", *lines])), "mine.csv")

    assert (len(imported.tracks), imported.tracks["energy"].notna().sum()) == (600, 0)
    assert sum("Not used" in note for note in imported.report.notes) == 1


def test_popularity_from_0_to_1_becomes_points():
    assert features("popularity", "0.65", "0.4", "1")[0] == [[65], [40], [100]]
    assert features("popularity", "0", "1", "1")[0] == [[0], [1], [1]]


def test_a_percent_sign_says_it_of_its_column_however_small_the_values():
    read = tracks(f"id,energy,valence,liveness_%\n{ONE},1%,0.5,1\n{TWO},0.5 %,0.25,0.5\n")

    assert read[["energy", "valence", "liveness"]].to_numpy().tolist() == [[0.01, 0.5, 0.01], [0.005, 0.25, 0.005]]


@pytest.mark.parametrize(
    ("header", "cell", "column", "value"),
    [("duration", "200000", "duration_ms", 200_000), ("energy", "50", "energy", 0.5)],
)
def test_units_are_read_from_the_first_values_even_if_they_are_far_down(header, cell, column, value):
    without = "".join(f"{number:022d},{'Blue ' * 60},Ann,\n" for number in range(30_000))

    assert tracks(f"id,name,artists,{header}\n{without}{ONE[:-1]}x,Blue,Ann,{cell}\n")[column].iloc[-1] == value


def test_loudness_without_its_sign_or_from_0_to_1_is_not_valid():
    found = read_file(as_file(f"id,loudness\n{ONE},0.7\n{TWO},4.5\n"), "x")
    real = tracks(f"id,loudness\n{ONE},0.7\n{TWO},-4.5\n{ONE[:-1]}x,-8\n")

    assert found.tracks["loudness"].isna().all()
    assert found.report.problems[1].sentence == (
        "Row 3: loudness “4.5” is not between -60 and 0, so it was left empty."
    )
    assert real["loudness"].tolist() == [0.7, -4.5, -8]


def test_decimal_commas_are_read():
    assert tracks(f"id;energy;tempo\n{ONE};0,25;120,5\n")[["energy", "tempo"]].to_numpy().tolist() == [[0.25, 120.5]]


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("energy", '"12,5 %"', 0.125),
        ("energy", '"12,5\u202f%"', 0.125),
        ("loudness", "−8.5", -8.5),
        ("loudness", '"-8,5 LUFS"', -8.5),
        ("tempo", '"98,5 BPM"', 98.5),
        ("duration_ms", "225\u202f000", 225_000),
        ("duration", "3:45 min", 225_000),
    ],
)
def test_numbers_with_units_and_signs_as_programs_write_them(column, cell, value):
    found = tracks(f"id,{column}\n{ONE},{cell}\n")

    assert found["duration_ms" if "duration" in column else column].tolist() == [value]


def test_minutes_that_a_spreadsheet_took_for_hours_are_minutes():
    found, notes = features("duration_ms", "03:45:00", "4:05:00", "24:10:00")
    long, _ = features("duration_ms", "01:00:00", "0:03:45", "0:04:05")

    assert found == [[225_000], [245_000], [1_450_000]]
    assert notes == ("Read as minutes and seconds, which a spreadsheet took for hours and minutes: duration_ms.",)
    assert long == [[3_600_000], [225_000], [245_000]]


def test_the_times_of_day_of_plays_are_no_durations():
    rows = "10:04,Ann,Blue\n10:08,Bob,Red\n10:12,Cid,Grey\n"

    assert tracks(f"Time,Artist,Title\n{rows}")["duration_ms"].isna().all()
    assert tracks(f"Time,Artist,Title\n{rows.replace('10:', '3:')}")["duration_ms"].tolist() == [184e3, 188e3, 192e3]


def test_keys_modes_and_time_signatures_may_be_words():
    row = tracks(f"id,key,mode,time_signature,explicit\n{ONE},C#,Minor,3/4,True\n").iloc[0]

    assert row[["key", "mode", "time_signature", "explicit"]].tolist() == [1, 0, 3, 1]


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("energy", "1.5", "Row 3: energy “1.5” is not between 0 and 1, so it was left empty."),
        ("energy", "loud", "Row 3: energy “loud” is not a number, so it was left empty."),
        ("energy", "inf", "Row 3: energy “inf” is not a number, so it was left empty."),
        ("tempo", "999", "Row 3: tempo “999” is not between 30 and 260, so it was left empty."),
        ("release_date", "soon", "Row 3: release_date “soon” is not a date, so it was left empty."),
        ("release_date", "0000", "Row 3: release_date “0000” is not between 1860 and 2100, so it was left empty."),
        ("added_at", "once", "Row 3: added_at “once” is not a time, so it was left empty."),
        ("isrc", "12", "Row 3: isrc “12” is not an ISRC, so it was left empty."),
    ],
)
def test_a_value_that_cannot_be_is_reported_and_the_row_survives(column, value, sentence):
    found = report(f"id,name,artists,{column}\n{ONE},Blue,Ann,\n{TWO},Red,Ann,{value}\n")

    assert [problem.sentence for problem in found.problems] == [sentence]
    assert (found.tracks, found.problem_count) == (2, 1)


@pytest.mark.parametrize("value", ["", "NA", "nan", "None", "null", "-", "n/a", "#N/A", "#NV", "—"])
def test_a_missing_value_is_no_problem(value):
    text = f"id,energy,release_date,added_at,isrc\n{ONE},{value},{value},{value},{value}\n{TWO},0.5,2019,,\n"

    assert report(text).problem_count == 0


@pytest.mark.parametrize(("column", "value"), [("key", "-1"), ("time_signature", "0")])
def test_spotifys_own_unknown_is_missing_without_a_problem(column, value):
    found = read_file(as_file(f"id,{column}\n{ONE},{value}\n"), "x")

    assert found.tracks[column].isna().all()
    assert found.report.problem_count == 0


def test_a_track_that_spotify_could_not_analyse_has_no_features():
    imported = read_file(as_file(f"id,danceability,tempo,energy,duration_ms\n{ONE},0,0,0.5,200000\n"), "x")

    assert imported.tracks.loc[0, ["danceability", "tempo", "energy"]].isna().all()
    assert imported.tracks.loc[0, "duration_ms"] == 200_000
    assert (imported.report.with_features, imported.report.problem_count) == (0, 0)


def test_a_broken_id_is_reported_and_the_track_known_by_name():
    text = f"Track URI,Track Name,Artist\nspotify:track:{ONE},Blue,Ann\nspotify:track:short,Red,Ann\n"
    imported = read_file(as_file(text), "x")

    assert imported.tracks["track_id"].str.startswith("name:").tolist() == [False, True]
    assert imported.report.problems[0].sentence.startswith("Row 3: Track URI “spotify:track:short” is not a Spotify")


def test_a_local_file_is_a_track_known_by_name_and_an_episode_is_none():
    text = (
        "Track URI,Track Name,Artist\n"
        f"spotify:track:{ONE},Blue,Ann\n"
        "spotify:local:Ann:Rooms:Red:200,Red,Ann\n"
        f"spotify:episode:{TWO},Talk,Ann\n"
    )
    imported = read_file(as_file(text), "x")

    assert imported.tracks["title"].tolist() == ["Blue", "Red"]
    assert imported.report.skipped == {"podcast episode": 1}
    assert imported.report.problem_count == 0


def test_a_row_without_identity_is_counted():
    text = f"id,name,artists,energy\n{ONE},Blue,Ann,0.5\n,Red,,0.5\n,,,0.5\n"

    assert report(text).skipped == {"no Spotify id, and no title with an artist": 2}


def test_a_row_that_says_of_title_and_artist_that_there_is_none_is_no_track():
    found = read_file(as_file("title,artist\nN/A,N/A\n#N/A,#N/A\nnan,nan\nN/A,Ann\n"), "mine.csv")

    assert found.tracks["title"].tolist() == ["N/A"]
    assert sum(found.report.skipped.values()) == 3


def test_a_row_with_too_many_cells_is_counted_and_empty_lines_are_none():
    found = report(f"id,name,artists\n{ONE},Blue,Ann\n\n{TWO},Red,Ann,Bob\n\n")

    assert (found.rows, found.tracks, found.skipped) == (2, 1, {"more cells than the header": 1})


def test_rows_that_all_end_with_a_comma_are_whole():
    assert len(tracks(f"id,name,artists\n{ONE},Blue,Ann,\n{TWO},Red,Ann,\n")) == 2


def test_short_rows_keep_their_place():
    assert tracks(f"id,name,artists,energy\n{ONE},Blue,Ann\n{TWO},Red,Ann,0.5\n")["title"].tolist() == ["Blue", "Red"]


def test_line_ends_and_delimiters_inside_quotes_belong_to_the_title():
    assert only(f'id,name,artists\n{ONE},"Blue,\n  ""too""",Ann\n', "title") == 'Blue, "too"'


def test_only_the_first_problems_are_stored_and_all_are_counted():
    rows = "".join(f"{number:022d},7\n" if number else f"{number:022d},0.5\n" * 900 for number in range(250))

    found = report("id,energy\n" + rows)

    assert (len(found.problems), found.problem_count) == (MOST_PROBLEMS, 249)


def test_titles_are_text_whatever_they_look_like():
    read = tracks(f"id,name,artists\n{ONE},1999,=cmd()\n{TWO},None,<b>\n")

    assert read[["title", "artists"]].to_numpy().tolist() == [["1999", "=cmd()"], ["None", "<b>"]]


@pytest.mark.parametrize("length", [200_000, 1_000_000])
def test_a_cell_of_any_length_does_not_hide_the_rows(length):
    found = report(f"id,name,artists\n{ONE},{'x' * length},Ann\n{TWO},Red,Ann\n")

    assert (found.rows, found.tracks) == (2, 2)


def test_a_table_of_artists_is_not_taken_for_tracks():
    with pytest.raises(NoTracks, match="is a table of artists, not of tracks"):
        report(f"id,followers,genres,name,popularity\n{ONE},5.0,['folk'],Ann,3\n")


def test_a_table_of_genres_is_known_as_one():
    imported = read_file(as_file(f'id,genres\n{ONE},"Folk, Indie Folk"\n'), "x")

    assert imported.report.format == "genres by track"
    assert imported.tracks.loc[0, "genres"] == "folk,indie folk"
