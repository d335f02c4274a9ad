"""
Exportify in the listener's own language: the headers are translated, the cells are not.

exportify.app writes its headers in twelve languages (https://github.com/watsonbox/exportify, `src/i18n`), but its
columns keep their order and Spotify's URIs, dates and codes tell which is which.
"""

import re
from collections.abc import Sequence
from typing import Final

from recsys.core.model.tracks import SPOTIFY_ID
from recsys.importers.columns import DIALECTS, Columns

SHAPES: Final = {
    "track_id": rf"spotify:(track:{SPOTIFY_ID}|local:.*)",
    "artist_uris": rf"spotify:artist:{SPOTIFY_ID}(, spotify:artist:{SPOTIFY_ID})*",
    "album_uri": rf"spotify:album:{SPOTIFY_ID}",
    "release_date": r"\d{4}(-\d\d){0,2}",
    "duration_ms": r"\d{5,7}",
    "explicit": r"true|false",
    "isrc": r"[A-Z]{2}[A-Z0-9]{3}\d{7}",
    "added_at": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
}
"""What every filled cell of a column looks like; the first column that does is it."""

FOLLOWS: Final = {"title": "track_id", "artists": "artist_uris", "album": "album_uri", "popularity": "explicit"}
"""Columns that come directly after another."""

BLOCK: Final = (
    *("danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness"),
    *("instrumentalness", "liveness", "valence", "tempo", "time_signature"),
)
EXPORTIFY_APP: Final = next(dialect for dialect in DIALECTS if dialect.artist_commas == "spaced")


def recognise_by_content(header: Sequence[str], sample: Sequence[Sequence[str]]) -> Columns | None:
    """
    The columns of an exportify.app file by what its cells look like; None if it is none.
    """
    width = len(header)
    filled = [[row[at] for row in sample if at < len(row) and row[at].strip()] for at in range(width)]
    places = {
        ours: at
        for ours, shape in SHAPES.items()
        if (at := next((at for at in range(width) if _all_look_like(shape, filled[at])), None)) is not None
    }
    if not {"track_id", "artist_uris", "album_uri"} <= places.keys():
        return None
    places |= {ours: places[other] + 1 for ours, other in FOLLOWS.items() if other in places}
    places |= _feature_block(filled, places.get("added_at", width))
    known = {ours: at for ours, at in places.items() if ours not in ("artist_uris", "album_uri") and at < width}
    return Columns(known, {ours: header[at] for ours, at in known.items()}, EXPORTIFY_APP)


def _all_look_like(shape: str, cells: list[str]) -> bool:
    return bool(cells) and all(re.fullmatch(shape, cell) for cell in cells)


def _feature_block(filled: list[list[str]], after: int) -> dict[str, int]:
    """The twelve columns of numbers behind `added_at` and the genres before them, where the listener wanted them."""
    is_number = [_all_look_like(r"-?\d+(\.\d+)?(e-?\d+)?", cells) for cells in filled]
    for start in range(after + 1, len(filled) - len(BLOCK) + 1):
        if all(is_number[start : start + len(BLOCK)]):
            genres = {"genres": after + 1} if start == after + 2 else {}
            return genres | {ours: start + at for at, ours in enumerate(BLOCK)}
    return {}
