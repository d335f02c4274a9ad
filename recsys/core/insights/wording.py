"""Values and units in words: "mostly calm", "112 beats per minute, moderate", "3:41 minutes"."""

import re
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.model.arrays import Doubles
from recsys.core.model.features import NUMBER_FEATURES, Feature, feature

MIDDLING: Final = {"loudness": (-14.0, -7.0), "tempo": (90.0, 130.0), "duration": (150_000.0, 360_000.0)}
"""Between these values a feature with a unit is called neither its one end nor its other."""

MINUTE: Final = 60_000
NAMED: Final = 5
"""Songs named in one sentence."""

IN_THE_MIDDLE: Final = 0.05

_SPACES: Final = re.compile(r"[ \t\r\n\f\v\u2028\u2029]+")  # not the non-breaking ones
_DIRECTIONS: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters that change the direction of writing, also of the text after them."""
_JOINED: Final = re.compile(r"(?<=\w),(?=[^\W\d])")
"""A comma that some sources join artists with; none inside a number ("10,000 Maniacs")."""


def counted(number: int, thing: str, things: str | None = None) -> str:
    """ "1 track", "1,234 tracks": a number with its noun."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def on_one_line(text: object) -> str:
    """The text on one line, without characters that change its direction; for a place that reads no Markdown."""
    return _SPACES.sub(" ", _DIRECTIONS.sub("", str(text))).strip()


def artists_in_words(artists: object) -> str:
    """Artists as a track table joins them, with the one separator that screens use."""
    return _JOINED.sub(", ", on_one_line(artists).replace("; ", ", "))


def songs_in_words(songs: pd.DataFrame, at_most: int) -> str:
    """
    The first songs of a table by title and artists, and how many more there are: "“A” by X, “B” by Y and 28 more".

    A song without artists is named by its title.
    """
    first = songs.head(at_most)
    named = [
        f"“{on_one_line(title)}”{f' by {artists_in_words(artists)}' if pd.notna(artists) else ''}"
        for title, artists in zip(first["title"], first["artists"], strict=True)
    ]
    more = len(songs) - len(first)
    return ", ".join(named) + (f" and {more:,} more" if more else "")


def unranked_in_words(songs: pd.DataFrame) -> str:
    """Which forgotten songs could not be ranked: a sentence about a table of title and artists, not empty."""
    listed = songs_in_words(songs, NAMED)
    whom = "it" if len(songs) == 1 else "them"
    return f"{counted(len(songs), 'song')} of yours cannot be ranked, because too little is known of {whom}: {listed}."


def unlisted_in_words(songs: pd.DataFrame) -> list[str]:
    """
    Which locked songs are not on the list: a sentence for each reason in a table of title, artists and why.

    Songs without a title are counted but not named; no sentence for an empty table.
    """
    says = []
    for why, some in songs.groupby("why", sort=False):
        named = songs_in_words(some[some["title"].notna()], NAMED)
        whom = "song that you keep in place is" if len(some) == 1 else "songs that you keep in place are"
        says.append(f"{len(some):,} {whom} not on the list ({why}){f': {named}' if named else ''}.")
    return says


def order_in_words(moved: int, fall: float) -> str:
    """What the order of a list did: how many songs it moved, and by how much the mean score of the first ten fell."""
    if not moved:
        return "The order moved no song."
    loss = "as high as before"
    if round(fall, 2):
        loss = f"{abs(fall):.2f} {'lower' if fall > 0 else 'higher'} on average"
    return f"The order moved {counted(moved, 'song')}: the first ten score {loss}."


def in_words(name: str, value: float) -> str:
    """
    A feature's value in a listener's words.

    "calm", "mostly calm", "between calm and intense" for features from 0 to 1; "112 beats per minute, moderate" for
    those with a unit; the bare number for a year; "unknown" for NaN. Raises `UnknownFeature`.
    """
    f = feature(name, NUMBER_FEATURES)
    if np.isnan(value):
        return "unknown"
    if f.name in MIDDLING:
        low, high = MIDDLING[f.name]
        end = f.low_words if value < low else f.high_words if value > high else "moderate"
        return f"{with_unit(f, value)}, {end}"
    if (f.low, f.high) != (0, 1):
        return number(f, value)
    steps = (
        f.low_words,
        f"mostly {f.low_words}",
        f"between {f.low_words} and {f.high_words}",
        f"mostly {f.high_words}",
        f.high_words,
    )
    return steps[min(int(value * len(steps)), len(steps) - 1)]


def leaning(name: str, percentile: float, among: str = "the catalogue") -> str:
    """
    A percentile in words: "further towards “calm” than 78% of the catalogue".

    Within five points of the median it is "in the middle of the catalogue". Raises `UnknownFeature`.
    """
    f = feature(name, NUMBER_FEATURES)
    if abs(percentile - 0.5) < IN_THE_MIDDLE:
        return f"in the middle of {among}"
    end, share = (f.high_words, percentile) if percentile > 0.5 else (f.low_words, 1 - percentile)
    return f"further towards “{end}” than {share_in_words(share)} of {among}"


def share_in_words(share: float) -> str:
    """A share of 0..1 that is not said to be more than it is: "78%"; "99%", and not "100%", of all but one in 300."""
    return f"{share if share >= 1 else min(share, 0.99):.0%}"


def number(f: Feature, value: float) -> str:
    """A value as a listener reads it, without its unit: "0.42", "112", "−8.5", "3:41", "1994"; "unknown" for NaN."""
    if np.isnan(value):
        return "unknown"
    if f.unit == "milliseconds":
        minutes, seconds = divmod(round(value / 1000), 60)
        return f"{minutes}:{seconds:02d}"
    if f.unit == "dB":
        return f"{value:.1f}".replace("-", "\N{MINUS SIGN}")
    return f"{value:.2f}" if (f.low, f.high) == (0, 1) else f"{value:.0f}"


def unit(f: Feature) -> str:
    """The unit that goes with `number`; empty where there is none."""
    return "minutes" if f.unit == "milliseconds" else f.unit


def in_unit(f: Feature, values: Doubles) -> Doubles:
    """Values in the unit they are shown in, (n,): a duration in minutes."""
    return values / MINUTE if f.unit == "milliseconds" else values


def with_unit(f: Feature, value: float) -> str:
    """A value with its unit: "112 beats per minute", "3:41 minutes", "0.42"."""
    return f"{number(f, value)} {unit(f)}".strip()


def between(f: Feature, low: float, high: float) -> str:
    """Two values with their unit: "between 98 and 131 beats per minute", "around 0.50" where they read the same."""
    if number(f, low) == number(f, high):
        return f"around {with_unit(f, low)}"
    return f"between {number(f, low)} and {with_unit(f, high)}"
