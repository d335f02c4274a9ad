"""Titles are hostile text: how a string from outside is shown where Streamlit reads Markdown."""

import re
from typing import Final

_SPACES: Final = re.compile(r"[ \t\r\n\f\v\u2028\u2029]+")  # not the non-breaking ones
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=])")


def plain(text: object) -> str:
    """The text with every Markdown and HTML character escaped, on one line."""
    return _SPECIAL.sub(r"\\\1", _SPACES.sub(" ", str(text)).strip())


def counted(number: int, thing: str, things: str | None = None) -> str:
    """ "1 track", "1,234 tracks": a number with its noun."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"
