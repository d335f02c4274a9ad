"""Sessions, tokens and locks in the SQLite file."""

import secrets
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final

from recsys.auth.encryption import Cipher
from recsys.auth.models import Issuer, Session, Tokens, hash_id, is_session_id, new_session_id
from recsys.storage.lease_lock import HEARTBEAT_S, LeaseTiming, held_lease
from recsys.storage.sessions import TOKEN_TABLES, SessionStore, TokenStore
from recsys.storage.sqlite.database import Database
from recsys.storage.table_specs import clean
from recsys.times import CLOCK_SKEW_S, from_iso, to_whole_second


class SqliteSessions(SessionStore, TokenStore):
    """
    Sessions and tokens in a `Database`.

    Parameters
    ----------
    database : Database
        Shared with the `SqliteStore`, whose `counts` and `erase` cover sessions and tokens.
    cipher : Cipher
        Encrypts tokens.
    clock, sleep, timeout_s, heartbeat_s
        How to wait for a lock, see `recsys.storage.lease_lock.LeaseTiming`.
    """

    def __init__(
        self,
        database: Database,
        cipher: Cipher,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        timeout_s: float = 45.0,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self._database, self._cipher = database, cipher
        self._timing = LeaseTiming(clock, sleep, timeout_s, heartbeat_s)

    def create(self, session: Session, now: datetime, replaces: object = None) -> str:
        session_id = new_session_id()
        names = (clean(session.display_name), clean(session.avatar_url))
        row = (
            hash_id(session_id),
            session.listener,
            session.kind,
            *names,
            to_whole_second(now),
            to_whole_second(session.expires_at),
        )
        with self._database.write() as connection:
            connection.execute("DELETE FROM sessions WHERE expires_at <= ?", (to_whole_second(now),))
            if is_session_id(replaces):
                connection.execute("DELETE FROM sessions WHERE id_hash = ?", (hash_id(replaces),))
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return session_id

    def get(self, session_id: object, now: datetime) -> Session | None:
        if not is_session_id(session_id):
            return None
        select = (
            "SELECT user_id, kind, expires_at, display_name, avatar_url FROM sessions "
            "WHERE id_hash = ? AND expires_at > ?"
        )
        with self._database.read() as connection:
            found = connection.execute(select, (hash_id(session_id), to_whole_second(now))).fetchone()
        return Session(found[0], found[1], from_iso(found[2]), *found[3:]) if found else None

    def end(self, session_id: object) -> None:
        if is_session_id(session_id):
            with self._database.write() as connection:
                connection.execute("DELETE FROM sessions WHERE id_hash = ?", (hash_id(session_id),))

    def end_all(self, listener: str) -> int:
        with self._database.write() as connection:
            return connection.execute("DELETE FROM sessions WHERE user_id = ?", (listener,)).rowcount

    def save_tokens(self, listener: str, tokens: Tokens, issuer: Issuer = "spotify") -> None:
        row = (
            listener,
            self._cipher.encrypt(tokens.access_token),
            None if tokens.refresh_token is None else self._cipher.encrypt(tokens.refresh_token),
            to_whole_second(tokens.expires_at),
            tokens.scope,
            None if tokens.authorized_at is None else to_whole_second(tokens.authorized_at),
        )
        table = TOKEN_TABLES[issuer]
        unchanged = ", ".join(f"{name} = coalesce(excluded.{name}, {table}.{name})" for name in _KEPT_IF_MISSING)
        with self._database.write() as connection:
            connection.execute(
                f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET "
                f"access_token = excluded.access_token, expires_at = excluded.expires_at, {unchanged}",
                row,
            )

    def tokens(self, listener: str, issuer: Issuer = "spotify") -> Tokens | None:
        columns = "access_token, refresh_token, expires_at, scope, authorized_at"
        with self._database.read() as connection:
            select = f"SELECT {columns} FROM {TOKEN_TABLES[issuer]} WHERE user_id = ?"
            found = connection.execute(select, (listener,)).fetchone()
        if found is None:
            return None
        access, refresh, expires_at, scope, authorized_at = found
        return Tokens(
            self._cipher.decrypt(access),
            refresh and self._cipher.decrypt(refresh),
            from_iso(expires_at),
            scope,
            authorized_at and from_iso(authorized_at),
        )

    def remove_tokens(self, listener: str, issuer: Issuer = "spotify") -> None:
        """The log is emptied too, so that not even the ciphertext stays."""
        with self._database.write() as connection:
            connection.execute(f"DELETE FROM {TOKEN_TABLES[issuer]} WHERE user_id = ?", (listener,))
        self._database.shrink_log()

    def locked(self, name: str) -> AbstractContextManager[None]:
        """The row has a hash of the name: it tells nobody whose tokens they are."""
        lock, holder = hash_id(name), secrets.token_hex(16)
        # A lease that ends later than any of ours could was made by a clock that was ahead, and counts as ended.
        insert = (
            "INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT (name_hash) DO UPDATE "
            "SET holder = excluded.holder, expires_at = excluded.expires_at "
            "WHERE leases.expires_at <= ? OR leases.expires_at > ?"
        )

        def acquire(now: float, until: float) -> bool:
            with self._database.write() as connection:
                return connection.execute(insert, (lock, holder, until, now, until + CLOCK_SKEW_S)).rowcount == 1

        def extend(until: float) -> None:
            update = "UPDATE leases SET expires_at = ? WHERE name_hash = ? AND holder = ?"
            with self._database.write() as connection:
                connection.execute(update, (until, lock, holder))

        def release() -> None:
            with self._database.write() as connection:
                connection.execute("DELETE FROM leases WHERE name_hash = ? AND holder = ?", (lock, holder))

        return held_lease(acquire, extend, release, self._timing)


_KEPT_IF_MISSING: Final = ("refresh_token", "scope", "authorized_at")
