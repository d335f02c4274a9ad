"""JSON: Spotify's privacy exports, or any list of tracks whose keys can be understood."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final

import numpy as np
import pyarrow as pa

from recsys.errors import NoTracks
from recsys.importers.columns import recognise, refuse_beside_tracks
from recsys.importers.delimited import Batch
from recsys.importers.json_stream import entries, plain_text
from recsys.importers.privacy_export import export_of, items_of, read_export
from recsys.importers.report import Imported
from recsys.importers.table_file import import_rows
from recsys.importers.text_encoding import Text

BATCH_ENTRIES: Final = 20_000
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
    return _read_list(chain([first], found), name)


def _read_list(found: Iterable[Any], name: str) -> Imported:
    """A list of flat objects, read as a table with their keys as its header."""
    rows = iter(found)
    sample = list(islice(rows, SAMPLE_ENTRIES))
    header = list(dict.fromkeys(key for row in sample if isinstance(row, Mapping) for key in row))
    refuse_beside_tracks(map(plain_text, header), name)
    columns = recognise(
        [plain_text(key) for key in header], [[_cell(row, key) or "" for key in header] for row in sample]
    )
    if not columns.has_identity:
        raise NoTracks(f"“{name}” is JSON, but holds no tracks. From Spotify's export choose the streaming history.")
    keys = {at: header[at] for at in columns.places.values()}
    return import_rows(columns, _batches(chain(sample, rows), keys), name)


def _batches(rows: Iterator[Any], keys: dict[int, str]) -> Iterator[Batch]:
    number = 0
    while some := list(islice(rows, BATCH_ENTRIES)):
        cells = {at: pa.array([_cell(row, key) for row in some], pa.string()) for at, key in keys.items()}
        yield Batch(cells, np.arange(number + 1, number + len(some) + 1))
        number += len(some)


def _cell(row: Any, key: str) -> str | None:
    """A value as a table would hold it: of a list the texts, or the names of its objects; else text or number."""
    value = row.get(key) if isinstance(row, Mapping) else None
    if isinstance(value, list):
        names = [each.get("name") if isinstance(each, Mapping) else each for each in value]
        value = "; ".join(name for name in names if isinstance(name, str))
    return plain_text(str(value)) or None if isinstance(value, (str, int, float)) else None
