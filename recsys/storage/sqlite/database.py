"""One SQLite file: opened safely, brought up to date, written by one at a time, and with errors a listener can read.

Pragmas and the reason for `BEGIN IMMEDIATE`: https://sqlite.org/wal.html, https://sqlite.org/lang_transaction.html.
WAL needs a local disk: its shared memory does not work on network drives.
"""

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from recsys.errors import StorageProblem
from recsys.storage.sqlite.schema import APPLICATION_ID, MIGRATIONS

_PRAGMAS: Final = (
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "secure_delete = ON",  # erased rows are overwritten, not only unlinked
)

_SENTENCES: Final = {
    sqlite3.SQLITE_BUSY: "Another program is using “{path}” and did not let go of it. Close it and try again.",
    sqlite3.SQLITE_LOCKED: "Another program is using “{path}” and did not let go of it. Close it and try again.",
    sqlite3.SQLITE_FULL: "The disk that holds “{path}” is full. Free some space and try again; nothing was lost.",
    sqlite3.SQLITE_READONLY: "“{path}” may not be written. Give yourself write access to it and to its folder.",
    sqlite3.SQLITE_CANTOPEN: "“{path}” cannot be opened. Check that it exists and that you may write in its folder.",
    sqlite3.SQLITE_PERM: "“{path}” may not be opened. Give yourself access to it and to its folder.",
    sqlite3.SQLITE_IOERR: "The disk that holds “{path}” failed while reading or writing. Check the disk and try again.",
    sqlite3.SQLITE_NOTADB: "“{path}” is not a Tonearm database. Move it away and start again, or name another file.",
    sqlite3.SQLITE_CORRUPT: "“{path}” is damaged. Restore it from a backup, or move it away and import again.",
    sqlite3.SQLITE_CONSTRAINT: "A row that breaks the rules of the store was refused; nothing was written.",
    sqlite3.SQLITE_TOOBIG: "A value is too large to be stored; nothing was written.",
}


class Database:
    """
    One SQLite file shared by all threads of a process, and by other processes.

    Parameters
    ----------
    path : Path
        The file. It and its folder are made when absent, readable by their owner only; SQLite gives the `-wal` and
        `-shm` files beside it the same permissions.
    patience : float
        Seconds to wait for another writer.

    Raises
    ------
    StorageProblem
        The file is not ours, was written by a newer version, or cannot be opened or written.
    """

    def __init__(self, path: Path, patience: float = 10.0) -> None:
        if sqlite3.sqlite_version_info < (3, 37):
            raise StorageProblem(f"SQLite 3.37 or newer is needed; this Python brings {sqlite3.sqlite_version}.")
        self.path = path
        self._patience = patience
        self._writing = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        weakref.finalize(self, _close_all, self._idle)
        with self._sentences():
            _make_file(path)
            with self._borrowed() as connection:
                self._bring_up_to_date(connection)
            _close_to_others(path)

    def close(self) -> None:
        """Close every idle connection. The database opens again when it is next used."""
        _close_all(self._idle)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one unchanging state of the file."""
        with self._sentences(), self._borrowed() as connection, _transaction(connection, "DEFERRED"):
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A connection that may write: kept when the block ends, rolled back when it raises."""
        # The lock orders our own threads fairly; IMMEDIATE orders us among processes. A deferred transaction that
        # reads first and writes later fails with "database is locked" however long the timeout.
        with self._sentences(), self._turn(), self._borrowed() as connection, _transaction(connection, "IMMEDIATE"):
            yield connection

    def check(self) -> None:
        """Raise `StorageProblem` unless the file can still be opened and is still ours."""
        with self._sentences(), closing(self._open()) as connection, _transaction(connection, "DEFERRED"):
            self._version(connection)

    def shrink_log(self) -> None:
        """Move the write-ahead log into the file and empty it, so that erased rows are in neither."""
        with self._sentences(), self._borrowed() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._writing.acquire(timeout=self._patience):
            raise StorageProblem(_SENTENCES[sqlite3.SQLITE_BUSY].format(path=self.path))
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        """A connection nobody else uses meanwhile. Streamlit's threads are short-lived; connections outlive them."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._open()
        try:
            yield connection
        except BaseException:
            connection.close()  # rolls back, and nobody inherits its state
            raise
        self._idle.append(connection)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=rw",  # never makes a file: a deleted one is noticed
            uri=True,
            timeout=self._patience,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}").fetchall()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _bring_up_to_date(self, connection: sqlite3.Connection) -> None:
        with _transaction(connection, "DEFERRED"):
            version = self._version(connection)
        if version == 0:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
        if version == len(MIGRATIONS):
            return
        with _transaction(connection, "IMMEDIATE"):
            # Read again: another process may have migrated while this one waited for its turn.
            for statements in MIGRATIONS[self._version(connection) :]:
                for statement in statements:
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def _version(self, connection: sqlite3.Connection) -> int:
        """The number of migrations applied, 0 for an empty file. Within a transaction: another process may migrate."""
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application != APPLICATION_ID and (tables or version):
            raise StorageProblem(_SENTENCES[sqlite3.SQLITE_NOTADB].format(path=self.path))
        if version > len(MIGRATIONS):
            raise StorageProblem(
                f"“{self.path}” was written by a newer Tonearm (version {version} of its tables; "
                f"this one knows {len(MIGRATIONS)}). Update Tonearm, or name another file."
            )
        return int(version)

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Turn what SQLite says about the file into `StorageProblem`; faults in our own SQL propagate."""
        try:
            yield
        except sqlite3.Error as problem:
            code = getattr(problem, "sqlite_errorcode", None)
            if code is None or code & 0xFF not in _SENTENCES:
                raise
            raise StorageProblem(_SENTENCES[code & 0xFF].format(path=self.path)) from problem


@contextmanager
def _transaction(connection: sqlite3.Connection, kind: str) -> Iterator[None]:
    """Commits when the block ends. When it raises, whoever lent the connection closes it, which rolls back."""
    connection.execute(f"BEGIN {kind}")
    yield
    connection.execute("COMMIT")


def _close_all(connections: list[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()


def _make_file(path: Path) -> None:
    """Make the file 0600 before SQLite opens it: what SQLite makes beside it gets the same permissions."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except IsADirectoryError as problem:
        raise StorageProblem(f"“{path}” is a folder, not a file. Name a file for the data.") from problem
    except OSError as problem:
        raise StorageProblem(
            f"“{path}” cannot be written ({problem.strerror}). Give yourself write access, or name another folder."
        ) from problem


def _close_to_others(path: Path) -> None:
    """Take away the permissions of others on a file that had them; done once it is known to be ours."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        with suppress(FileNotFoundError, PermissionError):  # not there, or owned by somebody else who lets us write
            path.with_name(name).chmod(0o600)
