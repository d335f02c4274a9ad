"""Taking turns between the processes of one host, by a lock on a file: the system ends the turn of one that dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from recsys.errors import StorageProblem

try:
    import fcntl
except ImportError:  # Windows, where a process takes turns with itself only
    fcntl = None  # type: ignore[assignment]


@contextmanager
def file_turn(path: Path) -> Iterator[None]:
    """
    Be the only one inside for this file, on this host; the others wait.

    The file is made when absent and stays, empty. https://man7.org/linux/man-pages/man2/flock.2.html

    Raises
    ------
    StorageProblem
        The file cannot be opened.
    """
    if fcntl is None:
        yield
        return
    with _opened(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _opened(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path.open("ab")
    except OSError as problem:
        raise StorageProblem(f"“{path}” cannot be opened. Give yourself write access to its folder.") from problem
