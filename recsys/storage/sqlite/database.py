"""One SQLite file: opened safely, brought up to date, written by one at a time, and with errors a listener can read.

Pragmas and the reason for `BEGIN IMMEDIATE`: https://sqlite.org/wal.html, https://sqlite.org/lang_transaction.html.
WAL needs a local disk: its shared memory does not work on network drives.
"""

import errno
import os
import shutil
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from recsys.errors import StorageProblem
from recsys.metrics import STORE_ERRORS
from recsys.storage.sqlite.schema import APPLICATION_ID, MIGRATIONS, TABLES

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


_GONE: Final = (
    "“{path}” was removed, replaced or emptied while Tonearm ran, so nothing of this was stored. Put the file back, or "
    "start Tonearm again to begin with a new one."
)
_LOG_IN_USE: Final = (
    "The rows are erased, but their bytes are still in the file's log, because another program reads it. Close that "
    "program and erase again."
)

_UNWRITABLE: Final = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}
"""What SQLite says where nothing can be written: also when it only wanted to make its files beside the database."""
_LITTLE_ROOM: Final = 1 << 16
"""Bytes; the shared memory beside a database takes half of that."""


class _Connection(sqlite3.Connection):
    """A connection that knows which file it has open, and whether it is of use for reading only."""

    file: tuple[int, int] | None = None
    is_read_only: bool = False


class Database:
    """
    One SQLite file shared by all threads of a process, and by other processes.

    A file that was removed or replaced meanwhile is noticed: connections hold the old one, so what is written there
    would be lost. Where the disk is full or read-only, reading goes on.

    Parameters
    ----------
    path : Path
        The file. It and its folder are made when absent, readable by their owner only; SQLite gives the `-wal` and
        `-shm` files beside it the same permissions.
    patience : float
        Seconds to wait for another writer.
    must_open : bool
        Open it now. Otherwise it is opened when it is first used, and a problem is reported then.

    Raises
    ------
    StorageProblem
        The file is not ours, was written by a newer version, or can be neither opened nor made.
    """

    def __init__(self, path: Path, patience: float = 10.0, must_open: bool = True) -> None:
        if sqlite3.sqlite_version_info < (3, 37):
            raise StorageProblem(f"SQLite 3.37 or newer is needed; this Python brings {sqlite3.sqlite_version}.")
        self.path = path
        self._patience = patience
        self._writing, self._preparing = threading.Lock(), threading.Lock()
        self._is_ready = False
        self._unwritable: str | None = None
        self._idle: list[_Connection] = []
        weakref.finalize(self, _close_all, self._idle)
        if must_open:
            self._prepare_to_read()

    def close(self) -> None:
        """Close every idle connection. The database opens again when it is next used."""
        _close_all(self._idle)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one unchanging state of the file."""
        self._prepare_to_read()
        with self._sentences(), self._borrowed(to_read=True) as connection, _transaction(connection, "DEFERRED"):
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """
        A connection that may write: committed when the block ends, rolled back when it raises.

        Raises `StorageProblem` also when the file was removed or replaced meanwhile: then nothing was stored.
        """
        self._prepare()
        # The lock orders our own threads fairly; IMMEDIATE orders us among processes. A deferred transaction that
        # reads first and writes later fails with "database is locked" however long the timeout.
        try:
            with self._sentences(), self._turn(), self._lent(self._begun()) as connection:
                yield connection
                connection.execute("COMMIT")
                if connection.file is None or connection.file != _file_at(self.path):
                    raise StorageProblem(_GONE.format(path=self.path))
        except StorageProblem as problem:
            self.close()  # other connections may have the same trouble: a lost file, a disk that was read-only
            if getattr(problem.__cause__, "sqlite_errorcode", 0) & 0xFF in _UNWRITABLE:
                self._unwritable = str(problem)
            raise
        self._unwritable = ""

    def read_only_because(self) -> str:
        """
        Why nothing can be written at the moment, as a sentence; empty where it can, as the last write showed.

        The first time, and as long as there is a reason, it is tried.
        """
        if self._unwritable != "":
            try:
                with self.write() as connection:
                    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
            except StorageProblem as problem:
                self._unwritable = str(problem)
        return self._unwritable or ""

    def check(self) -> None:
        """Raise `StorageProblem` unless the file can still be opened, is still ours, and has our tables."""
        self._prepare_to_read()
        with self._sentences(), closing(self._open_to_read()) as connection, _transaction(connection, "DEFERRED"):
            self._must_be_current(connection)

    def shrink_log(self) -> None:
        """
        Move the write-ahead log into the file and empty it, so that erased rows are in neither.

        Raises `StorageProblem` when somebody reads older rows for so long that it cannot be emptied.
        """
        last = time.monotonic() + self._patience
        with self._sentences(), self._borrowed() as connection:
            while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() > last:
                    raise StorageProblem(_LOG_IN_USE)
                time.sleep(0.05)

    def _prepare(self) -> None:
        """Make the file, or bring it up to date; once, or again where that failed."""
        if self._is_ready:
            return
        with self._preparing, self._sentences():
            if self._is_ready:  # by another thread, while this one waited
                return
            _make_file(self.path)
            with self._borrowed() as connection:
                self._bring_up_to_date(connection)
            # Take away the permissions of others on a file that had them; done once it is known to be ours.
            for name in (self.path.name, f"{self.path.name}-wal", f"{self.path.name}-shm"):
                with suppress(
                    FileNotFoundError, PermissionError
                ):  # not there, or owned by somebody else who lets us write
                    self.path.with_name(name).chmod(0o600)
            self._is_ready = True

    def _prepare_to_read(self) -> None:
        """The same, or where nothing can be written: a file that can be read as it is."""
        try:
            self._prepare()
        except StorageProblem as problem:
            try:
                with self._sentences(), closing(self._open_to_read()) as connection:
                    self._must_be_current(connection)
            except StorageProblem:
                raise problem from None

    def _must_be_current(self, connection: sqlite3.Connection) -> None:
        if self._version(connection) != len(MIGRATIONS):
            raise StorageProblem(_SENTENCES[sqlite3.SQLITE_CORRUPT].format(path=self.path))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._writing.acquire(timeout=self._patience):
            raise StorageProblem(_SENTENCES[sqlite3.SQLITE_BUSY].format(path=self.path))
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def _borrowed(self, to_read: bool = False) -> Iterator[_Connection]:
        with self._lent(self._reusable() or (self._open_to_read() if to_read else self._open())) as connection:
            yield connection

    @contextmanager
    def _lent(self, connection: _Connection) -> Iterator[_Connection]:
        """A connection nobody else uses meanwhile. Streamlit's threads are short-lived; connections outlive them."""
        try:
            yield connection
        except BaseException:
            connection.close()  # rolls back, and nobody inherits its state
            raise
        if connection.is_read_only:
            connection.close()
        else:
            self._idle.append(connection)

    def _begun(self) -> _Connection:
        """A connection that has begun to write; a new one where an idle one is from when the disk was read-only."""
        if connection := self._reusable():
            try:
                connection.execute("BEGIN IMMEDIATE")
                return connection
            except sqlite3.OperationalError as problem:
                connection.close()
                if getattr(problem, "sqlite_errorcode", 0) & 0xFF not in _UNWRITABLE:
                    raise
                self.close()
        connection = self._open()
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _reusable(self) -> _Connection | None:
        """An idle connection to the file that is there now; others are closed."""
        with suppress(IndexError):
            while connection := self._idle.pop():
                if connection.file and connection.file == _file_at(self.path):
                    return connection
                connection.close()
        return None

    def _open(self, more: str = "mode=rw") -> _Connection:
        file = _file_at(self.path)
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?{more}",  # never makes a file: a deleted one is noticed
            uri=True,
            timeout=self._patience,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
        connection.file = file
        try:
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}").fetchall()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _open_to_read(self) -> _Connection:
        """
        A connection for reading, also where SQLite cannot make the files it wants beside the database.

        `immutable` needs none of them (https://sqlite.org/uri.html). It does not look into the write-ahead log, so that
        must be empty, and nobody may write meanwhile; where nothing can be written nobody does.
        """
        connection: _Connection | None = None
        try:
            connection = self._open()
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as problem:
            if connection:
                connection.close()
            log = self.path.with_name(f"{self.path.name}-wal")
            is_unwritable = getattr(problem, "sqlite_errorcode", 0) & 0xFF in _UNWRITABLE
            if not is_unwritable or not self.path.exists() or (log.exists() and log.stat().st_size):
                raise
            connection = self._open("mode=ro&immutable=1")
            connection.is_read_only = True
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
            if code == sqlite3.SQLITE_ERROR and any(f"no such table: {table}" == str(problem) for table in TABLES):
                code = sqlite3.SQLITE_CORRUPT  # the file was emptied, or is another one by now
            if code is None or code & 0xFF not in _SENTENCES:
                raise
            STORE_ERRORS.labels("sqlite").inc()
            code &= 0xFF
            if code == sqlite3.SQLITE_IOERR and shutil.disk_usage(self.path.parent).free < _LITTLE_ROOM:
                code = sqlite3.SQLITE_FULL  # the files beside the database found no room
            raise StorageProblem(_SENTENCES[code].format(path=self.path)) from problem


@contextmanager
def _transaction(connection: sqlite3.Connection, kind: str) -> Iterator[None]:
    """Commits when the block ends. When it raises, the owner of the connection closes it, which rolls back."""
    connection.execute(f"BEGIN {kind}")
    yield
    connection.execute("COMMIT")


def _close_all(connections: list[_Connection]) -> None:
    while connections:
        connections.pop().close()


def _file_at(path: Path) -> tuple[int, int] | None:
    """Which file is at the path, by device and inode; None where there is none, or an empty one."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found.st_size else None


def _make_file(path: Path) -> None:
    """
    Make the file 0600 before SQLite opens it: what SQLite makes beside it gets the same permissions.

    A file that is there is not opened: whoever closes a descriptor of it gives up all locks that the process has on it
    (https://sqlite.org/howtocorrupt.html, 2.2). Then another process that closes its last connection takes itself for
    the only one, and deletes the write-ahead log with what this process writes into it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        if path.is_dir():
            raise StorageProblem(f"“{path}” is a folder, not a file. Name a file for the data.")
        if not os.access(path, os.W_OK):
            is_read_only = os.statvfs(path).f_flag & os.ST_RDONLY
            code = errno.EROFS if is_read_only else errno.EACCES
            raise OSError(code, os.strerror(code))
    except OSError as problem:
        raise StorageProblem(
            f"“{path}” cannot be written ({problem.strerror}). Give yourself write access, or name another folder."
        ) from problem
