"""Rows as in Supabase's REST API: JSON objects, times as Postgres writes them, pages of at most 1,000."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
import pyarrow as pa
from postgrest import CountMethod
from supabase import Client

from recsys.storage.hosted.project import response
from recsys.storage.table_specs import TIMES, TRACKS, TableSpec

PAGE: Final = 1_000
"""Rows asked for at once. A project may be set to give fewer (`max_rows`), so what counts is how many there are."""

_LIBRARY: Final = pa.schema(
    [("saved_order", pa.int64())]
    + [(column.stored, pa.large_string() if column.dtype == "str" else pa.float64()) for column in TRACKS.columns]
)

Row = Mapping[str, Any]


def objects(spec: TableSpec, table: pd.DataFrame) -> list[dict[str, Any]]:
    """The table as JSON objects that all have the same keys."""
    return [dict(zip(spec.stored, row, strict=True)) for row in spec.rows(table)]


def once_each(spec: TableSpec, table: pd.DataFrame) -> list[dict[str, Any]]:
    """The same, each key once: of several rows the last counts, and what it lacks is taken from those before it."""
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in objects(spec, table):
        key = tuple(one[name] for name in spec.key)
        former = merged.get(key)
        merged[key] = {**former, **known(one)} if former else one
    return list(merged.values())


def known(one: Row) -> dict[str, Any]:
    """What an object knows: what is not sent is not changed."""
    return {name: value for name, value in one.items() if value is not None}


def from_json(spec: TableSpec, found: Sequence[Row]) -> pd.DataFrame:
    """JSON objects as a table, in the order the spec is read by."""
    return spec.table_of([_text(name, one[name]) for name in spec.stored] for one in in_order(spec, found))


def tracks_of(pages: Sequence[Mapping[str, list[Any]]]) -> pd.DataFrame:
    """Pages of the function `library`, which answers by column, as tracks in the order of their first saving."""
    tables = [pa.Table.from_pydict(page, schema=_LIBRARY) for page in pages]
    library = pa.concat_tables([_LIBRARY.empty_table(), *tables]).sort_by("saved_order").drop_columns("saved_order")
    tracks = library.to_pandas().set_axis([column.name for column in TRACKS.columns], axis="columns")
    return tracks.assign(added_at=tracks["added_at"].str.replace("+00:00", "Z", regex=False))


def in_order(spec: TableSpec, found: Sequence[Row]) -> list[Row]:
    """JSON objects in the order the spec is read by, such as `score desc, spotify_track_id`."""
    ordered = list(found)
    for column in reversed(spec.order):
        name, _, direction = column.partition(" ")
        ordered.sort(key=lambda one: one[name], reverse=direction == "desc")
    return ordered


def read_all(client: Client, spec: TableSpec, listener: str) -> list[Row]:
    """
    All rows of a listener, page by page after the key of the last row.

    Unlike an offset, a key is found by the primary key's index however far it is, and skips nothing when rows are
    added meanwhile. The first answer says how many rows there are, so that a single page takes a single request.
    """
    columns = ", ".join(dict.fromkeys((*spec.stored, *spec.key)))
    found: list[Row] = []
    total = 1
    while len(found) < total:
        query = client.table(spec.table).select(columns, count=None if found else CountMethod.exact)
        query = query.eq("user_id", listener).limit(PAGE)
        for column in spec.key:
            query = query.order(column)
        page = response(_after(query, spec.key, found[-1]) if found else query)
        total = total if found else page.count or 0
        if not page.data:  # somebody removed rows meanwhile
            break
        found += page.data
    return found


def _after(query: Any, key: Sequence[str], last: Row) -> Any:
    """The query, for the rows whose key comes after that of the last one."""
    if len(key) == 1:
        return query.gt(key[0], last[key[0]])
    first, second = key
    start, then = _quoted(last[first]), _quoted(last[second])
    # The plain comparison is what the index can use; which rows of the same first column follow, only the other says.
    return query.gte(first, last[first]).or_(f"{first}.gt.{start},and({first}.eq.{start},{second}.gt.{then})")


def _quoted(value: Any) -> str:
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _text(name: str, value: Any) -> Any:
    if name in TIMES and value is not None:
        return value.replace("+00:00", "Z")  # as Postgres writes it
    return json.dumps(value, sort_keys=True) if isinstance(value, dict) else value
