"""JSON and TOML of any origin: the standard parsers, but every input that cannot be parsed is a `ValueError`."""

import json
import re
import tomllib
from typing import Any, Final

MOST_DOTS: Final = 500
"""In a line of TOML; in a sentence there are fewer."""

LONG_NUMBER: Final = re.compile(r"0[xob][0-9A-Fa-f_]{1000}")
"""Is read, unlike a decimal one of as many digits, and cannot be shown."""


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text. Raises `ValueError` where it is not JSON, or nested too deeply to be parsed."""
    try:
        return json.loads(text)
    except RecursionError as problem:
        raise ValueError("nested too deeply") from problem


def parse_json_object(text: str | bytes) -> dict[str, Any]:
    """The same where only an object is expected; `ValueError` for any other value, too."""
    found = parse_json(text)
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    return found


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML document. Raises `ValueError` where it is not TOML, or nested too deeply to be parsed."""
    # A dotted key costs the square of its length: 40 kB of `a.a.a…` took 15 seconds.
    if any(line.count(".") > MOST_DOTS for line in text.splitlines()):
        raise ValueError(f"a line has more than {MOST_DOTS:,} dots")
    if LONG_NUMBER.search(text):
        raise ValueError("a number has more than a thousand digits")
    try:
        return tomllib.loads(text)
    except RecursionError as problem:
        raise ValueError("nested too deeply") from problem
