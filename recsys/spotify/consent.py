"""How long a listener's consent lasts: six months from the day it was given, however often tokens are refreshed.

https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration
"""

from calendar import monthrange
from datetime import UTC, datetime
from typing import Final

MONTHS: Final = 6
NOTICE: Final = 14 * 86_400.0
"""Seconds before the end from which the listener is told."""


def consent_ends(authorized_at: float) -> float:
    """When a consent given at that time ends; both in seconds since 1970. 31 August ends on 28 or 29 February."""
    start = datetime.fromtimestamp(authorized_at, UTC)
    month = start.month - 1 + MONTHS
    year, month = start.year + month // 12, month % 12 + 1
    day = min(start.day, monthrange(year, month)[1])
    return start.replace(year=year, month=month, day=day).timestamp()


def is_consent_ending(authorized_at: float, now: float) -> bool:
    """True in the last two weeks, and after the end."""
    return now >= consent_ends(authorized_at) - NOTICE


def is_consent_over(authorized_at: float, now: float) -> bool:
    """True once the six months are over."""
    return now >= consent_ends(authorized_at)
