"""Ranges of a feature as text, the same on the command line, in the API, in links and on the screen: `1990..1999`.

Either end may be missing: `..120`, `0.6..`. Durations are minutes and seconds, `2:00..5:00`.
"""

import re
from typing import Final

from recsys.core.model.features import NUMBER_FEATURES, feature
from recsys.errors import BadRecipe

Range = tuple[float | None, float | None]
DURATION: Final = "duration"
_UNITS: Final = {"tempo": " BPM", "loudness": " dB"}
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,9})?", re.ASCII)
_MINUTES: Final = re.compile(r"([0-9]{1,4}):([0-5]?[0-9])(?:\.([0-9]{1,3}))?", re.ASCII)


def parse_range(name: str, text: str) -> Range:
    """
    The ends of a range of a feature, in the unit of the track table.

    Raises
    ------
    BadRecipe
        The text is no range.
    UnknownFeature
        The name is no number feature.
    """
    known = feature(name, NUMBER_FEATURES).name
    low, dots, high = text.strip().partition("..")
    if not dots or not (low.strip() or high.strip()):
        example = "2:00..5:00" if known == DURATION else "1990..1999" if known == "year" else "0.2..0.6"
        raise BadRecipe(f"The limits of {known} must look like {example}, not “{text[:60]}”; one end may be missing.")
    return _parse_end(known, low.strip()), _parse_end(known, high.strip())


def format_range(name: str, ends: Range) -> str:
    """A range as the text that `parse_range` reads."""
    low, high = (_format_end(name, end) for end in ends)
    return f"{low}..{high}"


def range_in_words(name: str, ends: Range) -> str:
    """A range as a listener reads it: "1990–1999", "from 1990", "up to 120 BPM", "2:00–5:00"."""
    low, high = (_format_end(name, end) for end in ends)
    unit = _UNITS.get(name, "")
    if not low or not high:
        return f"from {low}{unit}" if low else f"up to {high}{unit}"
    return f"{low}{' to ' if '-' in low else '–'}{high}{unit}"


def end_in_words(name: str, end: float) -> str:
    """One end of a range as a listener reads it: "1990", "120 BPM", "2:00"."""
    return f"{_format_end(name, end)}{_UNITS.get(name, '')}"


def _parse_end(name: str, text: str) -> float | None:
    if not text:
        return None
    if name == DURATION:
        match = _MINUTES.fullmatch(text)
        if match is None:
            raise BadRecipe(f"The limits of duration must be minutes and seconds such as 3:45, not “{text[:60]}”.")
        minutes, seconds, fraction = match.groups(default="0")
        return float(60_000 * int(minutes) + 1_000 * int(seconds) + int(fraction.ljust(3, "0")))
    if not _NUMBER.fullmatch(text):
        raise BadRecipe(f"The limits of {name} must be numbers such as 0.5, not “{text[:60]}”.")
    return float(text)


def _format_end(name: str, end: float | None) -> str:
    if end is None:
        return ""
    if name == DURATION:
        minutes, rest = divmod(round(end), 60_000)
        seconds, fraction = divmod(rest, 1_000)
        return f"{minutes}:{seconds:02}" + (f".{fraction:03}" if fraction else "")
    return f"{end:.9f}".rstrip("0").rstrip(".")
