"""Files opened once, from their beginning, within a size that can be read."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from recsys.errors import UnreadableFile

MOST_BYTES: Final = 2 << 30


@contextmanager
def opened(source: Path | BinaryIO, name: str) -> Iterator[BinaryIO]:
    """
    A readable, seekable file at its beginning; closed afterwards only if it was opened here.

    Raises
    ------
    UnreadableFile
        There is no such file, it is a folder, it cannot be read, now or later on, it is empty, or it is larger than two
        gigabytes.
    """
    if isinstance(source, Path):
        try:
            with _open(source, name) as stream:
                yield _checked(stream, name)
        except OSError as problem:
            raise UnreadableFile(f"“{name}” cannot be read: {problem.strerror or problem}.") from problem
    else:
        yield _checked(source if source.seekable() else io.BytesIO(source.read(MOST_BYTES + 1)), name)


def _open(path: Path, name: str) -> BinaryIO:
    if not path.exists():
        raise UnreadableFile(f"There is no file “{name}”. Check its name and folder.")
    if path.is_dir():
        raise UnreadableFile(f"“{name}” is a folder. Name the files in it.")
    if not path.is_file():
        raise UnreadableFile(f"“{name}” is a device or pipe, not a file. Save its content to a file first.")
    return path.open("rb")


def _checked(stream: BinaryIO, name: str) -> BinaryIO:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if not size:
        raise UnreadableFile(f"“{name}” is empty. Export it again.")
    if size > MOST_BYTES:
        raise UnreadableFile(
            f"“{name}” is {size / 2**30:.1f} GB; files up to {MOST_BYTES >> 30} GB can be read. Split it into parts."
        )
    return stream
