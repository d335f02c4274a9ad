"""Tables inside something else: sheets of a workbook (.xlsx, .ods) and files packed with gzip."""

import gzip
import io
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from recsys.errors import NoTracks, UnreadableFile
from recsys.importers import workbook
from recsys.importers.open_source import MOST_BYTES
from recsys.importers.text_encoding import BLOCK_BYTES, MEMORY_BYTES, Text, copy_for

GZIP: Final = b"\x1f\x8b"
MARKS: Final = ("[Content_Types].xml", "META-INF/manifest.xml")
"""A member that every Office Open XML and every OpenDocument file has."""

MOST_UNPACKED: Final = 200 << 20
"""Bytes of XML in a workbook: a million rows of a table of tracks are about as many."""

MOST_SHEETS: Final = 200
"""Even an empty table takes some 30 ms to read."""
MOST_RATIO: Final = 200
_one_workbook = threading.Lock()
"""A workbook of a few kilobytes may take its process up to the limit of memory, so one is read at a time."""


def is_workbook(stream: BinaryIO) -> bool:
    """True for a ZIP that is a workbook."""
    try:
        with zipfile.ZipFile(stream) as archive:
            return any(mark in archive.NameToInfo for mark in MARKS)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def sheets(stream: BinaryIO, name: str) -> Iterator[tuple[int, Text]]:
    """
    Every sheet of a workbook that has rows and is not hidden, as CSV, with its number from 1 among those not hidden.

    Raises
    ------
    UnreadableFile
        It is damaged, locked, no table, unpacks to too much, or has too many sheets.
    """
    with zipfile.ZipFile(stream) as archive:
        if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
            raise UnreadableFile(_far_too_much(name))
    stream.seek(0)
    reader = [sys.executable, workbook.__file__]
    try:
        with _one_workbook:
            done = subprocess.run(
                reader, input=stream.read(), capture_output=True, timeout=3 * workbook.SECONDS, check=True
            )
    except (subprocess.SubprocessError, OSError) as problem:
        if getattr(problem, "returncode", 0) == workbook.TOO_LARGE:
            raise UnreadableFile(_far_too_much(name)) from problem
        raise NoTracks(
            f"“{name}” is an Office document that cannot be read. Save it as CSV in the spreadsheet and choose that."
        ) from problem
    at, number = 0, 0
    while at < len(done.stdout):
        start, number = at + workbook.LENGTH.size, number + 1
        if number > MOST_SHEETS:
            raise UnreadableFile(f"“{name}” has more than {MOST_SHEETS} sheets. Save those with tracks as files.")
        at = start + workbook.LENGTH.unpack_from(done.stdout, at)[0]
        if at > start:
            yield number, Text(io.BytesIO(done.stdout[start:at]), "utf-8", 0)


def _far_too_much(name: str) -> str:
    return f"“{name}” unpacks to far more than it should. Save it as CSV and choose that."


def unpacked(stream: BinaryIO, name: str) -> BinaryIO:
    """
    The file inside one packed with gzip.

    Raises
    ------
    UnreadableFile
        It is damaged, or unpacks to far more than it should.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    limit = min(MOST_BYTES, max(MEMORY_BYTES, MOST_RATIO * size))
    copy = copy_for(MOST_RATIO * size)
    try:
        with gzip.GzipFile(fileobj=stream) as packed:
            while chunk := packed.read(BLOCK_BYTES):
                if copy.tell() + len(chunk) > limit:
                    raise UnreadableFile(f"“{name}” unpacks to far more than it should. It was not read.")
                copy.write(chunk)
    except (OSError, EOFError, zlib.error) as problem:
        raise UnreadableFile(
            f"“{name}” is packed with gzip and damaged. Unpack it and choose the file inside."
        ) from problem
    copy.seek(0)
    return copy
