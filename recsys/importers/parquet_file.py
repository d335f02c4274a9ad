"""Parquet: our own catalogue as it is, any other table of tracks through the same columns as CSV."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from recsys.core.model.plays import no_plays
from recsys.core.model.tracks import COLUMNS, MAX_TEXT, NUMBERS, TEXT, as_tracks, check_tracks
from recsys.errors import BadTracks, NoTracks, UnreadableFile
from recsys.importers.columns import recognise
from recsys.importers.delimited import MOST_COLUMNS, Batch
from recsys.importers.open_source import opened
from recsys.importers.report import FileReport, Imported, count_with_features
from recsys.importers.table_file import import_rows

MOST_BYTES: Final = 4 << 30
MOST_ROWS: Final = 20_000_000
MOST_RATIO: Final = 200
"""How many times its own size a stranger's file may hold decoded; tables of tracks reach 20."""
SMALL: Final = 64 << 20
"""Decoded bytes that any file may hold."""
MOST_FOOTER_BYTES: Final = 16 << 20
MOST_GROUPS: Final = 2_000
"""Row groups; each takes a millisecond, however short it is."""

SAMPLE_ROWS: Final = 200
BATCH_ROWS: Final = 1 << 16
BATCH_BYTES: Final = 16 << 20
"""Decoded at once."""
MOST_TEXT_BYTES: Final = 1 << 20


@contextmanager
def opened_parquet(source: Path | BinaryIO, name: str) -> Iterator[parquet.ParquetFile]:
    """
    A Parquet file; one on disk is mapped into memory.

    Raises
    ------
    UnreadableFile
        It is damaged, has too many rows or parts, or unpacks to more than four gigabytes. Also when reading from it
        inside the `with` fails.
    """
    try:
        with opened(source, name) as stream:
            stream.seek(-8, io.SEEK_END)
            footer_bytes = int.from_bytes(stream.read(4), "little")
            stream.seek(0)
        if footer_bytes > MOST_FOOTER_BYTES:
            raise UnreadableFile(f"“{name}” is written in too many parts. Write it again as one table.")
        file = parquet.ParquetFile(source, memory_map=isinstance(source, Path))
        groups = range(file.metadata.num_row_groups)
        if len(groups) > MOST_GROUPS:
            raise UnreadableFile(f"“{name}” is written in too many parts. Write it again as one table.")
        if sum(file.metadata.row_group(at).total_byte_size for at in groups) > MOST_BYTES:
            raise UnreadableFile(f"“{name}” unpacks to more than {MOST_BYTES >> 30} GB. Split it into parts.")
        if file.metadata.num_rows > MOST_ROWS:
            raise UnreadableFile(f"“{name}” has {file.metadata.num_rows:,} rows; at most {MOST_ROWS:,} can be read.")
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
        header = [field.name for field in file.schema_arrow]
        if len(header) > MOST_COLUMNS:
            raise NoTracks(f"“{name}” has {len(header):,} columns; that is not a table of tracks.")
        if not is_catalogue(file) or not _has_short_texts(stream, file, name):
            first = next(_bounded_batches(stream, file, header, name, SAMPLE_ROWS), None)
            columns = [_as_strings(column) for column in first.columns] if first is not None else []
            sample = [
                [cell or "" for cell in row] for row in zip(*(column.to_pylist() for column in columns), strict=True)
            ]
            if len(set(header)) < len(header):
                raise UnreadableFile(f"“{name}” has two columns of one name. Rename or remove one and try again.")
            found = recognise(header, sample)
            if not found.has_identity:
                raise NoTracks(f"“{name}” has no column with Spotify track ids, nor both a title and an artist column.")
            return import_rows(
                found, _batches(stream, file, [header[at] for at in found.places.values()], header, name), name
            )
        tracks = catalogue_rows(file, (), name)
    report = FileReport(name, "Tonearm catalogue", len(tracks), len(tracks), 0, {}, count_with_features(tracks))
    return Imported(tracks, no_plays(), None, (report,))


def _has_short_texts(stream: BinaryIO, file: parquet.ParquetFile, name: str) -> bool:
    """True if a catalogue can be read at once: it fits into memory, and no text needs a report."""
    texts = [text for text in TEXT if text in file.schema_arrow.names]
    return all(
        (pc.max(pc.binary_length(column.dictionary)).as_py() or 0) <= MAX_TEXT
        for batch in _bounded_batches(stream, file, list(COLUMNS), name)
        for column in batch.select(texts).columns
        if pa.types.is_dictionary(column.type)
    )


def _bounded_batches(
    stream: BinaryIO, file: parquet.ParquetFile, wanted: list[str], name: str, rows: int = BATCH_ROWS
) -> Iterator[pa.RecordBatch]:
    """
    Batches of some columns, with texts as dictionaries.

    Parquet stores a repeated text once, so the size of a file says little about what it holds: a few kilobytes can
    decode to gigabytes. As dictionaries texts stay that small, and are counted before they are decoded.

    Raises
    ------
    UnreadableFile
        The file holds far more than its size allows, or a text longer than a megabyte.
    """
    texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
    stream.seek(0, io.SEEK_END)
    limit = max(SMALL, MOST_RATIO * stream.tell())
    held = file.metadata.num_rows * len(wanted)
    stream.seek(0)
    for batch in parquet.ParquetFile(stream, read_dictionary=texts).iter_batches(rows, columns=wanted):
        size = sum(_decoded_bytes(column) for column in batch.columns)
        held += size
        if held > limit:
            raise UnreadableFile(f"“{name}” unpacks to far more than it should. It was not read.")
        step = max(1, len(batch) * BATCH_BYTES // max(size, BATCH_BYTES))
        for start in range(0, len(batch), step):
            yield batch.slice(start, step)


def _decoded_bytes(column: pa.Array) -> int:
    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    lengths = pc.binary_length(column.dictionary)
    if (pc.max(lengths).as_py() or 0) > MOST_TEXT_BYTES:
        return MOST_BYTES
    return int(pc.sum(lengths.take(column.indices)).as_py() or 0)


def catalogue_rows(file: parquet.ParquetFile, extra: tuple[str, ...], name: str) -> pd.DataFrame:
    """The track table in a catalogue file, and those of the `extra` columns that it has."""
    wanted = [*COLUMNS, *(column for column in extra if column in file.schema_arrow.names)]
    table = file.read(columns=wanted)
    table.validate(full=True)  # text that is none would only show when a listener looks at it
    # Without the metadata of pandas, which can turn a column into an index or change its type.
    rows = table.to_pandas(self_destruct=True, split_blocks=True, ignore_metadata=True)[wanted]
    has_types = all(rows[name].dtype == ("str" if name in TEXT else "float64") for name in COLUMNS)
    try:
        if has_types:  # as `write_catalogue` writes them; converting would copy everything
            return check_tracks(rows)
        return as_tracks(rows).assign(**{name: rows[name].array for name in rows.columns if name not in COLUMNS})
    except BadTracks as problem:
        raise UnreadableFile(f"The catalogue “{name}” cannot be used: {problem}") from problem


def _batches(
    stream: BinaryIO, file: parquet.ParquetFile, wanted: list[str], header: list[str], name: str
) -> Iterator[Batch]:
    number, rows, size = 1, 0, 0
    parts: list[pa.RecordBatch] = []
    for batch in _bounded_batches(stream, file, wanted, name):
        batch.validate(full=True)
        columns = {column: _as_strings(batch.column(column)) for column in wanted}
        # Row groups of a few rows are read together: a batch takes milliseconds, however short it is.
        if parts and (rows + len(batch) > BATCH_ROWS or size > BATCH_BYTES):
            yield _batch(parts, header, number)
            number, rows, size, parts = number + rows, 0, 0, []
        parts.append(pa.record_batch(columns))
        rows, size = rows + len(batch), size + parts[-1].nbytes
    if parts:
        yield _batch(parts, header, number)


def _batch(parts: list[pa.RecordBatch], header: list[str], number: int) -> Batch:
    table = pa.Table.from_batches(parts).combine_chunks()
    cells = {
        header.index(name): column.chunk(0) for name, column in zip(table.column_names, table.columns, strict=True)
    }
    return Batch(cells, np.arange(number + 1, number + len(table) + 1))


def _as_strings(column: pa.Array) -> pa.Array:
    """A column as CSV would hold it; lists are joined, and what has no text form is empty."""
    nothing = pa.nulls(len(column), pa.string())
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        inside = column.type.value_type
        if pa.types.is_struct(inside) and inside.get_field_index("name") >= 0:  # Spotify's artists: by their names
            names = ([one["name"] for one in each or () if one] for each in column.to_pylist())
            return pa.array(["; ".join(name for name in some if isinstance(name, str)) for some in names], pa.string())
        return pc.binary_join(column.cast(pa.list_(pa.string())), "; ") if _is_text(column.type.value_type) else nothing
    try:
        return column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return nothing


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
