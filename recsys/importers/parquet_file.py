"""Parquet: our own catalogue as it is, any other table of tracks through the same columns as CSV."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from recsys.core.model.tracks import COLUMNS, NUMBERS, TEXT, as_tracks, check_tracks
from recsys.errors import BadTracks, NoTracks, UnreadableFile
from recsys.importers.columns import recognise
from recsys.importers.delimited import Batch
from recsys.importers.report import FileReport, Imported, count_with_features, no_plays
from recsys.importers.table_file import import_rows

MOST_BYTES: Final = 4 << 30
SAMPLE_ROWS: Final = 200
BATCH_ROWS: Final = 1 << 16


@contextmanager
def opened_parquet(source: Path | BinaryIO, name: str) -> Iterator[parquet.ParquetFile]:
    """
    A Parquet file; one on disk is mapped into memory.

    Raises
    ------
    UnreadableFile
        It is damaged, or unpacks to more than four gigabytes. Also when reading from it inside the `with` fails.
    """
    try:
        file = parquet.ParquetFile(source, memory_map=isinstance(source, Path))
        groups = range(file.metadata.num_row_groups)
        if sum(file.metadata.row_group(at).total_byte_size for at in groups) > MOST_BYTES:
            raise UnreadableFile(f"“{name}” unpacks to more than {MOST_BYTES >> 30} GB. Split it into parts.")
        yield file
    except (pa.ArrowException, OSError, UnicodeDecodeError) as problem:
        raise UnreadableFile(f"The Parquet file “{name}” is damaged. Build or download it again.") from problem


def is_catalogue(file: parquet.ParquetFile) -> bool:
    """True if the file has the columns of a track table in their types."""
    schema = file.schema_arrow
    return set(COLUMNS) <= set(schema.names) and all(pa.types.is_floating(schema.field(name).type) for name in NUMBERS)


def read_parquet(stream: BinaryIO, name: str) -> Imported:
    """
    Import a Parquet file.

    Raises
    ------
    UnreadableFile
        It is damaged.
    NoTracks
        Its columns do not tell tracks apart.
    """
    with opened_parquet(stream, name) as file:
        return _read_catalogue(file, name) if is_catalogue(file) else _read_table(file, name)


def catalogue_rows(file: parquet.ParquetFile, extra: tuple[str, ...], name: str) -> pd.DataFrame:
    """The track table in a catalogue file, and those of the `extra` columns that it has."""
    wanted = [*COLUMNS, *(column for column in extra if column in file.schema_arrow.names)]
    table = file.read(columns=wanted)
    table.validate(full=True)  # text that is none would only show when a listener looks at it
    rows = table.to_pandas(self_destruct=True, split_blocks=True)[wanted]
    try:
        return check_tracks(rows) if _has_types(rows) else _with_types(rows)
    except BadTracks as problem:
        raise UnreadableFile(f"The catalogue “{name}” cannot be used: {problem}") from problem


def _has_types(rows: pd.DataFrame) -> bool:
    """True if nothing needs converting, as in files that `write_catalogue` wrote; converting copies everything."""
    return all(rows[name].dtype == ("str" if name in TEXT else "float64") for name in COLUMNS)


def _with_types(rows: pd.DataFrame) -> pd.DataFrame:
    extra = {name: rows[name].array for name in rows.columns if name not in COLUMNS}
    return as_tracks(rows).assign(**extra)


def _read_catalogue(file: parquet.ParquetFile, name: str) -> Imported:
    tracks = catalogue_rows(file, (), name)
    report = FileReport(name, "Tonearm catalogue", len(tracks), len(tracks), 0, {}, count_with_features(tracks))
    return Imported(tracks, no_plays(), None, (report,))


def _read_table(file: parquet.ParquetFile, name: str) -> Imported:
    header = [field.name for field in file.schema_arrow]
    first = next(file.iter_batches(SAMPLE_ROWS), None)
    columns = [_as_strings(column) for column in first.columns] if first is not None else []
    sample = [[cell or "" for cell in row] for row in zip(*(column.to_pylist() for column in columns), strict=True)]
    found = recognise(header, sample)
    if not found.has_identity:
        raise NoTracks(f"“{name}” has no column with Spotify track ids, nor both a title and an artist column.")
    return import_rows(found, _batches(file, [header[at] for at in found.places.values()], header), name)


def _batches(file: parquet.ParquetFile, wanted: list[str], header: list[str]) -> Iterator[Batch]:
    number = 1
    for batch in file.iter_batches(BATCH_ROWS, columns=wanted):
        batch.validate(full=True)
        cells = {header.index(column): _as_strings(batch.column(column)) for column in wanted}
        yield Batch(cells, np.arange(number + 1, number + len(batch) + 1))
        number += len(batch)


def _as_strings(column: pa.Array) -> pa.Array:
    """A column as CSV would hold it; lists are joined, and what has no text form is empty."""
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        return pc.binary_join(column.cast(pa.list_(pa.string())), "; ") if _holds_text(column) else _nothing(column)
    try:
        return column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return _nothing(column)


def _holds_text(column: pa.Array) -> bool:
    return bool(pa.types.is_string(column.type.value_type) or pa.types.is_large_string(column.type.value_type))


def _nothing(column: pa.Array) -> pa.Array:
    return pa.nulls(len(column), pa.string())
