"""Whatever stands in the cells, every row is accounted for and the table that comes out is a track table."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.core.model.tracks import NUMBERS, check_tracks
from recsys.errors import UnreadableFile
from recsys.importers.any_file import read_file, read_files
from recsys.importers.number_cells import RANGES
from recsys.importers.report import FileReport
from tests.importers.files import ONE, TWO, as_file

HEADER = [
    "id",
    "name",
    "artists",
    "release_date",
    "energy",
    "tempo",
    "duration_ms",
    "key",
    "genre",
    "added_at",
    "target",
]
CELLS = st.one_of(
    st.sampled_from(
        ["", ONE, TWO, f"spotify:track:{ONE}", "['A', 'B']", "0", "1", "0.5", "1e400", "nan", "3:45", "2019"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12),
)
ROWS = st.lists(st.lists(CELLS, min_size=len(HEADER) - 3, max_size=len(HEADER) + 1), min_size=1, max_size=8)


def as_csv(rows):
    stream = io.StringIO()
    csv.writer(stream).writerows([HEADER, [ONE, "Blue", "Ann"], *rows])
    return stream.getvalue()


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_every_row_of_a_table_is_accounted_for(rows):
    imported = read_file(as_file(as_csv(rows)), "x")

    report = imported.report
    filled = [row for row in rows if any(row)]
    assert len(filled) + 1 <= report.rows <= len(rows) + 1
    assert report.rows == report.tracks + report.duplicates + sum(report.skipped.values())
    assert report.tracks == len(check_tracks(imported.tracks))
    for name in NUMBERS:
        low, high = RANGES[name]
        assert imported.tracks[name].dropna().between(low, high).all()


@settings(max_examples=20, deadline=None)
@given(ROWS, ROWS)
def test_every_row_of_two_files_is_accounted_for(first, second):
    report = read_files([(as_file(as_csv(first)), "a"), (as_file(as_csv(second)), "b")]).report

    assert report.rows == report.tracks + report.duplicates + sum(report.skipped.values())


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_are_read_or_refused_with_a_sentence(content):
    try:
        report = read_file(as_file(content), "x").report
    except UnreadableFile as refused:
        assert str(refused).endswith(".")
    else:
        assert report.rows == report.tracks + report.duplicates + sum(report.skipped.values())


def test_a_report_that_does_not_add_up_cannot_be_made():
    with pytest.raises(ValueError, match="does not add up"):
        FileReport("x", "table", rows=3, tracks=1, duplicates=1)
