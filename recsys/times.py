"""Times as text: ISO 8601 in UTC, written and read in one place."""

import re
from datetime import UTC, datetime
from typing import Final

CLOCK_SKEW_S: Final = 60.0
"""How far the clocks of servers that share a store may be apart."""

_UTC_ISO: Final = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{0,5}[1-9])?Z")
"""A time as `to_iso` writes it."""


def to_iso(moment: datetime) -> str:
    """
    A time in UTC, ending in "Z", without trailing zeros in the fraction: the form that sorts and compares as text.

    Raises `ValueError` for a time without a time zone, which could be any moment.
    """
    if moment.tzinfo is None:
        raise ValueError("A time without a time zone could mean any moment.")
    whole, point, fraction = moment.astimezone(UTC).isoformat().removesuffix("+00:00").partition(".")
    return whole + point + fraction.rstrip("0") + "Z"


def to_whole_second(moment: datetime) -> str:
    """The same to the second, so that all such texts have one length."""
    return to_iso(moment.replace(microsecond=0))


def from_iso(text: str) -> datetime:
    """The time a text says, with its time zone; UTC where it names none. Raises `ValueError` where it is no time."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def to_utc_iso(text: str) -> str | None:
    """Any ISO 8601 time as `to_iso` writes it; None where the text is no time."""
    try:
        found = from_iso(text)
        if _UTC_ISO.fullmatch(text):  # as nearly all are: nothing to change
            return text
        return to_iso(found)
    except (ValueError, OverflowError):
        return None
