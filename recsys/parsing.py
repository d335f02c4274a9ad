"""JSON and TOML of any origin: the standard parsers, but every input that cannot be parsed is a `ValueError`."""

import json
import tomllib
from typing import Any


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
    try:
        return tomllib.loads(text)
    except RecursionError as problem:
        raise ValueError("nested too deeply") from problem
