"""The library that iTunes and Apple Music write as an XML property list (File, Library, Export Library)."""

import io
import plistlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO, Final
from xml.parsers.expat import ExpatError

from recsys.errors import NoTracks, UnreadableFile
from recsys.importers.json_file import read_objects
from recsys.importers.json_stream import MOST_OBJECT_BYTES, MOST_VALUES
from recsys.importers.report import Imported

NAMES: Final = {"Total Time": "duration_ms", "Loved": "liked", "Favorited": "liked"}
"""Keys that only iTunes uses so. `Artist`, `Year`, `Date Added` and the like are known from tables."""

NO_SONG: Final = ("Podcast", "Movie", "TV Show", "Has Video")
BROKEN: Final = (ValueError, TypeError, AttributeError, LookupError, OverflowError, ExpatError)
"""What `plistlib` raises for a file that is none; entities, which could stand for gigabytes, are a ValueError."""
MOST_BITS: Final = 4_000
"""Of a whole number. One in hexadecimal may have millions of digits, and is too long to be written in decimal."""


def read_itunes(stream: BinaryIO, name: str) -> Imported:
    """
    Import the tracks of an iTunes library; podcasts and films are rows that are no track.

    Raises
    ------
    UnreadableFile
        It is damaged, or too large.
    NoTracks
        It is another property list.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    content = stream.read(MOST_OBJECT_BYTES + 1)
    if size > MOST_OBJECT_BYTES or content.count(b"<") > 2 * MOST_VALUES:
        raise UnreadableFile(f"“{name}” is too large. Export playlists of it one by one, and choose those.")
    try:
        whole = plistlib.loads(content, fmt=plistlib.FMT_XML)
    except BROKEN as problem:
        raise UnreadableFile(f"“{name}” is not a complete iTunes library. Export it again.") from problem
    tracks = whole.get("Tracks") if isinstance(whole, Mapping) else None
    if not isinstance(tracks, Mapping):
        raise NoTracks(f"“{name}” is XML, but no iTunes library. Choose a CSV, JSON or ZIP export instead.")
    try:
        imported = read_objects(_songs(tracks, name), name)
    except NoTracks as problem:
        raise NoTracks(f"“{name}” is an iTunes library without songs.") from problem
    return replace(imported, reports=tuple(replace(report, format="iTunes library") for report in imported.reports))


def _songs(tracks: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    for track in tracks.values():
        is_song = isinstance(track, Mapping) and not any(track.get(key) for key in NO_SONG)
        values = track.items() if is_song else ()
        plain = {str(key): value for key, value in values if not isinstance(value, (Mapping, list, bytes))}
        if any(isinstance(value, int) and value.bit_length() > MOST_BITS for value in plain.values()):
            raise UnreadableFile(
                f"“{name}” holds a number of thousands of digits, which no export does. It was not read."
            )
        yield {
            NAMES.get(key, key): f"{value.isoformat()}Z" if isinstance(value, datetime) else value
            for key, value in plain.items()
        }
