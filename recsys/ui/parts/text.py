"""Titles are hostile text: how a string from outside is shown where Streamlit reads Markdown."""

import re
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from recsys.core.insights.wording import counted as counted

_SPACES: Final = re.compile(r"[ \t\r\n\f\v\u2028\u2029]+")  # not the non-breaking ones
_TURNS: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters that change the direction of writing, also of the text after them."""
_JOINED: Final = re.compile(r"(?<=\w),(?=[^\W\d])")
"""A comma that some sources join artists with; none inside a number ("10,000 Maniacs")."""
_ADDRESS: Final = re.compile(r"(https?://|www(?=\.)|@)(?=\S)", re.IGNORECASE)
"""What makes a browser's Markdown read the rest as a link, escaped or not."""
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=])")


def plain(text: object) -> str:
    """The text with every Markdown and HTML character escaped, on one line, no address a link, and nothing turned."""
    return _SPECIAL.sub(r"\\\1", _ADDRESS.sub("\\1\N{WORD JOINER}", on_one_line(text)))


def on_one_line(text: object) -> str:
    """The text on one line with nothing turned, for a place that reads no Markdown."""
    return _SPACES.sub(" ", _TURNS.sub("", str(text))).strip()


def artists_in_words(artists: object) -> str:
    """Artists as a track table joins them, with the one separator that screens use."""
    return _JOINED.sub(", ", on_one_line(artists).replace("; ", ", "))


def local_time(moment: datetime) -> str:
    """A moment on the listener's own clock: "24 November, 06:30"; with "UTC" where the browser reports none we know."""
    return _on_clock(moment, st.context.timezone)


def _on_clock(moment: datetime, zone: str | None) -> str:
    try:
        return f"{moment.astimezone(ZoneInfo(zone or '')):%d %B, %H:%M}"
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the zone is whatever the browser says
        return f"{moment.astimezone(UTC):%d %B, %H:%M} UTC"
