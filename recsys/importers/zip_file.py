"""The files inside a ZIP, read in place and never under their names, and nothing that only pretends to be small."""

import lzma
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import BinaryIO, Final, cast

from recsys.errors import NoTracks, UnreadableFile
from recsys.importers.open_source import MOST_BYTES
from recsys.importers.report import shortened
from recsys.importers.sniffing import PARQUET, ZIP, kind_of
from recsys.importers.text_encoding import copy_for

MOST_MEMBERS: Final = 1_000
"""Even an empty table takes some 30 ms to read."""
MOST_PARQUET: Final = 50
"""Parquet files; each may have two thousand parts, which take a millisecond or two however short they are."""

MOST_RATIO: Final = 200
"""Listening histories pack 20 to 40 times, a bomb a thousand times."""
SMALL: Final = 16 << 20
SMALL_TOGETHER: Final = 64 << 20
"""Up to these sizes a member, or all together, may be packed as tightly as they like."""
ENCRYPTED: Final = 0x1
DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]")
"""How a path of Windows begins that leads outside; any other colon is part of a name ("Best of: 2020.csv")."""
BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError),
    *(UnicodeDecodeError, NotImplementedError),
)
"""What `zipfile` raises for archives that are damaged, or packed in ways it does not know."""


@contextmanager
def opened_zip(stream: BinaryIO, name: str) -> Iterator[zipfile.ZipFile]:
    """
    A ZIP all of whose members are safe to read.

    Raises
    ------
    UnreadableFile
        It is broken, locked with a password, holds another archive or too many files, unpacks to more than two
        gigabytes or two hundred times its size, or names a file outside of itself. Also when reading a member of it
        inside the `with` fails.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            _check(archive, name)
            yield archive
    except BROKEN as problem:
        raise UnreadableFile(f"The ZIP “{name}” is damaged or unusual ({problem}). Download it again.") from problem


def _check(archive: zipfile.ZipFile, name: str) -> None:
    """Raise `UnreadableFile` for the first thing about an archive that is not safe."""
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise UnreadableFile(f"The ZIP “{name}” holds {len(members):,} files; at most {MOST_MEMBERS:,} can be read.")
    if any(member.filename == "[Content_Types].xml" for member in members):
        raise UnreadableFile(f"“{name}” is an Office document. Save it as CSV in the spreadsheet and choose that.")
    if any(member.filename.endswith(".iwa") for member in members):
        raise UnreadableFile(f"“{name}” is a Numbers document. In Numbers choose File, Export To, CSV, and bring that.")
    for member in members:
        _check_member(member, name)
    size, packed = (sum(getattr(each, name) for each in members) for name in ("file_size", "compress_size"))
    if size > MOST_BYTES:
        raise UnreadableFile(f"The ZIP “{name}” unpacks to more than {MOST_BYTES >> 30} GB. Split it into parts.")
    if size > max(SMALL_TOGETHER, MOST_RATIO * packed):
        raise UnreadableFile(f"The ZIP “{name}” unpacks to far more than it should. It was not read.")


def _check_member(member: zipfile.ZipInfo, name: str) -> None:
    if member.header_offset < 0 or not member.filename:
        raise zipfile.BadZipFile("a file in it has no name, or an offset below zero")
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or DRIVE.match(member.filename):
        raise UnreadableFile(f"The ZIP “{name}” names a file outside of itself, which no export does. It was not read.")
    if member.flag_bits & ENCRYPTED:
        raise UnreadableFile(f"The ZIP “{name}” is locked with a password. Unpack it and choose the files inside.")
    called = shortened(path.name)
    if member.file_size > MOST_BYTES:
        raise UnreadableFile(
            f"“{called}” in the ZIP “{name}” claims {member.file_size / 2**30:.1f} GB. It was not read."
        )
    if member.file_size > max(SMALL, MOST_RATIO * member.compress_size):
        raise UnreadableFile(f"“{called}” in the ZIP “{name}” unpacks to far more than it should. It was not read.")


def members(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, BinaryIO]]:
    """
    Name and content of each file of an archive that `opened_zip` gave; folders and hidden files are left out.

    Raises
    ------
    UnreadableFile
        A member is itself a ZIP, or there are too many Parquet files.
    NoTracks
        There is no file in it.
    """
    files = []
    for member in archive.infolist():
        parts = PurePosixPath(member.filename).parts
        is_hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
        if not (member.is_dir() or is_hidden) and member.file_size > 0:
            files.append(member)
    if not files:
        raise NoTracks(f"The ZIP “{name}” holds no files.")
    parquet_files = 0
    for member in files:
        called = shortened(PurePosixPath(member.filename).name)
        with archive.open(member) as opened:
            content = cast(BinaryIO, opened)
            kind = kind_of(content)
            if kind == PARQUET:  # read here and there, and each step back would unpack it from its beginning again
                parquet_files += 1
                if parquet_files > MOST_PARQUET:
                    raise UnreadableFile(
                        f"The ZIP “{name}” holds more than {MOST_PARQUET} Parquet files. Split it into parts."
                    )
                with copy_for(member.file_size) as copy:
                    shutil.copyfileobj(content, copy)
                    yield called, copy
                continue
            if kind == ZIP:
                raise UnreadableFile(f"The ZIP “{name}” holds another ZIP. Unpack it and choose the files inside.")
            yield called, content
