"""A library as a listener sees it: what is known of it, in the units it is read in."""

import pandas as pd

from recsys.core.model.features import NUMBER_FEATURES
from recsys.core.model.tracks import as_tracks
from recsys.ui.parts.track_table import library_columns, shown_of

SONG = {"track_id": "4uLU6hMCjMI75M1A2tKUQC", "title": "Song", "artists": "Band", "duration_ms": 221_000.0}


def library(**more):
    return as_tracks(pd.DataFrame([SONG | more]))


def test_a_column_of_which_nothing_is_known_is_not_shown():
    shown = shown_of(library(energy=0.5))

    assert list(shown) == ["title", "artists", "link", "energy", "duration_ms"]


def test_a_track_known_by_name_alone_shows_no_link():
    assert "link" not in shown_of(library(track_id="name:song:band"))


def test_a_duration_is_shown_in_minutes():
    assert round(shown_of(library())["duration_ms"][0], 1) == 3.7


def test_popularity_is_a_whole_number_and_genres_are_words_in_a_list():
    assert library_columns()["popularity"]["type_config"]["format"] == "%.0f"
    assert shown_of(library(genres="indie folk,pop"))["genres"][0] == "indie folk, pop"


def test_every_column_is_shown_under_a_title_a_listener_reads():
    everything = {f.column: 1.0 for f in NUMBER_FEATURES} | {"album": "Album", "genres": "rock"}
    shown = shown_of(library(**everything))

    assert [library_columns()[name]["label"] for name in shown][:5] == [
        "Title",
        "Artists",
        "Spotify",
        "Album",
        "Release year",
    ]
    assert set(shown) == set(library_columns())
