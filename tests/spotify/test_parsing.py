"""Spotify's JSON becomes rows: what is read, what is skipped and why, and that nothing it may send breaks us."""

import copy

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.core.model.tracks import COLUMNS, MAX_TEXT, check_tracks
from recsys.spotify.parsing import (
    EPISODE,
    GONE,
    LOCAL,
    NAMELESS,
    REPEATED,
    TOO_LONG,
    UNKNOWN_ARTIST,
    parse_plays,
    parse_tracks,
)
from tests.fakes.spotify import music, shapes

API = "https://api.spotify.com"
ONE = music.track(1)


def track(**changes):
    return shapes.track_object(ONE, API) | changes


def only(entry):
    """The one row that an entry becomes."""
    parsed = parse_tracks([entry])
    assert len(parsed.tracks) == 1
    return parsed.tracks.iloc[0]


def test_a_saved_track_becomes_a_row():
    row = only({"added_at": "2021-04-29T02:33:20Z", "track": track(name="  Copper Tides ", explicit=True)})

    assert row["track_id"] == ONE.id
    assert row["title"] == "Copper Tides"
    assert row["artists"] == "; ".join(ONE.artists)
    assert row["album"] == ONE.album
    assert row["isrc"] == ONE.isrc
    assert row["added_at"] == "2021-04-29T02:33:20Z"
    assert row["duration_ms"] == ONE.duration_ms
    assert row["explicit"] == 1.0
    assert pd.isna(row["energy"]) and pd.isna(row["popularity"]) and pd.isna(row["source"])


@pytest.mark.parametrize(
    "entry",
    [
        {"item": track()},
        {"track": track()},
        {"item": track(), "track": track()},
        {"item": None, "track": track()},
        {"track": track(popularity=41, available_markets=["SE"], linked_from=None)},
        track(),
    ],
    ids=["item", "track", "both", "item is null", "an older app", "bare"],
)
def test_a_track_is_found_under_every_name_spotify_gave_it(entry):
    assert only(entry)["track_id"] == ONE.id


@pytest.mark.parametrize(
    ("odd", "column", "read"),
    [
        ({"name": "Half a \ud83d sign"}, "title", "Half a ? sign"),
        ({"artists": [{"name": "\udfff"}]}, "artists", "?"),
        ({"type": None}, "title", ONE.name),
        ({"duration_ms": 10**400}, "duration_ms", None),
        ({"popularity": float("inf")}, "popularity", None),
    ],
    ids=["half a pair of surrogates", "in a name", "no type", "more digits than a float has", "infinity"],
)
def test_what_json_can_carry_and_a_table_cannot_is_left_out(odd, column, read):
    value = only({"track": track(**odd)})[column]
    assert value == read if read else pd.isna(value)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"item": None}, GONE),
        (None, GONE),
        ({"item": track(id=None)}, GONE),
        ({"item": shapes.local_object(), "is_local": True}, LOCAL),
        ({"item": track(), "is_local": True}, LOCAL),
        ({"item": track(uri="spotify:local:a:b:c:1")}, LOCAL),
        ({"item": shapes.episode_object(API)}, EPISODE),
        ({"item": track(name="  ")}, NAMELESS),
        ({"item": track(name="x" * (MAX_TEXT + 1))}, TOO_LONG),
        ({"item": track(artists=[{"name": "x" * 700}] * 3)}, TOO_LONG),
        ({"item": track(name=None)}, NAMELESS),
    ],
)
def test_what_is_no_track_is_skipped_with_its_reason(entry, reason):
    parsed = parse_tracks([entry])

    assert parsed.skipped == {reason: 1}
    assert parsed.tracks.empty


def test_a_track_that_occurs_twice_is_one_row_and_one_skipped_entry():
    other = shapes.track_object(music.track(2), API)

    parsed = parse_tracks([{"track": track()}, {"track": other}, {"track": track()}])

    assert parsed.tracks["track_id"].tolist() == [ONE.id, music.track(2).id]
    assert parsed.positions == (0, 1)
    assert parsed.skipped == {REPEATED: 1}


@pytest.mark.parametrize(
    ("release_date", "year"),
    [
        ("2019-02-01", 2019),
        ("2019-02", 2019),
        ("2019", 2019),
        ("0000", None),
        ("20190", None),
        ("", None),
        (None, None),
    ],
)
def test_a_year_is_read_at_every_precision(release_date, year):
    row = only(track(album={"name": "An album", "release_date": release_date}))

    assert row["year"] == year if year else pd.isna(row["year"])


@pytest.mark.parametrize("field", sorted(set(track()) - {"id", "name", "type"}))
def test_a_missing_field_costs_only_itself(field):
    bare = track()
    del bare[field]

    row = only({"added_at": None, "track": bare})

    assert row["track_id"] == ONE.id
    assert row["artists"] == (UNKNOWN_ARTIST if field == "artists" else "; ".join(ONE.artists))


def test_a_track_of_unknown_length_has_no_duration():
    assert pd.isna(only(track(duration_ms=0))["duration_ms"])


def test_an_isrc_that_is_none_is_not_valid():
    assert pd.isna(only(track(external_ids={"isrc": "unknown"}))["isrc"])
    assert only(track(external_ids={"isrc": "us-um7-19-00001"}))["isrc"] == "USUM71900001"


def test_the_separator_of_artists_does_not_occur_in_a_name():
    assert only(track(artists=[{"name": "This; That"}, {"name": "Other"}]))["artists"] == "This, That; Other"


def test_a_play_is_stored_each_time():
    entries = [
        {"track": track(), "played_at": "2026-10-01T12:00:00.000Z"},
        {"track": track(), "played_at": "2026-10-01T11:00:00.000Z"},
        {"track": shapes.episode_object(API), "played_at": "2026-10-01T10:00:00.000Z"},
        {"track": track()},
    ]

    plays = parse_plays(entries)

    assert plays["played_at"].tolist() == ["2026-10-01T12:00:00.000Z", "2026-10-01T11:00:00.000Z"]
    assert plays["track_id"].tolist() == [ONE.id, ONE.id]
    assert plays["ms_played"].isna().all()


def test_an_empty_page_is_an_empty_track_table():
    parsed = parse_tracks([])

    assert list(parsed.tracks.columns) == list(COLUMNS)
    assert parsed.tracks.empty and parsed.skipped == {} and parse_plays([]).empty


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PLACES = [
    *((key,) for key in sorted(track())),
    *(("album", key) for key in ("name", "images", "release_date", "artists")),
    ("artists", 0),
    ("external_ids", "isrc"),
    ("album", "images", 0),
    ("album", "images", 0, "width"),
]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), ODD), max_size=4), st.lists(ODD, max_size=3))
def test_whatever_spotify_sends_is_a_sound_table_and_counts_add_up(changes, strangers):
    broken = copy.deepcopy(track())
    for place, value in changes:
        put(broken, place, value)
    entries = [{"item": broken, "added_at": strangers}, {"track": track()}, *strangers]

    parsed = parse_tracks(entries)

    check_tracks(parsed.tracks)
    assert len(parsed.tracks) + sum(parsed.skipped.values()) == len(entries)
    assert len(parsed.positions) == len(parsed.tracks)
    assert len(parse_plays(entries)) == 0


def put(tree, place, value):
    """Set a value deep inside; nothing happens where an earlier change took the way there."""
    *way, last = place
    for step in way:
        try:
            tree = tree[step]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(tree, dict) or (isinstance(tree, list) and isinstance(last, int) and last < len(tree)):
        tree[last] = value
