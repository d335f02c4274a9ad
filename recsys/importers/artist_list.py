"""A list of artists in a file, one name a line or a CSV with a column of artists: whom a listener rules out."""

import csv
import io
from dataclasses import dataclass
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


@dataclass(frozen=True)
class ArtistList:
    """`names` as written, each artist once; lines read = names + `repeated` + `skipped` (blank, comment or no name)."""

    names: tuple[str, ...]
    lines: int
    repeated: int
    skipped: int


def read_artists(source: Path | BinaryIO, name: str) -> ArtistList:
    """
    The artists in a file.

    A name may hold commas: only a file whose first line names a column of artists is read as CSV.

    Raises
    ------
    UnreadableFile
        The file cannot be opened, is too large, is not text in UTF-8, or names no or too many artists.
    """
    with opened(source, name) as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UnreadableFile(f"“{name}” is larger than {MOST_BYTES >> 20} MB, which no list of artists is.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UnreadableFile(f"“{name}” is not text in UTF-8. Save the list of artists as UTF-8.") from problem
    lines = _cells(text, name)
    found: dict[str, str] = {}
    keys: dict[str, str] = {}
    named = 0
    for line in lines:
        cleaned = " ".join(line.split())
        if cleaned not in keys:
            is_name = 0 < len(cleaned) <= LONGEST_NAME and not cleaned.startswith(COMMENTS) and cleaned.isprintable()
            keys[cleaned] = "; ".join(leading_credits(cleaned)) if is_name else ""
        if key := keys[cleaned]:
            named += 1
            found.setdefault(key, cleaned)
    if not found:
        raise UnreadableFile(f"“{name}” names no artist. Write one name a line, or a CSV with a column “artist”.")
    if len(found) > MOST_BLOCKED:
        raise UnreadableFile(f"“{name}” names {len(found):,} artists; lists of up to {MOST_BLOCKED:,} can be used.")
    return ArtistList(tuple(found.values()), len(lines), named - len(found), len(lines) - named)


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
