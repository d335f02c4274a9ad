"""What both stores of sessions and tokens write in the same way: hashes instead of ids, and times to the second."""

import hashlib
from datetime import UTC, datetime
from typing import Final, TypeGuard

from recsys.storage.sessions import Issuer

TOKEN_TABLES: Final[dict[Issuer, str]] = {"spotify": "spotify_tokens", "supabase": "supabase_tokens"}

_ID_LENGTH: Final = 43


def is_session_id(value: object) -> TypeGuard[str]:
    """True for what this app could have given a browser as its session id."""
    return isinstance(value, str) and len(value) == _ID_LENGTH and value.isascii()


def hashed(text: str) -> str:
    """The SHA-256 of a session id or of a turn's name: what is stored tells neither."""
    return hashlib.sha256(text.encode()).hexdigest()


def to_text(moment: datetime) -> str:
    """Whole seconds in UTC, always of one length, so that texts compare as times do."""
    if moment.tzinfo is None:
        raise ValueError("A time without a time zone could mean any moment.")
    return moment.astimezone(UTC).isoformat(timespec="seconds")
