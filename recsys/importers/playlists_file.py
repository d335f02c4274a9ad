"""Which tracks are on whose list: the file that recommendations are measured with."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from recsys.errors import UnreadableFile
from recsys.importers.columns import ALIASES, tidy_name
from recsys.importers.delimited import batches, find_layout
from recsys.importers.open_source import opened
from recsys.importers.sniffing import PARQUET, kind_of, refuse_known
from recsys.importers.text_cells import ids, iso_times
from recsys.importers.text_encoding import decoded

LIST_NAMES: Final = (
    *("playlistid", "playlisturi", "listid", "list", "playlist", "playlistname", "pid"),
    *("userid", "user", "username", "listenerid", "listener", "ownerid", "owner"),
)
"""Headers met for the name of a list, tidied by `tidy_name`, the most telling first."""


def read_playlists(path: Path, with_times: bool = False) -> pd.DataFrame:
    """
    Read a table with one row per track on a list.

    Parameters
    ----------
    path : Path
        CSV with any delimiter and encoding, or Parquet. One column names the list (or its owner), another the track
        by Spotify id, URI or link, or by the catalogue's own kind of id.

    Returns
    -------
    DataFrame
        `list`, `track_id` as text, every pair once. Rows that lack either are left out. With times also `added_at`:
        when the track was added (ISO 8601, UTC), as the first of its rows that knows says; missing where none does.

    Raises
    ------
    UnreadableFile
        It is missing, not text, has no rows, or lacks one of the columns.
    """
    with opened(path, path.name) as stream:
        refuse_known(stream, path.name)
        if kind_of(stream) == PARQUET:
            return _read_parquet(stream, path.name, with_times)
        text = decoded(stream, path.name)
        layout = find_layout(text, path.name)
        tidied = [tidy_name(cell) for cell in layout.header]
        places = _places(tidied, path.name, with_times)
        read = list(batches(text.stream, layout, set(places), path.name, Counter()))
    return _entries(([batch.cells[place] for place in places] for batch in read), with_times)


def _read_parquet(stream: BinaryIO, name: str, with_times: bool) -> pd.DataFrame:
    try:
        file = pq.ParquetFile(stream)
        header = file.schema_arrow.names
        wanted = [header[at] for at in _places([tidy_name(cell) for cell in header], name, with_times)]
        read = [batch.select(wanted).columns for batch in file.iter_batches(columns=wanted)]
        return _entries(([cells.cast(pa.string()) for cells in columns] for columns in read), with_times)
    except pa.ArrowException as problem:
        raise UnreadableFile(f"“{name}” cannot be read: it is damaged, or its ids are not text.") from problem


def _entries(batches: Iterable[Sequence[pa.Array]], with_times: bool) -> pd.DataFrame:
    tables = []
    for lists, tracks, *times in batches:
        table = pd.DataFrame({"list": _text(lists), "track_id": _text(pc.coalesce(ids(tracks), tracks))})
        if with_times:
            added = iso_times(times[0]).to_pandas() if times else None
            table["added_at"] = pd.Series(added, index=table.index, dtype="str")
        tables.append(table)
    names = ["list", "track_id", *(["added_at"] if with_times else [])]
    empty = pd.DataFrame({name: [] for name in names}, dtype="str")
    found = pd.concat([empty, *tables], ignore_index=True).dropna(subset=["list", "track_id"])
    if with_times:
        return found.groupby(["list", "track_id"], sort=False).first().reset_index()
    return found.drop_duplicates(ignore_index=True)


def _places(tidied: Sequence[str], name: str, with_times: bool) -> list[int]:
    places = [
        _place(tidied, LIST_NAMES, name, "lists, such as “playlist_id” or “user_id”"),
        _place(tidied, ALIASES["track_id"], name, "tracks, such as “track_id”"),
    ]
    if with_times:
        places += [tidied.index(alias) for alias in ALIASES["added_at"] if alias in tidied][:1]
    return places


def _place(tidied: Sequence[str], aliases: Sequence[str], name: str, what: str) -> int:
    found = [tidied.index(alias) for alias in aliases if alias in tidied]
    if not found:
        raise UnreadableFile(f"“{name}” has no column that names {what}.")
    return found[0]


def _text(cells: pa.Array) -> pd.Series:
    trimmed = pc.utf8_trim_whitespace(cells)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed).to_pandas().astype("str")
