"""Tables without a header: their columns are recognised by what the cells look like."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from recsys.core.model.tracks import SPOTIFY_ID
from recsys.importers.columns import JOINT
from recsys.importers.text_encoding import Text, copy_for

ID: Final = re.compile(
    rf"(?<!\s)\s*+(?:spotify:(?:track|local|episode):.*+|https?://open\.spotify\.com/.*+|{SPOTIFY_ID})\s*+"
)
DATE: Final = re.compile(
    r"(?<!\s)\s*+(?:\d{4}-\d\d-\d\d.*+|"
    r"\d{1,2}[ ./-](?:\d{1,2}|[A-Za-z]{3,9})[ ./-]\d{2,4}(?:[, ]++\d{1,2}:\d\d.*+)?)\s*+"
)
M3U: Final = "#EXTM3U"
M3U_BYTES: Final = 1 << 14
EXTINF: Final = re.compile(r"#EXTINF:(?:\"[^\"\n]*+\"|[^,\"\n])*+,(?P<song>.*)")
FILE: Final = re.compile(r"\A(?:.*[/\\])?+(?P<song>[^/\\]*)\.(?:mp3|m4a|flac|ogg|opus|wav|aac|aiff?|wma|alac)\Z", re.I)
NUMBER: Final = re.compile(r"\s*[\d.,:%-]*\s*")
LAYOUTS: Final = {
    ("id",): ("Track ID",),
    ("text", "text", "text", "date"): ("Artist", "Album", "Title", "Added at"),
    ("text", "text", "date"): ("Artist", "Title", "Added at"),
    ("joint",): ("Title",),
    ("joint", "date"): ("Title", "Added at"),
}
"""What the columns hold -> what they are: links alone, plays as Last.fm exports them, "Artist - Title" a line."""

BESIDE_ID: Final = ("Title", "Artist", "Album")
"""Columns of text beside one of ids, in the order of `spotify-backup` and most scripts."""


def inferred_header(rows: Sequence[Sequence[str]]) -> tuple[str, ...] | None:
    """
    A header for rows that have none, in words that `columns.recognise` knows; None where the cells do not tell.

    Parameters
    ----------
    rows : sequence of rows
        The first rows of the file; the most frequent length counts, others (names of playlists) are ignored.
    """
    lengths = [len(row) for row in rows]
    width = max(set(lengths), key=lengths.count, default=0)
    if not 0 < width <= 12:
        return None
    full = [row for row in rows if len(row) == width]
    kinds = tuple(_kind([row[at] for row in full if row[at].strip()]) for at in range(width))
    if kinds in LAYOUTS:
        return LAYOUTS[kinds]
    if kinds.count("id") != 1:
        return None
    names = iter(BESIDE_ID)
    headers = {"id": "Track ID", "date": "Release date"}
    return tuple(next(names, "") if kind in ("text", "joint") else headers.get(kind, "") for kind in kinds)


def m3u_as_table(text: Text) -> Text:
    """
    The songs of an M3U playlist, or of a list of audio files, as "Title" and one "Artist - Title" a line.

    A file without an `#EXTINF` line is called by its name. Any other text is returned as it is.
    """
    text.stream.seek(text.skip)
    head = text.stream.read(M3U_BYTES).decode(text.encoding, "ignore")
    lines = [line.strip() for line in head.splitlines() if line.strip()]
    if not (head.startswith(M3U) or (lines and all(FILE.match(line) for line in lines[:-1] or lines))):
        return text
    copy = copy_for(text.size())
    copy.write(b"Title\n")
    for song in _songs(text.lines()):
        copy.write('"{}"\n'.format(song.strip().replace('"', '""')).encode())
    return text.copied(copy, ())


def _songs(lines: Iterable[str]) -> Iterator[str]:
    """What each entry of a playlist is called: by its `#EXTINF` line, else by the name of its file."""
    named = None
    for line in lines:
        if line.startswith("#"):
            if info := EXTINF.match(line):
                if named is not None:
                    yield named
                named = info["song"]
        elif line := line.strip():
            if named is not None:
                yield named
            elif file := FILE.match(line):
                yield file["song"]
            named = None
    if named is not None:
        yield named


def _kind(cells: Sequence[str]) -> str:
    """What nearly all cells of a column look like."""
    if not cells:
        return "empty"
    for kind, pattern in (("id", ID), ("date", DATE), ("number", NUMBER)):
        if sum(bool(pattern.fullmatch(cell)) for cell in cells) > 0.9 * len(cells):
            return kind
    return "joint" if sum(bool(JOINT.search(cell)) for cell in cells) > 0.9 * len(cells) else "text"
