"""Titles are hostile text: how a string from outside is shown where Streamlit reads Markdown."""

import re
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from recsys.core.insights.wording import on_one_line

_ADDRESS: Final = re.compile(r"(https?://|www(?=\.)|@)(?=\S)", re.IGNORECASE)
"""What makes a browser's Markdown read the rest as a link, escaped or not."""
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=])")


def plain(text: object) -> str:
    """The text with every Markdown and HTML character escaped, on one line, without links and direction marks."""
    return _SPECIAL.sub(r"\\\1", _ADDRESS.sub("\\1\N{WORD JOINER}", on_one_line(text)))


def local_time(moment: datetime) -> str:
    """A moment on the listener's own clock: "24 November, 06:30"; in UTC, with "UTC", where that is not known."""
    return _on_clock(moment, st.context.timezone)


def _on_clock(moment: datetime, zone: str | None) -> str:
    try:
        return f"{moment.astimezone(ZoneInfo(zone or '')):%d %B, %H:%M}"
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the zone is whatever the browser says
        return f"{moment.astimezone(UTC):%d %B, %H:%M} UTC"
