"""A table of tracks: any of the known dumps and exports, or whatever else names its columns understandably."""

from collections import Counter
from typing import BinaryIO

import pandas as pd
import pyarrow as pa

from recsys.errors import UnreadableFile
from recsys.importers.columns import Columns, recognise
from recsys.importers.delimited import Layout, batches, find_layout
from recsys.importers.merging import as_rows, distinct
from recsys.importers.report import FileReport, Imported, count_with_features, no_plays
from recsys.importers.table_rows import RowReader


def read_table(stream: BinaryIO, name: str) -> Imported:
    """
    Import a text with a delimiter.

    Raises
    ------
    UnreadableFile
        It is not text, has no rows, or names no column that tells tracks apart.
    """
    layout = find_layout(stream, name)
    columns = recognised(layout, name)
    skipped: Counter[str] = Counter()
    reader = RowReader(columns, skipped)
    count = 0
    tables = []
    for batch in batches(stream, layout, set(columns.places.values()), name, skipped):
        count += len(batch.row_numbers)
        tables.append(reader.read(batch))
    table = pa.concat_tables(tables)
    del tables
    return imported(table, reader, count, name)


def recognised(layout: Layout, name: str) -> Columns:
    """The columns of a table, or `UnreadableFile` with what was found and what is needed."""
    columns = recognise(layout.header, layout.sample)
    if columns.has_identity:
        return columns
    found = ", ".join(f"“{cell.strip()[:40]}”" for cell in layout.header[:8] if cell.strip())
    raise UnreadableFile(
        f"“{name}” has no column with Spotify track ids, nor both a title and an artist column; it has {found}. "
        "If its headers are in another language, set the exporting site to English and export it again."
    )


def imported(table: pa.Table, reader: RowReader, count: int, name: str) -> Imported:
    """What an import gives back for the rows of one table; `count` rows were read into `table` and `reader`."""
    if "row" in table.column_names:
        table = table.sort_by("row").drop_columns("row")
    skipped_cells = reader.skipped["more cells than the header"]
    rows = as_rows(table, reader.columns.format)
    tracks = distinct(rows)
    report = FileReport(
        file=name,
        format=reader.columns.format,
        rows=count + skipped_cells,
        tracks=len(tracks),
        duplicates=len(rows) - len(tracks),
        skipped={reason: n for reason, n in reader.skipped.items() if n},
        with_features=count_with_features(tracks),
        problems=tuple(reader.problems),
        problem_count=reader.problem_count,
    )
    return Imported(tracks, no_plays(), _marks(rows), (report,))


def _marks(rows: pd.DataFrame) -> pd.Series | None:
    """Liked or not by track id; the first mark of a track counts."""
    if "liked" not in rows:
        return None
    marks = rows[["track_id", "liked"]].dropna().drop_duplicates("track_id").set_index("track_id")["liked"]
    return marks.astype(bool)
