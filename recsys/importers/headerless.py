"""Tables without a header: their columns are recognised by what the cells look like."""

import re
from collections.abc import Sequence
from typing import Final

from recsys.core.model.tracks import SPOTIFY_ID
from recsys.importers.columns import JOINT

ID: Final = re.compile(rf"\s*(?:spotify:(?:track|local|episode):.*|https?://open\.spotify\.com/.*|{SPOTIFY_ID})\s*")
DATE: Final = re.compile(
    r"\s*(?:\d{4}-\d\d-\d\d.*|\d{1,2}[ ./-](?:\d{1,2}|[A-Za-z]{3,9})[ ./-]\d{2,4}(?:[, ]+\d{1,2}:\d\d.*)?)\s*"
)
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
    lengths = [len(row) for row in rows if not is_comment(row)]
    width = max(set(lengths), key=lengths.count, default=0)
    if not 0 < width <= 12:
        return None
    full = [row for row in rows if len(row) == width and not is_comment(row)]
    kinds = tuple(_kind([row[at] for row in full if row[at].strip()]) for at in range(width))
    if kinds in LAYOUTS:
        return LAYOUTS[kinds]
    if kinds.count("id") != 1:
        return None
    names = iter(BESIDE_ID)
    headers = {"id": "Track ID", "date": "Release date"}
    return tuple(next(names, "") if kind in ("text", "joint") else headers.get(kind, "") for kind in kinds)


def is_comment(row: Sequence[str]) -> bool:
    """True for a line of an M3U playlist that names no track."""
    return row[0].startswith("#EXT") and not row[0].startswith("#EXTINF")


def _kind(cells: Sequence[str]) -> str:
    """What nearly all cells of a column look like."""
    if not cells:
        return "empty"
    for kind, pattern in (("id", ID), ("date", DATE), ("number", NUMBER)):
        if sum(bool(pattern.fullmatch(cell)) for cell in cells) > 0.9 * len(cells):
            return kind
    return "joint" if sum(bool(JOINT.search(cell)) for cell in cells) > 0.9 * len(cells) else "text"
