"""Sessions, tokens and turns in the SQLite file."""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, TypeGuard

from recsys.errors import StorageProblem
from recsys.storage.database import Database
from recsys.storage.encryption import Cipher
from recsys.storage.rows import clean
from recsys.storage.sessions import Issuer, Session, Tokens

LEASE_SECONDS: Final = 30.0
"""How long a turn lasts if its holder dies: longer than any request to an issuer may take."""

_BETWEEN_LOOKS: Final = 0.05
_ID_LENGTH: Final = 43
_TABLES: Final[dict[Issuer, str]] = {"spotify": "spotify_tokens", "supabase": "supabase_tokens"}


class SqliteSessions:
    """
    The `SessionStore` and `TokenStore` protocols on a `Database`.

    Parameters
    ----------
    database : Database
        Shared with the `SqliteStore`, whose `counts` and `erase` cover sessions and tokens.
    cipher : Cipher
        Encrypts tokens.
    clock, sleep : functions
        Seconds since 1970, and waiting; used for turns only.
    patience : float
        Seconds to wait for a turn; more than a lease, so that a holder that died is outlived.
    """

    def __init__(
        self,
        database: Database,
        cipher: Cipher,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        patience: float = 45.0,
    ) -> None:
        self._database, self._cipher = database, cipher
        self._clock, self._sleep, self._patience = clock, sleep, patience

    def create(self, session: Session, now: datetime, replaces: object = None) -> str:
        """See `SessionStore.create`."""
        session_id = secrets.token_urlsafe(32)
        names = (clean(session.display_name), clean(session.avatar_url))
        row = (_hash(session_id), session.listener, session.kind, *names, _text(now), _text(session.expires_at))
        with self._database.write() as connection:
            connection.execute("DELETE FROM sessions WHERE expires_at <= ?", (_text(now),))
            if _is_session_id(replaces):
                connection.execute("DELETE FROM sessions WHERE id_hash = ?", (_hash(replaces),))
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return session_id

    def get(self, session_id: object, now: datetime) -> Session | None:
        """See `SessionStore.get`."""
        if not _is_session_id(session_id):
            return None
        select = (
            "SELECT user_id, kind, expires_at, display_name, avatar_url FROM sessions "
            "WHERE id_hash = ? AND expires_at > ?"
        )
        with self._database.read() as connection:
            found = connection.execute(select, (_hash(session_id), _text(now))).fetchone()
        return Session(found[0], found[1], _moment(found[2]), *found[3:]) if found else None

    def end(self, session_id: object) -> None:
        """See `SessionStore.end`."""
        if _is_session_id(session_id):
            with self._database.write() as connection:
                connection.execute("DELETE FROM sessions WHERE id_hash = ?", (_hash(session_id),))

    def end_all(self, listener: str) -> int:
        """See `SessionStore.end_all`."""
        with self._database.write() as connection:
            return connection.execute("DELETE FROM sessions WHERE user_id = ?", (listener,)).rowcount

    def save_tokens(self, listener: str, tokens: Tokens, issuer: Issuer = "spotify") -> None:
        """See `TokenStore.save_tokens`."""
        row = (
            listener,
            self._cipher.encrypt(tokens.access_token),
            None if tokens.refresh_token is None else self._cipher.encrypt(tokens.refresh_token),
            _text(tokens.expires_at),
            tokens.scope,
            None if tokens.authorized_at is None else _text(tokens.authorized_at),
        )
        table = _TABLES[issuer]
        kept = ", ".join(f"{name} = coalesce(excluded.{name}, {table}.{name})" for name in _MAY_BE_KEPT)
        with self._database.write() as connection:
            connection.execute(
                f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET "
                f"access_token = excluded.access_token, expires_at = excluded.expires_at, {kept}",
                row,
            )

    def tokens(self, listener: str, issuer: Issuer = "spotify") -> Tokens | None:
        """See `TokenStore.tokens`."""
        columns = "access_token, refresh_token, expires_at, scope, authorized_at"
        with self._database.read() as connection:
            select = f"SELECT {columns} FROM {_TABLES[issuer]} WHERE user_id = ?"
            found = connection.execute(select, (listener,)).fetchone()
        if found is None:
            return None
        access, refresh, expires_at, scope, authorized_at = found
        return Tokens(
            self._cipher.decrypt(access),
            refresh and self._cipher.decrypt(refresh),
            _moment(expires_at),
            scope,
            authorized_at and _moment(authorized_at),
        )

    def remove_tokens(self, listener: str, issuer: Issuer = "spotify") -> None:
        """See `TokenStore.remove_tokens`. The log is emptied too, so that not even the ciphertext stays."""
        with self._database.write() as connection:
            connection.execute(f"DELETE FROM {_TABLES[issuer]} WHERE user_id = ?", (listener,))
        self._database.shrink_log()

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """See `TokenStore.locked`. A row says whose turn it is, by a hash: it tells nobody whose tokens they are."""
        turn, holder = _hash(name), secrets.token_hex(16)
        last = self._clock() + self._patience
        while not self._take_turn(turn, holder):
            if self._clock() >= last:
                raise StorageProblem("Another tab has been busy with this for too long. Try again in a minute.")
            self._sleep(_BETWEEN_LOOKS)
        try:
            yield
        finally:
            with self._database.write() as connection:
                connection.execute("DELETE FROM leases WHERE name_hash = ? AND holder = ?", (turn, holder))

    def _take_turn(self, turn: str, holder: str) -> bool:
        now = self._clock()
        insert = (
            "INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT (name_hash) DO UPDATE "
            "SET holder = excluded.holder, expires_at = excluded.expires_at WHERE leases.expires_at <= ?"
        )
        with self._database.write() as connection:
            return connection.execute(insert, (turn, holder, now + LEASE_SECONDS, now)).rowcount == 1


_MAY_BE_KEPT: Final = ("refresh_token", "scope", "authorized_at")


def _is_session_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) == _ID_LENGTH and value.isascii()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(moment: datetime) -> str:
    """Whole seconds in UTC, always of one length, so that texts compare as times do."""
    if moment.tzinfo is None:
        raise ValueError("A time without a time zone could mean any moment.")
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
