"""Whatever a listener has, to tracks: files are recognised by what is in them, never by what they are called."""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from recsys.importers.merging import merge
from recsys.importers.opening import opened
from recsys.importers.report import Imported
from recsys.importers.table_file import read_table

Source = Path | BinaryIO


def read_file(source: Source, name: str) -> Imported:
    """
    Import one file.

    Parameters
    ----------
    source : Path or binary file
        Read from its beginning; a file that was given open is left open.
    name : str
        What to call it in the report.

    Raises
    ------
    UnreadableFile
        It cannot be read as tracks; the message says why and what to do.
    """
    with opened(source, name) as stream:
        return read_table(stream, name)


def read_files(sources: Iterable[tuple[Source, str]]) -> Imported:
    """
    Import several files as one: each (source, name) as `read_file`, every track once.

    Raises
    ------
    UnreadableFile
        One of them cannot be read, or none is given.
    """
    imports = [read_file(source, name) for source, name in sources]
    return merge(imports)
