"""For how long a listener has not heard the songs they have."""

from typing import Final

import numpy as np
import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.model.arrays import Doubles, Floats

MONTH: Final = pd.Timedelta(days=30.436875)
"""A twelfth of the mean year of the Gregorian calendar."""

SILENCE: Final = "long silent"
SILENCE_STEP: Final = 0.25
"""What each doubling of the silence adds to the score of a forgotten song, from the months asked for on."""

MOST_DOUBLINGS: Final = 4


def last_heard(tracks: pd.DataFrame, plays: pd.DataFrame) -> pd.Series:
    """
    When each track was last heard.

    Parameters
    ----------
    tracks : DataFrame
        A track table.
    plays : DataFrame
        `track_id`, `played_at` (ISO 8601, UTC); may be empty.

    Returns
    -------
    Series
        Times (UTC) by track id: of the last play, else when the track was added; missing where neither is known.
    """
    added = pd.Series(tracks["added_at"].array, index=tracks["track_id"].array, dtype="str")
    played = plays.groupby("track_id")["played_at"].max()
    heard = played.reindex(added.index).astype("str").fillna(added)
    return pd.to_datetime(heard, utc=True, format="ISO8601", errors="coerce")


def months_silent(catalogue: Catalogue, tracks: pd.DataFrame, heard: pd.Series, now: pd.Timestamp) -> Doubles:
    """
    Months since each song of the catalogue was last heard, (songs,) float64; NaN for what is not owned or not known.

    Parameters
    ----------
    tracks : DataFrame
        The listener's track table. Of several versions of a song the one heard last counts.
    heard : Series
        What `last_heard` returns for the same tracks.
    now : Timestamp
        With a time zone.
    """
    by_id = catalogue.rows_of(tracks["track_id"].tolist())
    rows = np.array([by_id.get(name, -1) for name in tracks["track_id"]], dtype=np.int64)
    if (rows < 0).any():
        rows[rows < 0] = catalogue.rows_of_songs(tracks[rows < 0])
    if (rows < 0).any():
        rows[rows < 0] = catalogue.rows_of_recordings(tracks[rows < 0])
    months = ((now - heard).dt.total_seconds() / MONTH.total_seconds()).to_numpy(dtype=np.float64)
    # `np.minimum.at`, unlike an assignment, sees every one of several versions that share a row: the least silence
    # wins.
    result = np.full(len(catalogue), np.inf)
    is_known = (rows >= 0) & ~np.isnan(months)
    np.minimum.at(result, rows[is_known], np.maximum(months[is_known], 0.0))
    return np.where(np.isinf(result), np.nan, result)


def silence_bonus(months: Doubles, from_months: float) -> Floats:
    """What the silence of forgotten songs (n,) adds to their score: a step per doubling, at most `MOST_DOUBLINGS`."""
    # Never below 0: a silence shorter than asked for counts as just as long.
    doublings = np.log2(np.maximum(np.nan_to_num(months), from_months) / from_months)
    return (SILENCE_STEP * np.minimum(doublings, MOST_DOUBLINGS)).astype(np.float32)
