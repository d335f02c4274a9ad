"""
Readers of the parameters of a recipe link: each turns the texts given for one parameter into a value.

All raise `BadRecipe` with a sentence about the form that the parameter must have.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

from recsys.core.engine.filters import Filters, check_names
from recsys.core.engine.ranges import Range, parse_range
from recsys.core.engine.recipe import LONGEST_LIST
from recsys.core.model.features import NUMBER_FEATURES, Feature, feature
from recsys.errors import BadRecipe

MOST_SEEDS: Final = 50
"""Seeds in a link; a recipe as JSON holds more."""

LONGEST_TEXT: Final = 200
NUMBER: Final = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
"""As in JSON or a little looser; `float` would also read "1_0", " 5 " and digits of other scripts."""

TRACK_ID: Final = re.compile(r"[A-Za-z0-9:_-]{1,64}", re.ASCII)
ANY: Final = "any"
"""The text of no limit per artist."""


def number(low: float, high: float) -> Callable[[list[str]], float]:
    """A reader of numbers in a range."""

    def read(texts: list[str]) -> float:
        value = float(texts[0]) if NUMBER.fullmatch(texts[0][:40]) else float("nan")
        if not low <= value <= high:  # false for NaN as well
            raise BadRecipe(f"It must be a number from {low:g} to {high:,}.")
        return value

    return read


def whole(low: int, high: int) -> Callable[[list[str]], int]:
    """A reader of whole numbers in a range."""

    def read(texts: list[str]) -> int:
        text = texts[0]
        if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
            raise BadRecipe(f"It must be a whole number from {low} to {high}.")
        return int(text)

    return read


def per_artist(texts: list[str]) -> int | None:
    """How many songs of an artist, or None for any number."""
    return None if texts[0] == ANY else whole(1, LONGEST_LIST)(texts)


def switch(texts: list[str]) -> bool:
    """`true` or `false`."""
    if texts[0] not in ("true", "false"):
        raise BadRecipe("It must be true or false.")
    return texts[0] == "true"


def one_of(names: tuple[str, ...]) -> Callable[[list[str]], str]:
    """A reader of one of some words."""

    def read(texts: list[str]) -> str:
        if texts[0] not in names:
            raise BadRecipe(f"It must be one of: {', '.join(names)}.")
        return texts[0]

    return read


def pairs(low: float, high: float, among: tuple[Feature, ...]) -> Callable[[list[str]], dict[str, float]]:
    """A reader of `energy:2,valence:0.5`."""
    one = number(low, high)

    def read(texts: list[str]) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, colon, value in (part.partition(":") for part in texts[0].split(",")):
            if not colon or name in found:
                raise BadRecipe("It must read like energy:2,valence:0.5, with each feature once.")
            found[feature(name, among).name] = one([value])
        return found

    return read


def ranges(texts: Iterable[str], between: str = ":") -> dict[str, Range]:
    """
    Ranges such as `year:1990..1999` by feature name; several in one text are joined with commas.

    Raises
    ------
    BadRecipe
        A text is no range, or a feature is given twice.
    UnknownFeature
        A range names no number feature.
    """
    found: dict[str, Range] = {}
    for part in (part for text in texts for part in text.split(",")):
        name, sign, ends = part.partition(between)
        if not sign:
            raise BadRecipe(f"It must read like year{between}1990..1999 or tempo{between}..120, not “{part[:60]}”.")
        known = feature(name.strip(), NUMBER_FEATURES).name
        if known in found:
            raise BadRecipe(f"The limits of {known} are given twice.")
        found[known] = parse_range(known, ends)
    Filters(ranges=found)
    return found


def names(what: str) -> Callable[[list[str]], tuple[str, ...]]:
    """A reader of several texts as names of genres or artists."""

    def read(texts: list[str]) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(text.strip() for text in texts))
        check_names(names, what)
        return names

    return read


def ids(texts: list[str], at_most: int = MOST_SEEDS) -> tuple[str, ...]:
    """Track ids joined with commas, each once."""
    ids = tuple(dict.fromkeys(texts[0].split(",")))
    if len(ids) > at_most or not all(TRACK_ID.fullmatch(one) for one in ids):
        raise BadRecipe(f"It must be at most {at_most:,} track ids with commas between them.")
    return ids


def locked(texts: list[str]) -> dict[str, int]:
    """Positions by track id, as `ID:3,ID:5`."""
    locked = {}
    for track_id, _, position in (part.rpartition(":") for part in texts[0].split(",")):
        if not TRACK_ID.fullmatch(track_id):
            raise BadRecipe("It must read like ID:3,ID:5, a track id and its position.")
        locked[track_id] = whole(1, LONGEST_LIST)([position])
    return locked


def text(texts: list[str]) -> str:
    """A short printable text."""
    if len(texts[0]) > LONGEST_TEXT or not texts[0].isprintable():
        raise BadRecipe(f"It must be text of at most {LONGEST_TEXT} characters.")
    return texts[0]


def as_text(written: str) -> str:
    """A text that `text` reads: as long, with a space for each character that cannot be printed, as in "A\u3000B"."""
    return "".join(one if one.isprintable() else " " for one in written[:LONGEST_TEXT])


def joined_names(texts: list[str]) -> tuple[str, ...]:
    """Names joined with `|`."""
    return tuple(text(texts).split("|")[:MOST_SEEDS])
