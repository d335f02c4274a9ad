"""Three years of invented listening: sessions by the hour of each taste, fewer in summer, more at weekends."""

from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from recsys.demo.genres import Numbers

YEARS: Final = 3
DAY: Final = 86_400
TRACKS_PER_SESSION: Final = 6
ENOUGH: Final = 8
"""Plays of a taste start at this many tracks; otherwise the first track would be played for weeks."""
SKIPPED: Final = 0.14
WEEK: Final = np.array([0.9, 0.85, 0.9, 0.95, 1.15, 1.25, 1.0])
"""How busy each day of the week is, Monday first."""


def invented_plays(
    saved: pd.DataFrame, plays_a_day: float, hour: float, trend: float, rng: np.random.Generator, today: date
) -> pd.DataFrame:
    """
    Listening history of the tracks that one taste put into a library.

    Parameters
    ----------
    saved : DataFrame
        Columns `track_id`, `duration_ms` and `added` (seconds since 1970).
    plays_a_day : float
        The average over the three years.
    hour : float
        The UTC hour around which this taste is heard.
    trend : float in -1..1
        Above 0 the plays become more over the years, below 0 fewer.
    today : date
        The history ends with the day before.

    Returns
    -------
    DataFrame
        `track_id`, `at` (start, seconds since 1970) and `ms_played`. No track is played before it was added.
    """
    # The days of the history, counted from 1970.
    end = (today - date(1970, 1, 1)) // timedelta(days=1)
    days = np.arange(end - YEARS * 365, end)
    season = 1 + 0.2 * np.cos(2 * np.pi * days / 365.25)
    weekdays = (days + 3) % 7  # 1 January 1970 was a Thursday
    rate = WEEK[weekdays] * season * (1 + trend * np.linspace(-1, 1, len(days)))
    sessions = np.repeat(days, rng.poisson(rate * plays_a_day / TRACKS_PER_SESSION))
    starts = np.sort(sessions * DAY + np.floor((hour * 3600 + 5400 * rng.standard_normal(len(sessions))) % DAY))
    # From each start, plays one after the other of tracks that were there by then, lately added ones more often.
    saved = saved.sort_values("added")
    lengths = rng.poisson(TRACKS_PER_SESSION - 1, len(starts)) + 1
    session = np.repeat(np.arange(len(starts)), lengths)
    there = np.searchsorted(saved["added"].to_numpy(), starts)[session]
    chosen = there - 1 - np.floor(there * rng.random(len(session)) ** 1.6).astype(int)
    durations = saved["duration_ms"].to_numpy()[chosen]
    is_skipped = rng.random(len(durations)) < SKIPPED
    heard = np.floor(durations * np.where(is_skipped, rng.uniform(0.02, 0.6, len(durations)), 1))
    before = pd.Series(heard).groupby(session).cumsum().to_numpy() - heard
    plays = pd.DataFrame(
        {
            "track_id": saved["track_id"].to_numpy()[chosen],
            "at": np.floor(starts[session] + before / 1000),
            "ms_played": heard.astype(int),
        }
    )
    return plays[(there >= ENOUGH) & (plays["at"] < (days[-1] + 1) * DAY)]


def when(seconds: Numbers) -> npt.NDArray[np.str_]:
    """Seconds since 1970 as ISO 8601 in UTC, such as 2026-11-01T07:30:00Z."""
    return np.datetime_as_string(seconds.astype("datetime64[s]"), timezone="UTC")
