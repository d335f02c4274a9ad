"""The XML library of iTunes and Apple Music."""

import plistlib
from datetime import datetime

import pytest

from recsys.errors import UnreadableFile
from recsys.importers.any_file import read_file
from tests.importers.files import as_file

BLUE = {
    "Track ID": 1,
    "Name": "Blue",
    "Artist": "Ann",
    "Album": "Rooms",
    "Genre": "Pop",
    "Total Time": 225_000,
    "Year": 2001,
    "Date Added": datetime(2020, 1, 2, 3, 4, 5),
    "Loved": True,
}
TRACKS = {
    "1": BLUE,
    "2": {"Track ID": 2, "Name": "Red", "Artist": "Bob"},
    "3": {"Track ID": 3, "Name": "Talk", "Artist": "Pod", "Podcast": True},
}


def library(**keys):
    return as_file(plistlib.dumps({"Major Version": 1, "Playlists": [{"Playlist Items": [{"Track ID": 1}]}], **keys}))


def refusal(text):
    with pytest.raises(UnreadableFile) as refused:
        read_file(as_file(text), "Library.xml")
    return str(refused.value)


def test_its_songs_are_read_and_its_podcasts_counted():
    imported = read_file(library(Tracks=TRACKS), "Library.xml")

    columns = ["title", "artists", "album", "genres", "duration_ms", "year", "added_at"]
    blue, red = (imported.tracks.loc[at, columns].dropna().tolist() for at in (0, 1))
    assert blue == ["Blue", "Ann", "Rooms", "pop", 225_000, 2001, "2020-01-02T03:04:05Z"]
    assert red == ["Red", "Bob"]
    assert imported.liked.tolist() == [True]
    [report] = imported.reports
    assert (report.format, report.rows, report.tracks, sum(report.skipped.values())) == ("iTunes library", 3, 2, 1)


@pytest.mark.parametrize(
    "inside",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
    ],
)
def test_entities_are_refused(inside):
    assert "is not a complete iTunes library" in refusal(
        f'<?xml version="1.0"?><!DOCTYPE plist [{inside}]><plist><array><string>&a;</string></array></plist>'
    )


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("<date>soon</date>", "is not a complete iTunes library"),
        (f"<integer>{'9' * 100_000}</integer>", "is not a complete iTunes library"),
        (
            "<dict><key>Tracks</key><dict><key>1</key><dict><key>Name</key><string>Blue</string><key>Artist</key>"
            f"<string>Ann</string><key>Year</key><integer>0x{'F' * 5_000}</integer></dict></dict></dict>",
            "holds a number of thousands of digits",
        ),
        ("<dict><key>Tracks</key><dict>", "is not a complete iTunes library"),
        ("<array>" * 100_000 + "</array>" * 100_000, "is XML, but no iTunes library"),
        ("<dict><key>Tracks</key><array/></dict>", "is XML, but no iTunes library"),
        ("<dict><key>Tracks</key><dict/></dict>", "is an iTunes library without songs"),
        ("", "is XML, but no iTunes library"),
    ],
)
def test_what_is_broken_or_another_list_is_a_sentence(body, sentence):
    assert sentence in refusal(f'<?xml version="1.0"?><plist version="1.0">{body}</plist>')


def test_a_library_of_too_many_values_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr("recsys.importers.itunes_file.MOST_VALUES", 10)

    with pytest.raises(UnreadableFile, match="too large"):
        read_file(library(Tracks=TRACKS), "Library.xml")
