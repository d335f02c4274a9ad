"""Lists of artists in files."""

import io

import pytest

from recsys.core.engine.filters import MOST_BLOCKED
from recsys.errors import UnreadableFile
from recsys.importers import artist_list
from recsys.importers.artist_list import read_artists


def read(content):
    return read_artists(io.BytesIO(content if isinstance(content, bytes) else content.encode()), "list.txt")


def test_one_name_a_line_may_hold_commas():
    found = read("\ufeffTyler, The Creator\r\nBeyoncé\n\n# a comment\n  AC/DC  \n#1 Dads\n")

    assert found == ("Tyler, The Creator", "Beyoncé", "AC/DC", "#1 Dads")


def test_names_that_are_compared_as_equal_count_once():
    found = read("The Beatles\nbeatles\nBEATLES\n")

    assert found == ("The Beatles",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_gives_its_column_of_artists(delimiter):
    rows = [("rank", "Artist", "reason"), ("1", '"Tyler, The Creator"', "x"), ("2", "Ann", "y"), ("3", "", "z")]

    found = read("\n".join(delimiter.join(row) for row in rows))

    assert found == ("Tyler, The Creator", "Ann")


def test_a_file_of_one_column_has_a_header_or_none():
    assert read("artist\nAnn\n") == ("Ann",)
    assert read("Ann\nBob\n") == ("Ann", "Bob")
    assert read("[AMATORY]\n<PIG>\n") == ("[AMATORY]", "<PIG>")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n# only a comment\n", "names no artist"),
        (b"\xff\xfe\x00", "UTF-8"),
        ("\n".join(f"Artist {at}" for at in range(MOST_BLOCKED + 1)), "can be used"),
        ("x" * ((2 << 20) + 1), "larger than"),
        ('[\n {"title": "Blue",\n  "artists": "Ann"}\n]\n', "no list of artists"),
        ('{"artists": "Ann"}\n{"artists": "Bob"}\n', "no list of artists"),
        ("#EXTM3U\n#EXTINF:180,Ann - Blue\nblue.mp3\n", "no list of artists"),
        ('<?xml version="1.0"?>\n<playlist>\n</playlist>\n', "no list of artists"),
        ('artist,x\n"' + "a" * 200_000 + '",1\n', "not a valid CSV|names no artist"),
    ],
    ids=["empty", "comments", "bytes", "too many", "too large", "JSON", "JSON lines", "M3U", "XML", "a long cell"],
)
def test_what_is_no_list_is_a_sentence(content, says):
    with pytest.raises(UnreadableFile, match=says):
        read(content)


def test_hostile_lines_are_left_out():
    found = read("Ann\nnul\x00name\n" + "y" * 201 + "\n\u202e\n")

    assert found == ("Ann",)


def test_a_line_that_is_repeated_is_looked_at_once(monkeypatch):
    looked_at = []
    monkeypatch.setattr(artist_list, "leading_credits", lambda name: looked_at.append(name) or [name])

    found = read("a & b & c\n" * 10_000)

    assert (found, len(looked_at)) == (("a & b & c",), 1)
