"""JSON: Spotify's privacy exports, or any list of tracks whose keys can be understood."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final

import numpy as np
import pyarrow as pa

from recsys.errors import NoTracks
from recsys.importers.columns import recognise, refuse_beside_tracks
from recsys.importers.delimited import MOST_COLUMNS, Batch
from recsys.importers.json_shapes import tracks_in
from recsys.importers.json_stream import entries, plain_text
from recsys.importers.privacy_export import export_of, items_of, read_export
from recsys.importers.report import Imported
from recsys.importers.table_file import import_rows
from recsys.importers.text_encoding import Text

BATCH_ENTRIES: Final = 20_000
BATCH_CHARACTERS: Final = 16 << 20
SAMPLE_ENTRIES: Final = 200


def read_json(text: Text, name: str) -> Imported:
    """
    Import JSON.

    Raises
    ------
    UnreadableFile
        It is not JSON.
    NoTracks
        It holds nothing that is known as tracks.
    """
    found = entries(text, name)
    first = next(found, None)
    export = export_of(first)
    if export is not None:
        return read_export(export, items_of(export, chain([first], found)), name)
    return read_objects(chain([first], found), name)


def read_objects(found: Iterable[Any], name: str) -> Imported:
    """
    Import objects of any shape, each flattened at once, and read as a table with their keys as its header.

    Raises
    ------
    NoTracks
        They hold no tracks.
    """
    rows = (track for entry in found for track in tracks_in(entry))
    sample = [_cells(row) for row in islice(rows, SAMPLE_ENTRIES)]
    header = list(dict.fromkeys(key for row in sample for key in row))
    if len(header) > MOST_COLUMNS:
        raise NoTracks(f"“{name}” has {len(header):,} different keys; that is not a list of tracks.")
    refuse_beside_tracks(header, name)
    columns = recognise(header, [[row.get(key) or "" for key in header] for row in sample])
    if not columns.has_identity:
        raise NoTracks(f"“{name}” is JSON, but holds no tracks. From Spotify's export choose the streaming history.")
    keys = {at: header[at] for at in columns.wanted}
    return import_rows(columns, _batches(chain(sample, map(_cells, rows)), keys), name)


def _batches(rows: Iterator[dict[str, str]], keys: dict[int, str]) -> Iterator[Batch]:
    """Rows as batches of a limited number of rows and characters."""
    number, size = 0, 0
    some: list[tuple[str | None, ...]] = []
    for row in rows:
        cells = tuple(row.get(key) for key in keys.values())
        some.append(cells)
        size += sum(len(cell) for cell in cells if cell)
        if len(some) >= BATCH_ENTRIES or size > BATCH_CHARACTERS:
            yield _batch(some, keys, number)
            number, size, some = number + len(some), 0, []
    if some:
        yield _batch(some, keys, number)


def _batch(rows: list[tuple[str | None, ...]], keys: dict[int, str], number: int) -> Batch:
    columns = dict(zip(keys, zip(*rows, strict=True), strict=True)) if keys else {}
    cells = {at: pa.array(column, pa.string()) for at, column in columns.items()}
    return Batch(cells, np.arange(number + 1, number + len(rows) + 1))


def _cells(row: Any) -> dict[str, str]:
    """
    The values of an object as a table would hold them: of a list the texts, or the names of its objects, else text or
    number; what is no object has none.
    """
    cells = {}
    for key, value in row.items() if isinstance(row, Mapping) else ():
        if isinstance(value, list):
            names = [each.get("name") if isinstance(each, Mapping) else each for each in value]
            value = "; ".join(name for name in names if isinstance(name, str))
        text = plain_text(str(value)) if isinstance(value, (str, int, float)) else ""
        if text:
            cells[plain_text(key)] = text
    return cells
