"""Tables without a header: their columns are recognised by what the cells look like."""

import codecs
import re
from collections.abc import Sequence
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
EXTINF: Final = re.compile(r"#EXTINF:[^,\n]*+,(?P<song>.*)")
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


def invented_header(rows: Sequence[Sequence[str]]) -> tuple[str, ...] | None:
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
    """The songs of an M3U playlist as "Title" and one "Artist - Title" a line; any other text is returned as it is."""
    text.stream.seek(text.skip)
    if not text.stream.read(len(M3U) * 2).decode(text.encoding, "ignore").startswith(M3U):
        return text
    copy = copy_for(text.size())
    copy.write(b"Title\n")
    text.stream.seek(text.skip)
    for line in codecs.getreader(text.encoding)(text.stream):
        info = EXTINF.match(line)
        if info:
            copy.write('"{}"\n'.format(info["song"].strip().replace('"', '""')).encode())
    return text.copied(copy, ())


def _kind(cells: Sequence[str]) -> str:
    """What nearly all cells of a column look like."""
    if not cells:
        return "empty"
    for kind, pattern in (("id", ID), ("date", DATE), ("number", NUMBER)):
        if sum(bool(pattern.fullmatch(cell)) for cell in cells) > 0.9 * len(cells):
            return kind
    return "joint" if sum(bool(JOINT.search(cell)) for cell in cells) > 0.9 * len(cells) else "text"
