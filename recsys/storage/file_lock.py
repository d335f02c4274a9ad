"""A lock between the processes of one host, on a file: the system releases the lock of a process that dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock

from recsys.errors import StorageProblem

POLL_S: Final = 0.02
"""Seconds between two attempts to acquire the lock."""


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """
    Exclude other threads and other processes of this host for as long as the block takes; the others wait.

    The file and its folder are made when absent.

    Raises
    ------
    StorageProblem
        The file cannot be opened.
    """
    lock = FileLock(path, mode=0o600)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire(poll_interval=POLL_S)
    except OSError as problem:
        raise StorageProblem(f"“{path}” cannot be opened. Give yourself write access to its folder.") from problem
    try:
        yield
    finally:
        lock.release()
