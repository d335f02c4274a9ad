"""A table of tracks: any of the known dumps and exports, or any other table with understandable column names."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from recsys.core.insights.wording import counted
from recsys.core.model.plays import no_plays
from recsys.errors import NoTracks, UnreadableFile
from recsys.importers.columns import OTHER, Columns, recognise, refuse_beside_tracks, tidy_name
from recsys.importers.delimited import TOO_LONG, Batch, Layout, batches, find_layout
from recsys.importers.exportify_i18n import recognise_by_content
from recsys.importers.headerless import m3u_as_table
from recsys.importers.merging import as_rows, distinct
from recsys.importers.quoting import with_double_quotes, with_valid_quotes
from recsys.importers.report import FileReport, Imported, count_with_features, listed, with_notes
from recsys.importers.table_rows import RowReader
from recsys.importers.text_encoding import Text

MOST_ROWS: Final = 3_000_000
"""Rows of one table: more than twice the largest public one. A row takes up to 700 bytes, however short it is."""


def read_table(text: Text, name: str) -> Imported:
    """
    Import a text with a delimiter.

    Raises
    ------
    UnreadableFile
        A quote is opened and never closed.
    NoTracks
        It names no column that tells tracks apart.
    """
    text = with_double_quotes(m3u_as_table(text))
    layout = find_layout(text, name)
    quoted = with_valid_quotes(text, layout.delimiter, len(layout.header), [list(row) for row in layout.sample])
    if quoted is not text:
        layout = find_layout(quoted, name)
    columns = _recognised(layout, name)
    skipped: Counter[str] = Counter()
    rows = batches(quoted.stream, layout, columns.wanted, name, skipped)
    return with_notes(import_rows(columns, rows, name, skipped), quoted.notes)


def _recognised(layout: Layout, name: str) -> Columns:
    refuse_beside_tracks(layout.header, name)
    columns = recognise(layout.header, layout.sample)
    if "artists" not in columns.places and "followers" in map(tidy_name, layout.header):
        raise NoTracks(f"“{name}” is a table of artists, not of tracks. Choose the file of tracks that came with it.")
    if columns.dialect is OTHER:
        columns = recognise_by_content(layout.header, layout.sample) or columns
    if columns.has_identity:
        return columns
    found = ", ".join(f"“{cell.strip()[:40]}”" for cell in layout.header[:8] if cell.strip())
    raise NoTracks(
        f"“{name}” has no column with Spotify track ids, nor both a title and an artist column; it has {found}. "
        "If its headers are in another language, set the exporting site to English and export it again."
    )


def import_rows(columns: Columns, rows: Iterable[Batch], name: str, skipped: Counter[str] | None = None) -> Imported:
    """
    Import batches of cells.

    Parameters
    ----------
    columns : Columns
        The position of each of our columns.
    rows : iterable of Batch
    name : str
        What to call the file in the report.
    skipped : Counter of reason, optional
        Counts rows that never get into a batch; it is read when `rows` has ended.

    Raises
    ------
    UnreadableFile
        It has too many rows.
    NoTracks
        It has none.
    """
    reader = RowReader(columns, Counter() if skipped is None else skipped)
    count = 0
    tables = []
    for batch in rows:
        count += len(batch.row_numbers)
        if count > MOST_ROWS:
            raise UnreadableFile(
                f"“{name}” has more than {MOST_ROWS:,} rows. Split it into parts, and choose them one after the other."
            )
        tables.append(reader.read(batch))
    if not tables:
        raise NoTracks(f"“{name}” holds no rows. Export it again and check that it has tracks.")
    table = pa.concat_tables(tables)
    del tables
    # The rows in the order of the file; the short ones come last, and only then do rows have to move.
    is_sorted = bool((np.diff(table["row"].to_numpy()) > 0).all())
    return _imported((table if is_sorted else table.sort_by("row")).drop_columns("row"), reader, count, name)


def _imported(table: pa.Table, reader: RowReader, count: int, name: str) -> Imported:
    rows = as_rows(table, reader.columns.format)
    tracks = distinct(rows)
    report = FileReport(
        file=name,
        format=reader.columns.format,
        rows=count + reader.skipped[TOO_LONG],
        tracks=len(tracks),
        duplicates=len(rows) - len(tracks),
        skipped={reason: n for reason, n in reader.skipped.items() if n},
        with_features=count_with_features(tracks),
        problems=tuple(reader.problems),
        problem_count=reader.problem_count,
        notes=_notes(tracks, reader),
    )
    marks = None
    if "liked" in rows:  # the first mark of a track counts
        marked = rows[["track_id", "liked"]].dropna().drop_duplicates("track_id")
        marks = marked.set_index("track_id")["liked"].astype(bool)
    return Imported(tracks, _plays(rows), marks, (report,))


def _plays(rows: pd.DataFrame) -> pd.DataFrame:
    """The plays of rows that say when they were, as `no_plays`."""
    none = no_plays()
    if "played_at" not in rows:
        return none
    return rows[none.columns].dropna(subset="played_at").astype(none.dtypes.to_dict()).reset_index(drop=True)


def _notes(tracks: pd.DataFrame, reader: RowReader) -> tuple[str, ...]:
    notes = []
    nameless = int((tracks["title"] == tracks["track_id"]).sum())
    if nameless:
        came = "track came without a title and shows its", "tracks came without a title and show their"
        notes.append(f"{counted(nameless, *came)} Spotify id instead.")
    if reader.repairs.repaired:
        texts = counted(reader.repairs.repaired, "text was", "texts were")
        notes.append(f"{texts} damaged by a wrong encoding and repaired.")
    if reader.repairs.damaged:
        look = counted(reader.repairs.damaged, "text looks", "texts look")
        notes.append(f"{look} damaged by a wrong encoding. Export the file again as UTF-8.")
    notes.extend(reader.units.notes)
    if reader.columns.unused and reader.columns.dialect is OTHER:
        shown = listed([f"“{name}”" for name in reader.columns.unused])
        columns = "Column that was" if len(reader.columns.unused) == 1 else "Columns that were"
        notes.append(f"{columns} not used: {shown}.")
    return tuple(notes)
