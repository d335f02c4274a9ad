"""The track table: its columns, their types, and the check every table passes before the engine sees it."""

import re
from collections.abc import Mapping
from typing import Final

import pandas as pd
from pandas.api.extensions import ExtensionArray

from recsys.core.model.features import AUDIO_FEATURES, NUMBER_FEATURES
from recsys.errors import BadTracks

TEXT: Final = ("track_id", "title", "artists", "album", "isrc", "genres", "added_at", "source")
"""Text columns. `artists` is joined with "; ", `genres` with ","; `added_at` is an ISO 8601 time in UTC; `source` says
who gave the audio features. `isrc` and the rest may be missing; `track_id`, `title` and `artists` may not."""

OTHER_NUMBERS: Final[Mapping[str, tuple[float, float]]] = {
    "key": (0, 11),
    "mode": (0, 1),
    "time_signature": (1, 7),
    "explicit": (0, 1),
}
"""Number columns that are no features, and the range valid on import."""

RANGES: Final[Mapping[str, tuple[float, float]]] = {
    **{f.column: (f.low, f.high) for f in NUMBER_FEATURES},
    **OTHER_NUMBERS,
}
"""The valid range of each number column: lowest and highest."""

NUMBERS: Final = tuple(RANGES)
"""Number columns, float64, NaN where unknown."""

COLUMNS: Final = (*TEXT, *NUMBERS)
REQUIRED: Final = ("track_id", "title", "artists")
MAX_TEXT: Final = 2_000
"""Characters. No title, album or list of artists is longer; readers report a longer text instead of storing it."""

SPOTIFY_ID: Final = r"[0-9A-Za-z]{22}"
LINK: Final = "https://open.spotify.com/track/"


def empty_tracks() -> pd.DataFrame:
    """A track table with no rows."""
    return _EMPTY.copy()


def filled(tracks: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Tracks with what they lack from the row of the same id in another track table, which has each id once."""
    return tracks.set_index("track_id").fillna(known.set_index("track_id")).reset_index()


def has_audio(tracks: pd.DataFrame) -> "pd.Series[bool]":
    """True for each track with at least one audio feature."""
    return tracks[[f.column for f in AUDIO_FEATURES]].notna().any(axis=1)


def as_tracks(table: pd.DataFrame) -> pd.DataFrame:
    """
    Give a table exactly the track table's columns and types.

    Parameters
    ----------
    table : DataFrame
        Any of the columns in `COLUMNS`; others are dropped, absent ones become missing.

    Returns
    -------
    DataFrame
        Columns `COLUMNS` in that order, text as `str`, numbers as float64, and a fresh 0..n-1 index.

    Raises
    ------
    BadTracks
        A number column holds something that is not a number, a required value is missing, or an id occurs twice.
    """
    columns: dict[str, ExtensionArray] = {}
    for name in COLUMNS:
        kind = "str" if name in TEXT else "float64"
        column = table[name] if name in table.columns else pd.Series(None, index=table.index, dtype=kind)
        try:
            columns[name] = column.array if column.dtype == kind else column.astype(kind).array
        except (TypeError, ValueError) as problem:
            raise BadTracks(f"The column “{name}” holds values that are not numbers.") from problem
    return check_tracks(pd.DataFrame(columns, index=range(len(table))))


def check_tracks(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the table unchanged, or raise `BadTracks` with the first rule it breaks."""
    absent = [name for name in COLUMNS if name not in tracks.columns]
    if absent:
        raise BadTracks(f"The track table lacks the column “{absent[0]}”.")
    for name in REQUIRED:
        is_missing = tracks[name].isna() | ((name == "track_id") & (tracks[name] == ""))
        if is_missing.any():
            raise BadTracks(f"Row {int(is_missing.argmax()) + 1} has no {name.replace('_', ' ')}.")
    if tracks["track_id"].duplicated().any():
        twice = tracks.loc[tracks["track_id"].duplicated(), "track_id"].iloc[0]
        raise BadTracks(f"The track {twice} is in the table more than once.")
    return tracks


def links(track_ids: pd.Series) -> pd.Series:
    """A link to each track on Spotify; missing where the id is not Spotify's (demo tracks, tracks known by name)."""
    is_spotify = re.compile(SPOTIFY_ID).fullmatch
    found = [LINK + one if isinstance(one, str) and is_spotify(one) else None for one in track_ids.tolist()]
    return pd.Series(found, track_ids.index, dtype="str")


_EMPTY: Final = as_tracks(pd.DataFrame())
