"""Tables become rows and rows tables with the same rules for every store."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from recsys.core.model.tracks import COLUMNS, empty_tracks
from recsys.storage import table_specs as rows
from tests.storage.tables import many_tracks, some_tracks


def test_a_track_is_stored_under_the_names_of_the_database():
    (row,) = rows.TRACKS.rows(some_tracks("a", title="Song", energy=0.5))

    stored = dict(zip(rows.TRACKS.stored, row, strict=True))
    assert {name: value for name, value in stored.items() if value is not None} == {
        "spotify_track_id": "a",
        "name": "Song",
        "artist": "Somebody",
        "energy": 0.5,
    }


def test_every_column_of_a_track_table_is_stored():
    assert tuple(column.name for column in rows.TRACKS.columns) == COLUMNS
    assert tuple(column.name for column in rows.FEEDBACK.columns) == (*COLUMNS, "liked", "at")


def test_rows_hold_plain_python_values_only():
    kinds = {type(value) for row in rows.TRACKS.rows(many_tracks(20)) for value in row}

    assert kinds == {str, float, type(None)}


def test_what_is_unknown_becomes_none():
    table = pd.DataFrame(
        {"track_id": ["a", "b", "c"], "score": [np.nan, np.inf, -np.inf], "created_at": [None, np.nan, ""]}
    )

    assert rows.RECOMMENDATIONS.rows(table) == [("a", None, None), ("b", None, None), ("c", None, None)]


def test_a_character_that_postgres_cannot_hold_is_dropped_from_text_and_from_times():
    table = pd.DataFrame({"track_id": ["a\0b"], "score": [0.5], "created_at": ["2026-11-\x0020T12:00:00Z"]})

    assert rows.RECOMMENDATIONS.rows(table) == [("ab", 0.5, "2026-11-20T12:00:00Z")]


def test_rows_make_the_table_they_were_made_of():
    tracks = many_tracks(50)

    assert_frame_equal(rows.TRACKS.table_of(rows.TRACKS.rows(tracks)), tracks)


@pytest.mark.parametrize("spec", rows.EXPORTED, ids=lambda spec: spec.table)
def test_no_rows_make_an_empty_table_with_its_columns_and_types(spec):
    table = spec.table_of([])

    assert list(table.columns) == [column.name for column in spec.columns]
    assert [str(dtype) for dtype in table.dtypes] == [column.dtype for column in spec.columns]
    assert spec.rows(table) == []


def test_an_empty_track_table_is_one():
    assert_frame_equal(rows.TRACKS.table_of([]), empty_tracks(), check_index_type=False)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z"),
        ("2026-11-20T12:00:00.987Z", "2026-11-20T12:00:00Z"),
        ("2026-11-20T12:00:00+00:00", "2026-11-20T12:00:00Z"),
        ("2026-11-20T12:00:00.5+00:00", "2026-11-20T12:00:00Z"),
        ("2026-11-20T13:00:00.5+01:00", "2026-11-20T12:00:00Z"),
        ("2026-11-20", "2026-11-20T00:00:00Z"),
    ],
)
def test_a_play_is_stored_to_the_second(given, stored):
    assert list(rows.to_second(pd.DataFrame({"played_at": [given]}))["played_at"]) == [stored]
