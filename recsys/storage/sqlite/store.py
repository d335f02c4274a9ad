"""The embedded store: every listener's rows in one SQLite file. Needs no server, no account and no setting."""

import json
import marshal
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import pandas as pd

from recsys.auth.models import is_guest
from recsys.core.model.tracks import as_tracks
from recsys.errors import Erased
from recsys.storage import table_specs as rows
from recsys.storage.quotas import check_name, check_quota
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.guest_visits import forget_visit, note_visit
from recsys.storage.sqlite.schema import LISTENER_TABLES
from recsys.storage.store import MAX_POOL, Saved, Store, WeeklyList
from recsys.storage.table_specs import SENT, TableSpec, sent_row


class SqliteStore(Store):
    """
    A `Store` in a `Database`. Safe to share between threads; other processes may use the file too.

    Parameters
    ----------
    database : Database
    clock : callable
        The time, with time zone.
    work : (listener, key), optional
        A state without which nothing is written, see `until_erased`.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        work: tuple[str, str] | None = None,
    ) -> None:
        self._database, self._clock, self._work = database, clock, work

    def save_tracks(self, listener: str, tracks: pd.DataFrame) -> Saved:
        values = rows.TRACKS.rows(as_tracks(tracks))
        with self._writing(listener) as connection:
            (before, last) = connection.execute(
                "SELECT count(*), coalesce(max(saved_order), 0) FROM user_tracks WHERE user_id = ?", (listener,)
            ).fetchone()
            ordered = [(listener, *row, last + place) for place, row in enumerate(values, start=1)]
            changed = _upsert(connection, rows.TRACKS, ordered, extra=("saved_order",))
            added = _count(connection, "user_tracks", listener) - before
            check_quota("user_tracks", before + added)
        return Saved(added=added, updated=changed - added, unchanged=len(values) - changed)

    def tracks(self, listener: str) -> pd.DataFrame:
        return self._load(rows.TRACKS, listener)

    def fingerprint(self, listener: str, with_plays: bool) -> bytes | None:
        """Of the rows as SQLite gives them: making tables of pandas from them takes six times as long."""
        specs = [rows.TRACKS, rows.FEEDBACK, *([rows.PLAYS] if with_plays else [])]
        with self._database.read() as connection:
            stored = [_select(connection, spec, listener) for spec in specs]
        # Version 2 of the format writes equal values alike; later ones also write which objects are shared.
        return blake2b(marshal.dumps(stored, 2), digest_size=16).digest()

    def until_erased(self, listener: str, key: str) -> "SqliteStore":
        return SqliteStore(self._database, self._clock, (listener, rows.clean(key)))

    def remove_tracks(self, listener: str, track_ids: Sequence[str]) -> int:
        keys = [(listener, rows.clean(track_id)) for track_id in track_ids]
        with self._writing(listener) as connection:
            for table in ("track_origins", "feature_misses"):
                connection.executemany(f"DELETE FROM {table} WHERE user_id = ? AND spotify_track_id = ?", keys)
            delete = "DELETE FROM user_tracks WHERE user_id = ? AND spotify_track_id = ?"
            return max(connection.executemany(delete, keys).rowcount, 0)

    def save_origins(self, listener: str, origins: pd.DataFrame) -> None:
        self._save(rows.ORIGINS, listener, origins)

    def origins(self, listener: str) -> pd.DataFrame:
        return self._load(rows.ORIGINS, listener)

    def remove_origins(self, listener: str, origin: str, track_ids: Sequence[str]) -> int:
        keys = [(listener, rows.clean(track_id), rows.clean(origin)) for track_id in track_ids]
        delete = "DELETE FROM track_origins WHERE user_id = ? AND spotify_track_id = ? AND origin = ?"
        with self._writing(listener) as connection:
            return max(connection.executemany(delete, keys).rowcount, 0)

    def save_plays(self, listener: str, plays: pd.DataFrame) -> int:
        values = _owned(listener, rows.PLAYS.rows(rows.to_second(plays)))
        with self._writing(listener) as connection:
            before = _count(connection, "plays", listener)
            _upsert(connection, rows.PLAYS, values)
            after = _count(connection, "plays", listener)
            check_quota("plays", after)
            return after - before

    def plays(self, listener: str) -> pd.DataFrame:
        return self._load(rows.PLAYS, listener)

    def save_profile(self, listener: str, profile: Mapping[str, str | None]) -> None:
        values = [rows.clean(profile.get(column.name)) for column in rows.PROFILE.columns]
        with self._writing(listener) as connection:
            connection.execute("REPLACE INTO profiles VALUES (?, ?, ?, ?)", (listener, *values))

    def profile(self, listener: str) -> dict[str, str | None] | None:
        with self._database.read() as connection:
            found = _select(connection, rows.PROFILE, listener)
        return dict(zip(rows.PROFILE.stored, found[0], strict=True)) if found else None

    def save_recommendations(self, listener: str, recommendations: pd.DataFrame) -> None:
        values = _owned(listener, rows.RECOMMENDATIONS.rows(recommendations))
        with self._writing(listener) as connection:
            _replace_list(connection, listener, values)

    def recommendations(self, listener: str) -> pd.DataFrame:
        return self._load(rows.RECOMMENDATIONS, listener)

    def save_recipe(self, listener: str, name: str, recipe: Mapping[str, Any]) -> None:
        check_name(name)
        with self._writing(listener) as connection:
            connection.execute("REPLACE INTO recipes VALUES (?, ?, ?)", (listener, rows.clean(name), _json(recipe)))
            check_quota("recipes", _count(connection, "recipes", listener))

    def recipes(self, listener: str) -> dict[str, dict[str, Any]]:
        with self._database.read() as connection:
            return {name: json.loads(recipe) for name, recipe in _select(connection, rows.RECIPES, listener)}

    def remove_recipe(self, listener: str, name: str) -> None:
        self._remove("recipes", "name", listener, name)

    def save_feedback(self, listener: str, track: pd.DataFrame, liked: bool, at: str) -> None:
        self._save(rows.FEEDBACK, listener, as_tracks(track).assign(liked=liked, at=at))

    def feedback(self, listener: str) -> pd.DataFrame:
        return self._load(rows.FEEDBACK, listener)

    def remove_feedback(self, listener: str, track_id: str) -> None:
        self._remove("feedback", "spotify_track_id", listener, track_id)

    def save_state(self, listener: str, key: str, value: Mapping[str, Any]) -> None:
        with self._writing(listener) as connection:
            connection.execute("REPLACE INTO sync_state VALUES (?, ?, ?)", (listener, rows.clean(key), _json(value)))
            check_quota("sync_state", _count(connection, "sync_state", listener))

    def state(self, listener: str, key: str) -> dict[str, Any] | None:
        return self._value("SELECT value FROM sync_state WHERE user_id = ? AND key = ?", listener, rows.clean(key))

    def states(self, listener: str, prefix: str) -> dict[str, dict[str, Any]]:
        begin = rows.clean(prefix)
        named = "SELECT key, value FROM sync_state WHERE user_id = ? AND substr(key, 1, ?) = ? ORDER BY key"
        with self._database.read() as connection:
            found = connection.execute(named, (listener, len(begin), begin)).fetchall()
        return {key: json.loads(value) for key, value in found}

    def remove_state(self, listener: str, key: str) -> None:
        self._remove("sync_state", "key", listener, key)

    def save_misses(self, listener: str, misses: pd.DataFrame) -> None:
        self._save(rows.MISSES, listener, misses)

    def misses(self, listener: str, since: str = "") -> pd.DataFrame:
        known = self._load(rows.MISSES, listener)
        return known[known["asked_at"] >= since].reset_index(drop=True)

    def save_pool(self, listener: str, tracks: pd.DataFrame, answered_at: str, at_most: int = MAX_POOL) -> int:
        values = _owned(listener, rows.POOL.rows(as_tracks(tracks).assign(answered_at=answered_at)))
        columns = ("user_id", *rows.POOL.stored)
        replace = f"REPLACE INTO pool_tracks ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        drop_oldest = """
            DELETE FROM pool_tracks WHERE user_id = ? AND spotify_track_id IN (
                SELECT spotify_track_id FROM pool_tracks WHERE user_id = ?
                ORDER BY answered_at DESC, spotify_track_id LIMIT -1 OFFSET ?
            )"""
        with self._writing(listener) as connection:
            connection.executemany(replace, values)
            connection.execute(drop_oldest, (listener, listener, at_most))
            count = _count(connection, "pool_tracks", listener)
            check_quota("pool_tracks", count)
            return count

    def pool(self, listener: str) -> pd.DataFrame:
        return self._load(rows.POOL, listener)

    def remove_pool(self, listener: str) -> None:
        with self._writing(listener) as connection:
            connection.execute("DELETE FROM pool_tracks WHERE user_id = ?", (listener,))

    def save_weekly(self, listener: str, wanted: WeeklyList) -> None:
        upsert = """
            INSERT INTO weekly_lists (user_id, recipe, weekday, songs, playlist) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (user_id) DO UPDATE SET recipe = excluded.recipe, weekday = excluded.weekday,
                songs = excluded.songs, playlist = excluded.playlist"""
        row = (listener, _json(wanted.recipe), wanted.weekday, wanted.songs, rows.clean(wanted.playlist))
        with self._writing(listener) as connection:
            connection.execute(upsert, row)

    def weekly(self, listener: str) -> WeeklyList | None:
        with self._database.read() as connection:
            found = _select(connection, rows.WEEKLY, listener)
        return rows.weekly_list(dict(zip(rows.WEEKLY.stored, found[0], strict=True))) if found else None

    def remove_weekly(self, listener: str) -> None:
        with self._writing(listener) as connection:
            for table in ("weekly_lists", "weekly_songs"):
                connection.execute(f"DELETE FROM {table} WHERE user_id = ?", (listener,))

    def save_weekly_songs(self, listener: str, week: str, songs: pd.DataFrame, at: str) -> bool:
        first = """
            UPDATE weekly_lists SET renewed_week = ?, problem = NULL
            WHERE user_id = ? AND coalesce(renewed_week < ?, TRUE)"""
        values = _owned(listener, rows.WEEKLY_SONGS.rows(songs.assign(week=week)))
        listed = _owned(listener, rows.RECOMMENDATIONS.rows(songs.assign(created_at=at)))
        with self._writing(listener) as connection:
            is_first = connection.execute(first, (week, listener, week)).rowcount > 0
            if is_first:
                connection.executemany("INSERT INTO weekly_songs VALUES (?, ?, ?, ?, ?, ?, ?)", values)
                check_quota("weekly_songs", _count(connection, "weekly_songs", listener))
                _replace_list(connection, listener, listed)
        return is_first

    def note_weekly(self, listener: str, saved_week: str | None, problem: str | None) -> None:
        update = "UPDATE weekly_lists SET saved_week = ?, problem = ? WHERE user_id = ?"
        with self._writing(listener) as connection:
            connection.execute(update, (saved_week, rows.clean(problem), listener))

    def weekly_songs(self, listener: str) -> pd.DataFrame:
        return self._load(rows.WEEKLY_SONGS, listener)

    def weekly_listeners(self) -> list[str]:
        with self._database.read() as connection:
            found = connection.execute("SELECT user_id FROM weekly_lists ORDER BY user_id").fetchall()
        return [listener for (listener,) in found]

    def log_sent(self, listener: str, to: str, what: str, rows: int, at: str) -> None:
        insert = "INSERT INTO sent_log (user_id, at, recipient, what, rows) VALUES (?, ?, ?, ?, ?)"
        with self._writing(listener) as connection:
            connection.executemany(insert, _owned(listener, SENT.rows(sent_row(to, what, rows, at))))
            check_quota("sent_log", _count(connection, "sent_log", listener))

    def sent(self, listener: str) -> pd.DataFrame:
        return self._load(rows.SENT, listener)

    def counts(self, listener: str) -> dict[str, int]:
        with self._database.read() as connection:
            return {table: _count(connection, table, listener) for table in LISTENER_TABLES}

    def export(self, listener: str) -> dict[str, pd.DataFrame]:
        with self._database.read() as connection:
            return {spec.table: spec.table_of(_select(connection, spec, listener)) for spec in rows.EXPORTED}

    def erase(self, listener: str) -> dict[str, int]:
        """The bytes are overwritten in the file and its log, not only freed."""
        with self._database.write() as connection:
            _erase_rows(connection, listener)
        self._database.shrink_log()
        return self.counts(listener)

    def save_app_state(self, key: str, value: Mapping[str, Any]) -> None:
        with self._database.write() as connection:
            connection.execute("REPLACE INTO app_state VALUES (?, ?)", (rows.clean(key), _json(value)))

    def app_state(self, key: str) -> dict[str, Any] | None:
        return self._value("SELECT value FROM app_state WHERE key = ?", rows.clean(key))

    def replace_app_state(self, key: str, expected: Mapping[str, Any] | None, value: Mapping[str, Any]) -> bool:
        with self._database.write() as connection:
            found = connection.execute("SELECT value FROM app_state WHERE key = ?", (rows.clean(key),)).fetchone()
            is_expected = (json.loads(found[0]) if found else None) == (expected and rows.plain(expected))
            if is_expected:
                connection.execute("REPLACE INTO app_state VALUES (?, ?)", (rows.clean(key), _json(value)))
        return is_expected

    def check(self) -> None:
        self._database.check()

    def read_only_because(self) -> str:
        """Why nothing can be stored at the moment, as a sentence; empty where it can. See `Database`."""
        return self._database.read_only_because()

    def note_visit(self, guest: str) -> None:
        """Remember that a guest is here today. A guest without rows leaves none by that; written at most once a day."""
        today = self._clock().date().isoformat()
        with self._database.read() as connection:
            found = connection.execute("SELECT visited_on FROM guest_visits WHERE guest = ?", (guest,)).fetchone()
        if found and found[0] < today:
            with self._database.write() as connection:
                connection.execute("UPDATE guest_visits SET visited_on = ? WHERE guest = ?", (today, guest))

    def sweep_guests(self, days: int) -> int:
        """Erase guests who were not here for this many days; how many."""
        before = (self._clock() - timedelta(days=days)).date().isoformat()
        with self._database.read() as connection:
            gone = connection.execute("SELECT guest FROM guest_visits WHERE visited_on < ?", (before,)).fetchall()
        swept = 0
        for (guest,) in gone:  # one by one, so that nobody's write waits for all of them
            with self._database.write() as connection:
                if forget_visit(connection, guest, before):  # else they came back just now
                    _erase_rows(connection, guest)
                    swept += 1
        if swept:
            self._database.shrink_log()
        return swept

    @contextmanager
    def _writing(self, listener: str) -> Iterator[sqlite3.Connection]:
        """A connection to write a listener's rows. A guest's visit is noted as long as there are any."""
        with self._database.write() as connection:
            named = "SELECT 1 FROM sync_state WHERE user_id = ? AND key = ?"
            if self._work and not connection.execute(named, self._work).fetchone():
                raise Erased("Everything of this listener's was erased meanwhile; nothing was written.")
            before = connection.total_changes
            yield connection
            if is_guest(listener) and connection.total_changes > before:
                note_visit(connection, listener, self._clock().date().isoformat())

    def _save(self, spec: TableSpec, listener: str, table: pd.DataFrame) -> None:
        values = _owned(listener, spec.rows(table))
        with self._writing(listener) as connection:
            _upsert(connection, spec, values)
            check_quota(spec.table, _count(connection, spec.table, listener))

    def _load(self, spec: TableSpec, listener: str) -> pd.DataFrame:
        with self._database.read() as connection:
            found = _select(connection, spec, listener)
        return spec.table_of(found)

    def _value(self, select: str, *parameters: str) -> dict[str, Any] | None:
        with self._database.read() as connection:
            found = connection.execute(select, parameters).fetchone()
        return json.loads(found[0]) if found else None

    def _remove(self, table: str, column: str, listener: str, value: str) -> None:
        with self._writing(listener) as connection:
            connection.execute(f"DELETE FROM {table} WHERE user_id = ? AND {column} = ?", (listener, rows.clean(value)))


def _erase_rows(connection: sqlite3.Connection, listener: str) -> None:
    for table in LISTENER_TABLES:
        connection.execute(f"DELETE FROM {table} WHERE user_id = ?", (listener,))
    connection.execute("DELETE FROM guest_visits WHERE guest = ?", (listener,))


def _replace_list(connection: sqlite3.Connection, listener: str, values: list[tuple[Any, ...]]) -> None:
    connection.execute("DELETE FROM recommendations WHERE user_id = ?", (listener,))
    connection.executemany("INSERT INTO recommendations VALUES (?, ?, ?, ?)", values)
    check_quota("recommendations", len(values))


def _owned(listener: str, values: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(listener, *row) for row in values]


def _select(connection: sqlite3.Connection, spec: TableSpec, listener: str) -> list[Any]:
    columns, order = ", ".join(spec.stored), ", ".join(spec.order)
    found = connection.execute(f"SELECT {columns} FROM {spec.table} WHERE user_id = ? ORDER BY {order}", (listener,))
    return found.fetchall()


def _upsert(
    connection: sqlite3.Connection, spec: TableSpec, values: list[tuple[Any, ...]], extra: tuple[str, ...] = ()
) -> int:
    """
    Add rows (`user_id`, the spec's columns, `extra`), or update known ones where something is new.

    Columns in `extra` are set on adding only. Returns how many rows were added or changed.
    """
    table, columns = spec.table, ("user_id", *spec.stored, *extra)
    updates = [name for name in spec.stored if name not in spec.key]
    is_news = " OR ".join(
        f"(excluded.{name} IS NOT NULL AND excluded.{name} IS NOT {table}.{name})" for name in updates
    )
    insert = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) "
        f"ON CONFLICT (user_id, {', '.join(spec.key)}) DO UPDATE SET "
        f"{', '.join(f'{name} = coalesce(excluded.{name}, {table}.{name})' for name in updates)} WHERE {is_news}"
    )
    return max(connection.executemany(insert, values).rowcount, 0)


def _count(connection: sqlite3.Connection, table: str, listener: str) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM {table} WHERE user_id = ?", (listener,)).fetchone()
    return int(count)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(rows.plain(value), sort_keys=True)
