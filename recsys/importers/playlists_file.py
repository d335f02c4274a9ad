"""Which tracks are on whose list: the file that recommendations are measured with."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from recsys.errors import UnreadableFile
from recsys.importers.columns import ALIASES, tidy_name
from recsys.importers.delimited import batches, find_layout
from recsys.importers.number_cells import numbers
from recsys.importers.open_source import opened
from recsys.importers.sniffing import JSON, PARQUET, PLIST, ZIP, kind_of, refuse_known
from recsys.importers.text_cells import artist_names, ids, iso_times, tidy
from recsys.importers.text_encoding import decoded

LIST_NAMES: Final = (
    *("playlistid", "playlisturi", "listid", "list", "playlist", "playlistname", "pid"),
    *("userid", "user", "username", "listenerid", "listener", "ownerid", "owner"),
)
"""Headers met for the name of a list, tidied by `tidy_name`, the most telling first."""


DISLIKED: Final = "no"
"""What `liked` says of a track that its listener turned down."""

ExtraColumn = Literal["added_at", "title", "artists", "liked"]
_EXTRA: Final[Mapping[ExtraColumn, Callable[[pa.Array], pa.Array]]] = {
    "added_at": iso_times,
    "title": tidy,
    "artists": artist_names,
    "liked": lambda cells: pc.if_else(pc.equal(numbers(cells, "liked").values, 0), DISLIKED, "yes"),
}


def read_playlists(path: Path, extra: Sequence[ExtraColumn] = ()) -> pd.DataFrame:
    """
    Read a table with one row per track on a list.

    Parameters
    ----------
    path : Path
        CSV with any delimiter and encoding, or Parquet. One column names the list (or its owner), another the track
        by Spotify id, URI or link, or by the catalogue's own kind of id. Ids may be numbers.
    extra : sequence of str
        Columns that are read as well where the file has them.

    Returns
    -------
    DataFrame
        `list`, `track_id` as text, every pair once. Rows that lack either, and those that repeat the header, are left
        out. Each of `extra` as the first row of a pair that knows it says, else missing; `added_at` as ISO 8601, UTC.

    Raises
    ------
    UnreadableFile
        It is missing, not text, has no rows, or lacks one of the columns.
    """
    with opened(path, path.name) as stream:
        refuse_known(stream, path.name)
        kind = kind_of(stream)
        if kind in (ZIP, JSON, PLIST):
            raise UnreadableFile(
                f"“{path.name}” is not a table. Bring CSV or Parquet with a row for each track of each list."
            )
        if kind == PARQUET:
            return _read_parquet(stream, path.name, extra)
        text = decoded(stream, path.name)
        layout = find_layout(text, path.name)
        places = _places([tidy_name(cell) for cell in layout.header], path.name, extra)
        read = list(batches(text.stream, layout, set(places.values()), path.name, Counter()))
    entries = _entries(({ours: batch.cells[at] for ours, at in places.items()} for batch in read), extra)
    names = [layout.header[places[ours]].strip() for ours in ("list", "track_id")]
    return entries[(entries[["list", "track_id"]] != names).any(axis=1)].reset_index(drop=True)


def _read_parquet(stream: BinaryIO, name: str, extra: Sequence[ExtraColumn]) -> pd.DataFrame:
    try:
        file = pq.ParquetFile(stream)
        header = file.schema_arrow.names
        wanted = {ours: header[at] for ours, at in _places([tidy_name(cell) for cell in header], name, extra).items()}
        read = [
            {ours: _as_text(batch.column(column)) for ours, column in wanted.items()}
            for batch in file.iter_batches(columns=list(wanted.values()))
        ]
        return _entries(read, extra)
    except pa.ArrowException as problem:
        raise UnreadableFile(f"“{name}” cannot be read: it is damaged, or its ids are not text.") from problem


def _as_text(cells: pa.Array) -> pa.Array:
    """Cells as CSV would hold them; numbers that pandas made fractions of, as where one is missing, are whole again."""
    if pa.types.is_floating(cells.type):
        whole = pc.cast(cells, pa.int64(), safe=False)
        if pc.all(pc.equal(cells, whole)).as_py() is not False:
            cells = whole
    return cells.cast(pa.string())


def _entries(batches: Iterable[Mapping[str, pa.Array]], extra: Sequence[ExtraColumn]) -> pd.DataFrame:
    tables = []
    for cells in batches:
        tracks = cells["track_id"]
        table = pd.DataFrame({"list": _text(cells["list"]), "track_id": _text(pc.coalesce(ids(tracks), tracks))})
        for ours in extra:
            found = _EXTRA[ours](cells[ours]).to_pandas() if ours in cells else None
            table[ours] = pd.Series(found, index=table.index, dtype="str")
        tables.append(table)
    empty = pd.DataFrame({name: [] for name in ("list", "track_id", *extra)}, dtype="str")
    found = pd.concat([empty, *tables], ignore_index=True).dropna(subset=["list", "track_id"])
    if extra:
        return found.groupby(["list", "track_id"], sort=False).first().reset_index()
    return found.drop_duplicates(ignore_index=True)


def _places(tidied: Sequence[str], name: str, extra: Sequence[ExtraColumn]) -> dict[str, int]:
    places = {
        "list": _place(tidied, LIST_NAMES, name, "lists, such as “playlist_id” or “user_id”"),
        "track_id": _place(tidied, ALIASES["track_id"], name, "tracks, such as “track_id”"),
    }
    for ours in extra:
        found = [tidied.index(alias) for alias in ALIASES[ours] if alias in tidied]
        if found and found[0] not in places.values():
            places[ours] = found[0]
    return places


def _place(tidied: Sequence[str], aliases: Sequence[str], name: str, what: str) -> int:
    found = [tidied.index(alias) for alias in aliases if alias in tidied]
    if not found:
        raise UnreadableFile(f"“{name}” has no column that names {what}.")
    return found[0]


def _text(cells: pa.Array) -> pd.Series:
    trimmed = pc.utf8_trim_whitespace(cells)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed).to_pandas().astype("str")
