"""Admission of files to the importers: a bound on the memory they take together, first come, first served."""

import io
import threading
import time
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

from recsys.errors import ServerBusy

MOST_BYTES: Final = 1 << 30
"""Memory that imports may take together. A file that needs more is read alone; importers bound what one file takes."""

MOST_WAITING: Final = 20
LONGEST_WAIT_S: Final = 120.0
PLAIN_FACTOR: Final = 12
"""Memory per byte of a text file while it is read: 12.0 for 60,000 rows of Exportify, 4 for JSON."""

PACKED_FACTOR: Final = 35
"""The same for a ZIP: 25 to 28 for those rows."""

ROW_BYTES: Final = 700
"""Memory of one row, however short: 650 for a million of eight bytes."""

SHORTEST_ROW: Final = 8
_POLL_S: Final = 1.0
_ZIP: Final = b"PK"
_UNKNOWN: Final = (b"\x1f\x8b", b"PAR1")
"""How gzip and Parquet begin, which do not say what they unpack to, or not in a way that can be trusted."""


def memory_needed(file: BinaryIO) -> int:
    """
    An estimate, in bytes, of what importing a seekable file takes; the file is left at its beginning.

    Files that may unpack to anything get all there is, so that they are read alone.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(4)
    if head.startswith(_UNKNOWN):
        cost = MOST_BYTES
    elif head.startswith(_ZIP):
        cost = max(size * PACKED_FACTOR, _unpacked_size(file) // SHORTEST_ROW * ROW_BYTES)
    else:
        file.seek(0)
        rows = sum(chunk.count(b"\n") + chunk.count(b"{") for chunk in iter(lambda: file.read(1 << 20), b""))
        cost = max(size * PLAIN_FACTOR, rows * ROW_BYTES)
    file.seek(0)
    return cost


def _unpacked_size(file: BinaryIO) -> int:
    """What the members of a ZIP unpack to: no more than this is ever read of them; 0 where it is damaged."""
    try:
        with zipfile.ZipFile(file) as archive:
            return sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return 0


class ImportQueue:
    """
    Lets imports run side by side while they fit `most_bytes` together; the others wait in order.

    No file overtakes another. At most `most_waiting` wait, each for at most `seconds`. Safe to use from any thread.
    """

    def __init__(
        self, most_bytes: int = MOST_BYTES, most_waiting: int = MOST_WAITING, seconds: float = LONGEST_WAIT_S
    ) -> None:
        self._most_bytes, self._most_waiting, self._seconds = most_bytes, most_waiting, seconds
        self._reading: dict[object, int] = {}
        self._waiting: deque[object] = deque()
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, cost: int, said: Callable[[str], object]) -> Iterator[None]:
        """
        Wait until `cost` bytes fit, and hold them.

        Parameters
        ----------
        cost : int
            As `memory_needed` estimates it.
        said : callable
            Called once a second while waiting, with a sentence; an exception from it ends the wait.

        Raises
        ------
        ServerBusy
            Too many wait already, or it took too long.
        """
        ticket = object()
        with self._changed:
            if len(self._waiting) >= self._most_waiting:
                raise ServerBusy("Many files are waiting to be read. Try again in a few minutes.")
            self._waiting.append(ticket)
        try:
            self._wait(ticket, min(cost, self._most_bytes), said)
            yield
        finally:
            with self._changed:
                if self._reading.pop(ticket, None) is None:
                    self._waiting.remove(ticket)
                self._changed.notify_all()

    def _wait(self, ticket: object, cost: int, said: Callable[[str], object]) -> None:
        deadline = time.monotonic() + self._seconds
        while True:
            with self._changed:
                if self._is_next(ticket, cost):
                    self._waiting.popleft()
                    self._reading[ticket] = cost
                    self._changed.notify_all()  # the next one may fit beside it
                    return
                before = self._waiting.index(ticket)
                others = before + len(self._reading)
            files, be = ("1 other file", "is") if others == 1 else (f"{others} other files", "are")
            said(f"{files} {be} {'before yours' if before else 'being read; yours is next'}.")
            with self._changed:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise ServerBusy("Others’ files are still being read. Try again in a minute.")
                if not self._is_next(ticket, cost):
                    self._changed.wait(min(left, _POLL_S))

    def _is_next(self, ticket: object, cost: int) -> bool:
        return self._waiting[0] is ticket and sum(self._reading.values()) + cost <= self._most_bytes
