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
from recsys.importers.text_cells import ids
from recsys.importers.text_encoding import decoded

LIST_NAMES: Final = (
    *("playlistid", "playlisturi", "listid", "list", "playlist", "playlistname", "pid"),
    *("userid", "user", "username", "listenerid", "listener", "ownerid", "owner"),
)
"""Headers met for the name of a list, tidied by `tidy_name`, the most telling first."""


def read_playlists(path: Path) -> pd.DataFrame:
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
        `list`, `track_id` as text, every pair once. Rows that lack either are left out.

    Raises
    ------
    UnreadableFile
        It is missing, not text, has no rows, or lacks one of the columns.
    """
    with opened(path, path.name) as stream:
        refuse_known(stream, path.name)
        if kind_of(stream) == PARQUET:
            return _read_parquet(stream, path.name)
        text = decoded(stream, path.name)
        layout = find_layout(text, path.name)
        tidied = [tidy_name(cell) for cell in layout.header]
        at_list, at_track = _places(tidied, path.name)
        read = list(batches(text.stream, layout, {at_list, at_track}, path.name, Counter()))
    return _entries((batch.cells[at_list], batch.cells[at_track]) for batch in read)


def _read_parquet(stream: BinaryIO, name: str) -> pd.DataFrame:
    try:
        file = pq.ParquetFile(stream)
        header = file.schema_arrow.names
        wanted = [header[at] for at in _places([tidy_name(cell) for cell in header], name)]
        read = [batch.select(wanted).columns for batch in file.iter_batches(columns=wanted)]
        return _entries((lists.cast(pa.string()), tracks.cast(pa.string())) for lists, tracks in read)
    except pa.ArrowException as problem:
        raise UnreadableFile(f"“{name}” cannot be read: it is damaged, or its ids are not text.") from problem


def _entries(batches: Iterable[tuple[pa.Array, pa.Array]]) -> pd.DataFrame:
    tables = [
        pd.DataFrame({"list": _text(lists), "track_id": _text(pc.coalesce(ids(tracks), tracks))})
        for lists, tracks in batches
    ]
    empty = pd.DataFrame({"list": [], "track_id": []}, dtype="str")
    return pd.concat([empty, *tables], ignore_index=True).dropna().drop_duplicates(ignore_index=True)


def _places(tidied: Sequence[str], name: str) -> tuple[int, int]:
    return (
        _place(tidied, LIST_NAMES, name, "lists, such as “playlist_id” or “user_id”"),
        _place(tidied, ALIASES["track_id"], name, "tracks, such as “track_id”"),
    )


def _place(tidied: Sequence[str], aliases: Sequence[str], name: str, what: str) -> int:
    found = [tidied.index(alias) for alias in aliases if alias in tidied]
    if not found:
        raise UnreadableFile(f"“{name}” has no column that names {what}.")
    return found[0]


def _text(cells: pa.Array) -> pd.Series:
    trimmed = pc.utf8_trim_whitespace(cells)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed).to_pandas().astype("str")
