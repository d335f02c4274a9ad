"""Files as listeners really have them: no header, lines above it, names in odd places, damaged text, odd scales."""

import codecs
import io
import json
from pathlib import Path

import pytest

from recsys.errors import UnreadableFile
from recsys.importers.any_file import read_file
from tests.importers.files import ONE, TWO, as_file


def imported(text, name="odd.csv"):
    return read_file(as_file(text), name)


def names(text):
    """[title, artists] of each track."""
    return imported(text).tracks[["title", "artists"]].to_numpy().tolist()


TWO_SONGS = [["Blue", "Ann"], ["Red", "Bob"]]


@pytest.mark.parametrize(
    "text",
    [
        "Shazam Library\nIndex,TagTime,Title,Artist,TrackKey\n1,2022-02-27,Blue,Ann,6\n2,2022-02-28,Red,Bob,7\n",
        "Table 1,,\nTitle,Artist,Energy\nBlue,Ann,0.5\nRed,Bob,0.7\n",
        "Exported on 2024-01-01\nby someone\n\nTitle;Artist\nBlue;Ann\nRed;Bob\n",
        "Title,Artist,Energy\nBlue,Ann,0.5\nTitle,Artist,Energy\nRed,Bob,0.6\n",
        "Title,Artist\nBlue,Ann\nRed,Bob\nTotal,2 songs\n",
        "Title,Artist\nBlue,Ann\nempty_field,empty_field\nRed,Bob\nGreen,<unknown>\nGreen,Unknown Artist\n",
        "Video ID,Song Title,Album Title,Artist Name 1,Artist Name 2\nx,Blue,A,Ann,\ny,Red,A,Bob,\n",
        "Track name,Artist name,Album\nAnn - Blue,,\nBob - Red,,\n,,\n",
        "Title\nAnn - Blue\nBob - Red\n",
        "Ann - Blue\nBob – Red\nBob - Red\n",
        "Ann,Alb,Blue,05 Apr 2010 11:10\nBob,Alb,Red,05 Apr 2010 11:14\nAnn,Alb,Blue,06 Apr 2010 09:01\n",
        f"My list\n\nBlue\tAnn\tAlb\tspotify:track:{ONE}\nRed\tBob\tAlb\tspotify:track:{TWO}\n",
    ],
)
def test_two_songs_are_found_wherever_they_are_written(text):
    report = imported(text).report

    assert names(text) == TWO_SONGS
    assert report.rows == report.tracks + report.duplicates + sum(report.skipped.values())
    assert report.problem_count == 0


def test_links_alone_are_tracks():
    text = "".join(f"https://open.spotify.com/track/{track}?si=abc\n" for track in (ONE, TWO, ONE))

    assert imported(text, "links.txt").tracks["track_id"].tolist() == [ONE, TWO]


def test_artists_in_numbered_columns_are_joined():
    assert names("Title,Artist 1,Artist 2,Artist 3\nBlue,Ann,,Bob\n") == [["Blue", "Ann; Bob"]]


def test_a_title_with_a_dash_keeps_it_where_the_artist_is_known():
    assert names("Title,Artist\nBlue - Live,Ann\nRed - Remastered,Bob\n") == [
        ["Blue - Live", "Ann"],
        ["Red - Remastered", "Bob"],
    ]


def test_a_song_called_total_by_an_artist_stays():
    assert names("Title,Artist\nTotal,Ann\n") == [["Total", "Ann"]]


def test_plain_words_in_a_header_are_known_and_what_is_not_used_is_named():
    odd = imported(
        "#\tTitle\tArtist\tRelease\tBPM\tEnergy\tDance\tLoud\tHappy\tTime\tAcoustic\tRnd\n"
        "1\tBlue\tAnn\t2001-04-04\t120\t65\t57\t-9\t54\t3:45\t41\t7\n"
    )

    row = odd.tracks.iloc[0]
    assert (row["loudness"], row["year"], row["energy"], row["duration_ms"]) == (-9, 2001, 0.65, 225_000)
    assert (row["valence"].round(9), row["acousticness"].round(9)) == (0.54, 0.41)
    assert odd.report.notes == ("Columns that were not used: “#”, “Rnd”.",)


def test_features_with_the_prefix_audio_are_known():
    assert imported("song_name,artist_name,audio_valence\nBlue,Ann,0.54\n").tracks["valence"].tolist() == [0.54]


@pytest.mark.parametrize(
    ("text", "key", "mode"),
    [
        *[("G Major", 7, 1), ("C♯/D♭ Major", 1, 1), ("E Minor", 4, 0), ("B♭ Minor", 10, 0), ("Am", 9, 0)],
        *[("8A", 9, 0), ("8B", 0, 1), ("1A", 8, 0), ("12B", 4, 1), ("1d", 0, 1), ("1m", 9, 0), ("F sharp minor", 6, 0)],
    ],
)
def test_a_key_is_read_with_its_mode(text, key, mode):
    odd = imported(f"Title,Artist,Key\nBlue,Ann,{text}\n")

    assert odd.tracks[["key", "mode"]].to_numpy().tolist() == [[key, mode]]
    assert odd.report.problem_count == 0


@pytest.mark.parametrize(
    "text",
    [
        "05 Apr 2010 11:10",
        "5 April 2010 11:10",
        "05.04.2010 11:10",
        "2010-04-05 11:10",
        "4/5/2010 11:10",
        "4/5/2010 11:10 AM",
        "Apr 5, 2010 11:10",
        "April 5th, 2010 at 11:10 AM",
    ],
)
def test_a_local_date_is_read(text):
    odd = imported(f'Title,Artist,Date added\nBlue,Ann,"{text}"\n')

    assert odd.tracks["added_at"].tolist() == ["2010-04-05T11:10:00Z"]
    assert odd.report.problem_count == 0


def test_the_day_comes_first_where_another_row_shows_it():
    odd = imported("Title,Artist,Date added\nBlue,Ann,05/04/2010\nRed,Ann,25/04/2010\n")

    assert odd.tracks["added_at"].tolist() == ["2010-04-05T00:00:00Z", "2010-04-25T00:00:00Z"]


def test_a_scale_from_one_to_ten_is_no_percentage():
    odd = imported("Title,Artist,Energy\n" + "".join(f"Song {n},Ann,{n}\n" for n in (3, 4, 7, 8, 10)))

    assert odd.tracks["energy"].round(9).tolist() == [0.3, 0.4, 0.7, 0.8, 1.0]
    assert odd.report.notes == ("Read as values from 1 to 10: Energy.",)


def test_a_small_percentage_beside_large_ones_is_a_percentage():
    odd = imported("Title,Artist,Energy,Speech\n" + "".join(f"Song {n},Ann,{n * 9},{n}\n" for n in (3, 4, 7, 8, 10)))

    assert odd.tracks["energy"].round(9).tolist() == [0.27, 0.36, 0.63, 0.72, 0.9]
    assert odd.tracks["speechiness"].round(9).tolist() == [0.03, 0.04, 0.07, 0.08, 0.1]


@pytest.mark.parametrize("others", [0, 50])
def test_a_stray_zero_byte_is_dropped_and_loses_no_row(others):
    rows = "".join(f"Song {number},Bob\n" for number in range(others))

    assert names(f"Title,Artist\n{rows}Bl\0ue,Ann\nRed,Bob\n")[others:] == TWO_SONGS


def test_a_few_bytes_that_are_no_text_do_not_make_all_of_it_one_of_two_bytes_a_character():
    odd = imported(b"Title,Artist\n\xed\xa0\x80Blue,Ann\n")

    assert odd.tracks.loc[0, "title"].endswith("Blue")
    assert odd.report.notes


def test_cells_in_single_quotes_are_read_without_them():
    assert names("'Title','Artist'\n'Blue, again','Ann'\n'Don''t','O''Neil'\n") == [
        ["Blue, again", "Ann"],
        ["Don't", "O'Neil"],
    ]
    assert names("Title,Artist\n'Heroes',Ann\n") == [["'Heroes'", "Ann"]]


@pytest.mark.parametrize("text", ["225.000", "225,000", "225000"])
def test_milliseconds_with_a_sign_between_the_thousands(text):
    odd = imported(f"Title;Artist;duration_ms\nBlue;Ann;{text}\n")

    assert (odd.tracks["duration_ms"].tolist(), odd.report.problem_count) == ([225_000], 0)


def test_text_that_was_encoded_twice_is_repaired_and_said():
    odd = imported('Title,Artist\n"Veinte AÃ±os de Sal","JosÃ© PeÃ±Ã\xadn"\nÆnima,Motörhead\n')

    assert odd.tracks[["title", "artists"]].to_numpy().tolist() == [
        ["Veinte Años de Sal", "José Peñín"],
        ["Ænima", "Motörhead"],
    ]
    assert odd.report.notes == ("2 texts were damaged by a wrong encoding and repaired.",)


def test_html_entities_are_decoded():
    assert names('Title,Artist\n"Don&#39;t Stop &amp; Go","Ann &amp; The Owls"\nAT&T,R&B; Ann\n') == [
        ["Don't Stop & Go", "Ann & The Owls"],
        ["AT&T", "R&B; Ann"],
    ]


def test_a_table_of_something_else_is_still_refused():
    with pytest.raises(UnreadableFile, match="has no column with Spotify track ids"):
        imported("date,amount,shop\n2024-01-01,3.20,Baker\n2024-01-02,4.20,Grocer\n")


def test_an_m3u_playlist_is_read_by_its_names():
    text = "#EXTM3U\n#EXTINF:200,Ann - Blue, Part 2\n/music/blue.mp3\n#EXTINF:-1,Bob - Red\nC:\\red.mp3\n"

    assert names(text) == [["Blue, Part 2", "Ann"], ["Red", "Bob"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('TITLE, ARTIST\n"Blue, Sky", "Ann, Bob"\n"Red", "Bob"\n', [["Blue, Sky", "Ann, Bob"], ["Red", "Bob"]]),
        ('Index,Title,Artist\n"1,""Blue, Sky"",""Ann"""\n"2,Red,Bob"\n', [["Blue, Sky", "Ann"], ["Red", "Bob"]]),
        ('Title,Artist,Genre\n"Blue","Ann 5\'9"",1980,"folk"\n"Red","Bob","pop"\n', []),
        ('Title,Artist,Genre\n"Blue","Ann 5\'9"","folk"\n"Red","Bob","pop"\n', [["Blue", "Ann 5'9\""], ["Red", "Bob"]]),
        ('Title,Artist\n"Say "Hi" now","Ann"\n"Red","Bob"\n', [['Say "Hi" now', "Ann"], ["Red", "Bob"]]),
    ],
)
def test_broken_quotes_are_repaired(text, expected):
    if expected:
        assert names(text) == expected
    else:
        assert imported(text).report.skipped


def test_an_artist_beyond_the_limit_that_came_in_the_titles_cell_is_reported_there():
    odd = imported(f"Title\n{'A' * 5_000} - Blue\nAnn - Red\n")

    assert odd.report.problem_count == 1
    assert odd.report.problems[0].column == "Title"
    assert odd.report.tracks + sum(odd.report.skipped.values()) == odd.report.rows == 2


def test_one_repaired_row_is_told_from_several():
    broken = '"Say "Hi" now","Ann"\n'

    assert imported("Title,Artist\n" + broken).report.notes == ("1 row had broken quotes and was repaired.",)
    assert imported("Title,Artist\n" + 2 * broken).report.notes == ("2 rows had broken quotes and were repaired.",)


def test_a_row_whose_quotes_cannot_be_read_is_left_out_with_its_number():
    odd = imported('Title,Artist,Energy\n"Red","Bob",0.5\n"Say "Hi", she","said","Ann",0.7\n"Green","Ann",0.6\n')

    assert odd.tracks["title"].tolist() == ["Red", "Green"]
    assert odd.report.rows == 3
    assert "Left out, as its quotes are broken: row 3." in odd.report.notes


@pytest.mark.parametrize(
    ("encoding", "title", "artist"),
    [
        ("cp1251", "Группа крови", "Кино"),
        ("koi8_r", "Группа крови", "Кино"),
        ("shift_jis", "夜に駆ける", "森山直太朗"),
        ("gbk", "七里香", "周杰伦"),
        ("big5", "後來", "劉若英"),
        ("euc_kr", "밤편지", "아이유"),
        ("cp1250", "Małomiasteczkowy świat", "Czesław Niemen"),
        ("cp1253", "Τα παιδιά του Πειραιά", "Μελίνα Μερκούρη"),
        ("mac_roman", "Déjà vu", "Beyoncé"),
        ("cp1252", "Déjà vu", "Beyoncé"),
        ("cp1252", "Più bella cosa", "Perché No"),
        ("cp1254", "Gülümse Şarkı", "Sezen Işık"),
    ],
)
def test_an_old_encoding_is_detected_and_said(encoding, title, artist):
    odd = imported(f"Title,Artist,Energy\n{title},{artist},0.5\nPlain,Plain,0.5\n".encode(encoding))

    assert odd.tracks.loc[0, ["title", "artists"]].tolist() == [title, artist]
    assert any(note.startswith("The text was read as ") for note in odd.report.notes)


def test_one_cut_byte_does_not_turn_a_file_into_another_encoding():
    text = "Title,Artist\nÄther,Björn\nÜber,Zoé\nEnd,Caf\u00e9\n".encode()
    odd = imported(text.replace("fé".encode(), b"f\xc3"))

    assert odd.tracks["title"].tolist() == ["Äther", "Über", "End"]
    assert "1 damaged character of the text shows as" in odd.report.notes[0]


SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "imports"
EXPECTED = {
    "energy_one_to_ten.csv": (5, 0, 0),
    "header_words_audio_prefix.csv": (2, 0, 0),
    "key_names.csv": (8, 0, 0),
    "playlists_spotify_backup.json": (2, 0, 1),
    "artist_dash_title_tunemymusic.csv": (2, 0, 1),
    "headerless_lastfm.csv": (2, 1, 0),
    "headerless_links.txt": (3, 0, 0),
    "header_words_sortyourmusic.tsv": (2, 0, 0),
    "html_entities.csv": (1, 0, 0),
    "mojibake_twice_encoded.csv": (3, 0, 0),
    "nested_api_items.json": (1, 0, 0),
    "nested_artist_object.json": (3, 0, 0),
    "nested_track_and_features.json": (1, 0, 0),
    "numbered_artist_columns.csv": (2, 0, 0),
    "preamble_numbers.csv": (2, 0, 0),
    "preamble_shazam.csv": (2, 0, 0),
    "quote_after_blank.csv": (2, 0, 0),
    "repeated_header.csv": (2, 0, 1),
    "unescaped_quote_artist.csv": (3, 0, 0),
    "whole_row_quoted.csv": (2, 0, 0),
}
"""Tracks, duplicates and skipped rows."""


@pytest.mark.shared_data
@pytest.mark.parametrize("name", EXPECTED)
def test_exports_met_in_public_bug_reports(name):
    if not (SHARED / name).exists():
        pytest.skip(f"{SHARED / name} is absent")

    report = read_file(SHARED / name, name).report

    assert (report.tracks, report.duplicates, sum(report.skipped.values())) == EXPECTED[name]
    assert report.problem_count == 0


WIDE = ["utf-32", "utf-32-le", "utf-32-be", "utf-16", "utf-16-le", "utf-16-be"]
LATIN = f"id,name,artists\n{ONE},Señorita,Björk\n{TWO},Ouvert \U0001f600,Zoë\n"
JAPANESE = "曲名,アーティスト\n" + "".join(f"夜の散歩道第{n}楽章,東京管弦楽団\n" for n in range(1, 40))
MARKS = {"utf-32-le": codecs.BOM_UTF32_LE, "utf-32-be": codecs.BOM_UTF32_BE}


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize(
    "text", [LATIN, json.dumps([{"id": ONE, "name": "Señorita", "artists": "Björk"}], ensure_ascii=False)]
)
def test_text_of_two_or_four_bytes_a_character_is_read_with_and_without_a_mark(encoding, text):
    data = text.encode(encoding)

    for whole in (data, MARKS.get(encoding, b"") + data):
        found = read_file(io.BytesIO(whole), "wide.csv")
        assert found.tracks.loc[0, ["title", "artists"]].tolist() == ["Señorita", "Björk"]
        assert found.report.notes == ()


@pytest.mark.parametrize("encoding", WIDE)
def test_wide_text_with_few_latin_characters_is_read(encoding):
    found = read_file(io.BytesIO(JAPANESE.replace("曲名,アーティスト", "Title,Artist").encode(encoding)), "wide.csv")

    assert len(found.tracks) == 39
    assert found.tracks.loc[0, ["title", "artists"]].tolist() == ["夜の散歩道第1楽章", "東京管弦楽団"]


@pytest.mark.parametrize("lost", [1, 2, 3])
@pytest.mark.parametrize("encoding", WIDE)
def test_wide_text_that_was_cut_is_read_to_the_cut_and_says_so(encoding, lost):
    data = LATIN.encode(encoding)[: -1 - lost]
    found = read_file(io.BytesIO(data), "cut.csv")

    assert found.tracks.loc[0, ["title", "artists"]].tolist() == ["Señorita", "Björk"]
    assert found.tracks.loc[1, "title"] == "Ouvert \U0001f600"
    is_in_a_character = (1 + lost) % (4 if "32" in encoding else 2) > 0
    assert any("1 damaged character" in note for note in found.report.notes) == is_in_a_character


@pytest.mark.parametrize(
    "data",
    [bytes(range(256)) * 40, b"id,name\n\0\0\0\0\0\1\2\3" * 50, b"\0\0\0\1" * 999, b"a\0\0\0" * 9 + b"\xff" * 99],
)
def test_what_is_no_text_is_refused_whatever_its_zeros(data):
    with pytest.raises(UnreadableFile, match="not a text file"):
        read_file(io.BytesIO(data), "binary.csv")
