"""A list starts from named parts, minus others; saved and read again it is the same."""

import pandas as pd
import pytest

from recsys.services.start import Part, Start, stored_lists

HALO, SONG_2 = Part("Halo by Beyoncé", ("a",)), Part("Song 2 by Blur", ("b",))
WEEKS = Part("Most played in the last four weeks", ("b", "c"), "top_short")
ORIGINS = pd.DataFrame(
    {
        "track_id": ["b", "c", "a", "z", "x", "y"],
        "origin": ["top_short", "top_short", "playlist:P", "playlist:P", "file:likes.csv", "saved"],
    }
)


def test_parts_are_united_and_each_song_counts_once():
    start = Start().plus(HALO).plus(WEEKS).plus(SONG_2).plus(HALO)

    assert start.seeds == ("a", "b", "c")
    assert start.parts == (HALO, WEEKS, SONG_2)


def test_a_song_is_either_started_from_or_stayed_away_from():
    start = Start().plus(HALO).less(HALO)
    assert (start.seeds, start.away) == ((), ("a",))
    start = start.plus(HALO)
    assert (start.seeds, start.away) == (("a",), ())


def test_a_part_is_taken_out_again():
    assert Start().plus(HALO).less(SONG_2).without(HALO).without(SONG_2) == Start()


def test_what_was_saved_is_read_again_with_its_names():
    start = Start().plus(HALO).plus(WEEKS).less(SONG_2)

    assert Start.from_json(start.as_json(), ORIGINS) == Start(start.parts, start.minus)


def test_a_stored_list_is_read_as_it_is_now():
    stored = Start().plus(WEEKS).as_json()
    now = pd.DataFrame({"track_id": ["q"], "origin": ["top_short"]})

    assert Start.from_json(stored, now).seeds == ("q",)


@pytest.mark.parametrize("stored", [None, 3, [], {"parts": 1}, {"parts": [{"name": 2}, 7, {"name": "x", "songs": 1}]}])
def test_anything_else_that_was_stored_is_an_empty_start(stored):
    assert Start.from_json(stored, ORIGINS) == Start()


def test_songs_that_are_no_longer_known_are_left_out_and_named():
    start, gone = Start().plus(HALO).plus(WEEKS).less(SONG_2).known({"c"})

    assert start.seeds == ("c",)
    assert gone == ["Halo by Beyoncé", "Song 2 by Blur"]


def test_stored_lists_are_offered_with_their_names_and_only_known_songs():
    known = pd.Series(["a", "b", "c", "x"])

    assert stored_lists(ORIGINS, {"P": "Sunday"}, known) == [
        WEEKS,
        Part("likes.csv", ("x",), "file:likes.csv"),
        Part("Playlist “Sunday”", ("a",), "playlist:P"),
    ]
