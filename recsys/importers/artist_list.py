"""A list of artists in a file, one name a line or a CSV with a column of artists: whom a listener rules out."""

import csv
import io
import json
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from recsys.core.engine.filters import LONGEST_NAME, MOST_BLOCKED
from recsys.core.model.credits import leading_credits
from recsys.errors import UnreadableFile
from recsys.importers.open_source import opened

MOST_BYTES: Final = 2 << 20
"""`MOST_BLOCKED` names of forty characters; one of two hundred that credits fifty artists takes half a millisecond."""
COLUMNS: Final = ("artist", "artists", "artist name", "artist_name", "artistname", "name")
COMMENTS: Final = ("# ", "## ", "! ")
OTHER_FILES: Final = ("<?xml", "<!doctype", "<html", "#extm3u")
"""How text begins, in lower case, whose lines are no names of artists."""


def read_artists(source: Path | BinaryIO, name: str) -> tuple[str, ...]:
    """
    The artists in a file as they are written there, each once. Blank lines, comments and what is no name are left out.

    A name may hold commas: only a file whose first line names a column of artists is read as CSV.

    Raises
    ------
    UnreadableFile
        The file cannot be opened, is too large, is not text in UTF-8, is JSON, XML or a playlist, or names no or too
        many artists.
    """
    with opened(source, name) as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UnreadableFile(f"“{name}” is larger than {MOST_BYTES >> 20} MB, which no list of artists is.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UnreadableFile(f"“{name}” is not text in UTF-8. Save the list of artists as UTF-8.") from problem
    if text.lstrip().lower().startswith(OTHER_FILES) or _is_json(text):
        raise UnreadableFile(f"“{name}” is no list of artists. Write one name a line, or a CSV with a column “artist”.")
    found: dict[str, str] = {}
    for cell in dict.fromkeys(" ".join(cell.split()) for cell in _cells(text, name)):
        is_name = 0 < len(cell) <= LONGEST_NAME and not cell.startswith(COMMENTS) and cell.isprintable()
        if is_name and (key := "; ".join(leading_credits(cell))):
            found.setdefault(key, cell)
    if not found:
        raise UnreadableFile(f"“{name}” names no artist. Write one name a line, or a CSV with a column “artist”.")
    if len(found) > MOST_BLOCKED:
        raise UnreadableFile(f"“{name}” names {len(found):,} artists; lists of up to {MOST_BLOCKED:,} can be used.")
    return tuple(found.values())


def _is_json(text: str) -> bool:
    """True for JSON and for lines of it; [AMATORY] is a band."""
    text = text.strip()
    if text.startswith(("[", "{")):
        for candidate in (text, text.partition("\n")[0]):
            with suppress(ValueError, RecursionError):
                return isinstance(json.loads(candidate), list | dict)
    return False


def _cells(text: str, name: str) -> list[str]:
    """The column of artists of a CSV, or every line."""
    lines = text.splitlines()
    header = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=header.count)
    titles = [title.strip().strip('"').lower() for title in header.split(delimiter)]
    column = next((titles.index(title) for title in COLUMNS if title in titles), None)
    if column is None:
        return lines
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as problem:
        raise UnreadableFile(f"“{name}” is not a valid CSV: {problem}.") from problem
    start = next(at for at, row in enumerate(rows) if any(cell.strip() for cell in row)) + 1
    return [row[column] if column < len(row) else "" for row in rows[start:]]
