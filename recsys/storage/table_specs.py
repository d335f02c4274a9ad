"""Tables of pandas <-> rows of a database: the same names and the same rules for missing values in every store."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any, Final, overload

import numpy as np
import pandas as pd

from recsys.core.model import tracks as track_table
from recsys.errors import StorageProblem
from recsys.storage.store import WeeklyList
from recsys.times import to_utc_iso

TIMES: Final = frozenset({"added_at", "seen_at", "played_at", "created_at", "asked_at", "answered_at", "at"})
"""Columns that hold a time."""


@dataclass(frozen=True)
class Column:
    """A column: what it is called in a table, how it is stored, and its pandas type."""

    name: str
    stored: str
    dtype: str = "str"


@dataclass(frozen=True)
class TableSpec:
    """
    One kind of row a listener has.

    Attributes
    ----------
    table : str
        The database table.
    columns : tuple of Column
        Its columns without `user_id`, in the order of the rows.
    key : tuple of str
        The stored columns that, with `user_id`, tell one row from another.
    order : tuple of str
        The stored columns its rows are read by.
    """

    table: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    order: tuple[str, ...]

    @property
    def stored(self) -> tuple[str, ...]:
        """The stored names of the columns."""
        return tuple(column.stored for column in self.columns)

    def rows(self, table: pd.DataFrame) -> list[tuple[Any, ...]]:
        """
        The table as tuples of plain Python values in the order of `columns`.

        NaN, infinities, missing text and times that are none become None; times are written as `to_utc_iso` does; NUL
        characters, which Postgres cannot hold, are dropped. A column the table lacks is missing in every row.
        """
        values = [_values(table, column) for column in self.columns]
        return list(zip(*values, strict=True))

    def table_of(self, rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
        """The reverse of `rows`: columns by their table names and types; no rows give an empty table."""
        values = list(zip(*rows, strict=True))
        if not values:
            return self._empty.copy()
        return self._table_of(values)

    @cached_property
    def _empty(self) -> pd.DataFrame:
        """Built once: most listeners have no rows in most tables, and pandas takes 2 ms for each."""
        return self._table_of([()] * len(self.columns))

    def _table_of(self, values: Sequence[Sequence[Any]]) -> pd.DataFrame:
        return pd.DataFrame(
            {
                column.name: pd.Series(
                    found if column.dtype == "str" else np.array(found, dtype=column.dtype), dtype=column.dtype
                )
                for column, found in zip(self.columns, values, strict=True)
            }
        )


@overload
def clean(text: str) -> str: ...
@overload
def clean(text: str | None) -> str | None: ...
def clean(text: str | None) -> str | None:
    """Text that every store can hold: no NUL, and no half of a surrogate pair (JSON can carry one)."""
    return None if text is None else text.replace("\0", "").encode("utf-8", "replace").decode()


def plain(value: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON object that every store can hold. Raises `StorageProblem` for what is none."""
    try:
        found = _clean(json.loads(json.dumps(value, allow_nan=False)))
    except (TypeError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise StorageProblem("Only JSON objects of plain values, without NaN or infinities, can be stored.")
    return found


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {clean(key): _clean(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return clean(value) if isinstance(value, str) else value


def _values(table: pd.DataFrame, column: Column) -> list[Any]:
    """One column as plain values, in lists: on a page of fifty tracks pandas takes longer to begin than all of this."""
    if column.name not in table.columns:
        return [None] * len(table)
    series = table[column.name]
    values: list[Any] = (series if series.dtype == column.dtype else series.astype(column.dtype)).tolist()
    if column.dtype == "float64":
        return [value if isfinite(value) else None for value in values]
    if column.dtype != "str":
        return values
    texts = [value.replace("\0", "") if isinstance(value, str) else None for value in values]
    return [None if text is None else to_utc_iso(text) for text in texts] if column.name in TIMES else texts


_RENAMED: Final = {"track_id": "spotify_track_id", "title": "name", "artists": "artist"}


def _columns(*names: str, dtype: str = "str") -> tuple[Column, ...]:
    return tuple(Column(name, _RENAMED.get(name, name), dtype) for name in names)


_TRACK: Final = _columns(*track_table.TEXT) + _columns(*track_table.NUMBERS, dtype="float64")

TRACKS: Final = TableSpec("user_tracks", _TRACK, ("spotify_track_id",), ("saved_order",))
ORIGINS: Final = TableSpec(
    "track_origins",
    _columns("track_id", "origin", "seen_at") + _columns("rank", dtype="float64"),
    ("spotify_track_id", "origin"),
    ("spotify_track_id", "origin"),
)
PLAYS: Final = TableSpec(
    "plays",
    _columns("track_id", "played_at") + _columns("ms_played", dtype="float64"),
    ("played_at", "spotify_track_id"),
    ("played_at", "spotify_track_id"),
)
RECOMMENDATIONS: Final = TableSpec(
    "recommendations",
    _columns("track_id") + _columns("score", dtype="float64") + _columns("created_at"),
    ("spotify_track_id",),
    ("score desc", "spotify_track_id"),
)
FEEDBACK: Final = TableSpec(
    "feedback",
    _TRACK + _columns("liked", dtype="bool") + _columns("at"),
    ("spotify_track_id",),
    ("at", "spotify_track_id"),
)
MISSES: Final = TableSpec(
    "feature_misses",
    _columns("track_id", "source", "asked_at"),
    ("spotify_track_id", "source"),
    ("spotify_track_id", "source"),
)
POOL: Final = TableSpec(
    "pool_tracks",
    _TRACK + _columns("answered_at"),
    ("spotify_track_id",),
    ("answered_at", "spotify_track_id"),
)
SENT: Final = TableSpec(
    "sent_log", _columns("at", "recipient", "what") + _columns("rows", dtype="int64"), ("id",), ("id",)
)
PROFILE: Final = TableSpec("profiles", _columns("spotify_id", "display_name", "avatar_url"), (), ("user_id",))
RECIPES: Final = TableSpec("recipes", _columns("name", "recipe"), ("name",), ("name",))
STATE: Final = TableSpec("sync_state", _columns("key", "value"), ("key",), ("key",))
WEEKLY: Final = TableSpec(
    "weekly_lists",
    _columns("recipe")
    + _columns("weekday", "songs", dtype="int64")
    + _columns("playlist", "renewed_week", "saved_week", "problem"),
    (),
    ("user_id",),
)
WEEKLY_SONGS: Final = TableSpec(
    "weekly_songs",
    _columns("week", "track_id", "title", "artists") + _columns("rank", "score", dtype="float64"),
    ("week", "spotify_track_id"),
    ("week", "rank"),
)

_LISTS: Final = (RECOMMENDATIONS, RECIPES, WEEKLY, WEEKLY_SONGS)
EXPORTED: Final = (PROFILE, TRACKS, ORIGINS, PLAYS, *_LISTS, FEEDBACK, MISSES, POOL, STATE, SENT)
"""Everything in a listener's export: all their tables but tokens and sessions."""


def sent_row(to: str, what: str, many: int, at: str) -> pd.DataFrame:
    """One row of `SENT`."""
    return pd.DataFrame({"at": [at], "recipient": [clean(to)], "what": [clean(what)], "rows": [many]})


def weekly_list(row: Mapping[str, Any]) -> WeeklyList:
    """A row of `WEEKLY` by column, the recipe as JSON text or as an object."""
    recipe = row["recipe"]
    return WeeklyList(**{**row, "recipe": json.loads(recipe) if isinstance(recipe, str) else recipe})


def to_second(plays: pd.DataFrame) -> pd.DataFrame:
    """
    Plays with `played_at` cut to whole seconds and ending in "Z".

    Spotify's API returns milliseconds and its data export does not; uncut, one play would be stored as two.
    """
    times = plays["played_at"].astype("str").map(to_utc_iso, na_action="ignore").astype("str")
    return plays.assign(played_at=times.str.replace(r"\.\d+", "", regex=True))
