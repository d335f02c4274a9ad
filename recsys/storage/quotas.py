"""How many rows one listener may have in each table, in every store. Far above any library that was seen."""

from typing import Final

from recsys.errors import BadValue, NoRoom

QUOTAS: Final = {
    "user_tracks": 250_000,
    "track_origins": 500_000,
    "plays": 2_000_000,
    "recommendations": 10_000,
    "recipes": 1_000,
    "feedback": 100_000,
    "feature_misses": 500_000,
    "pool_tracks": 100_000,
    "sync_state": 1_000,
    "sent_log": 100_000,
    "weekly_songs": 100_000,
}
"""Rows by table. The migrations of Supabase have the same numbers; a test compares them."""

LONGEST_NAME: Final = 100
"""Characters of a recipe's name. The form asks for 60 at most, but a browser may send anything in its place."""

SENTENCE: Final = (
    "There is no room for more of this: a listener's rows are limited, and nothing of this was stored. "
    "Bring in less at once, or erase something on the Account page."
)


def check_quota(table: str, rows: int) -> None:
    """Raise `NoRoom` when a listener has more rows in a table than allowed; unlisted tables have no limit."""
    if rows > QUOTAS.get(table, rows):
        raise NoRoom(SENTENCE)


def check_name(name: str) -> None:
    """Raise `BadValue` for a name of a recipe that is longer than any form lets it be."""
    if len(name) > LONGEST_NAME:
        raise BadValue(f"A recipe needs a name of at most {LONGEST_NAME} characters.", "name")
