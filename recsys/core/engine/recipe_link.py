"""A recipe as a link and as JSON: one grammar for the command line, the API's address and the links people share.

    weights=energy:2,year:0 & only=tempo:..120 & not_artist=Somebody & order=arc & seeds=4uLU6hMCjMI75M1A2tKUQC

Only what differs from the default is written. A link also names its seeds, the catalogue and the songs it listed, so
that a listener who opens it on other data reads what is different and why.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from recsys.core.engine.filters import MOST_NAMES, Filters, check_names
from recsys.core.engine.ordering import ORDERED_BY, ORDERS
from recsys.core.engine.presets import PRESETS
from recsys.core.engine.ranges import Range, format_range, parse_range
from recsys.core.engine.recipe import (
    CHOICES,
    HEAVIEST,
    LONGEST_LIST,
    MOST_MINUTES,
    MOST_SILENT_MONTHS,
    MOST_SPACING,
    Recipe,
)
from recsys.core.model.features import FEATURES, NUMBER_FEATURES, Feature, feature
from recsys.errors import BadRecipe, BadValue, UnknownFeature
from recsys.parsing import parse_json

LONGEST_LINK: Final = 8_000
"""Characters that are read: what browsers and proxies pass on. A usual link has at most 500."""

MOST_SEEDS: Final = 50
"""Seeds in a link; a recipe as JSON holds more."""

MOST_SEEDS_IN_JSON: Final = 1_000
LONGEST_TEXT: Final = 200
LONGEST_SEED_NAME: Final = 40
NAMED_SEEDS: Final = 3
NUMBER: Final = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
"""As in JSON or a little looser; `float` would also read "1_0", " 5 " and digits of other scripts."""

TRACK_ID: Final = re.compile(r"[A-Za-z0-9:_-]{1,64}", re.ASCII)
REPEATED: Final = ("only", "genre", "not_genre", "not_artist")
"""Parameters that may be given several times."""

SWITCHES: Final = ("no_explicit", "no_live", "no_remix", "no_christmas")
VERSION: Final = 1
ANY: Final = "any"
"""The text of no limit per artist."""


@dataclass(frozen=True)
class RecipeLink:
    """
    A recipe with what it was used on.

    Attributes
    ----------
    recipe : Recipe
    seeds, seed_names : tuple of str
        Track ids that replace the library, and what the first of them are called.
    catalogue : str
        The name of the catalogue.
    checksums : str
        Of the catalogue, of the listener's data and of the songs listed, see `list_changes`.
    blocked : int
        How many artists of a block list were left out of the link.
    seeds_left_out : int
        How many seeds were too many for the link, which then names none of them.
    """

    recipe: Recipe
    seeds: tuple[str, ...] = ()
    seed_names: tuple[str, ...] = ()
    catalogue: str = ""
    checksums: str = ""
    blocked: int = 0
    seeds_left_out: int = 0


def to_query(link: RecipeLink) -> str:
    """The address of a link behind the question mark."""
    written = [*recipe_parameters(link.recipe)]
    if link.seeds:
        is_short = len(link.seeds) <= MOST_SEEDS
        written.append(("seeds", ",".join(link.seeds)) if is_short else ("seeds_left_out", str(len(link.seeds))))
        names = (name.replace("|", "/")[:LONGEST_SEED_NAME] for name in link.seed_names[:NAMED_SEEDS])
        written.append(("seed_names", "|".join(names)))
    for name in ("catalogue", "checksums"):
        if value := getattr(link, name):
            written.append((name, value[:LONGEST_TEXT]))
    if blocked := len(link.recipe.filters.blocked_artists):
        written.append(("blocked", str(blocked)))
    return urlencode(written, safe=":,.|~", quote_via=quote)


def from_query(query: str) -> RecipeLink:
    """
    Read the address of a link.

    Raises
    ------
    BadValue
        It is too long, or a parameter is unknown, given twice or malformed; `field` names it.
    """
    if len(query) > LONGEST_LINK:
        raise BadValue(f"This link is longer than {LONGEST_LINK:,} characters. It cannot be one of ours.", "link")
    try:
        pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=2_000, errors="strict")
    except ValueError as problem:
        raise BadValue("This link is broken: it is not text in UTF-8. Ask for it again.", "link") from problem
    return from_parameters(pairs)


def from_parameters(pairs: Iterable[tuple[str, str]]) -> RecipeLink:
    """Read the parameters of a link, (name, text) each; what is left out has its default. Raises as `from_query`."""
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        if name not in _READERS:
            raise BadValue(f"There is no parameter called “{name[:60]}”.", name[:60])
        given.setdefault(name, []).append(text)
        if len(given[name]) > (MOST_NAMES if name in REPEATED else 1):
            raise BadValue(f"“{name}” is given too often.", name)
    values = {name: read_parameter(name, texts) for name, texts in given.items()}
    about = {name: values.pop(name) for name in ABOUT if name in values}
    return RecipeLink(recipe_of(values), **about)


def read_parameter(name: str, texts: list[str]) -> Any:
    """The value of one of `PARAMETERS`. Raises `BadValue` with its name."""
    try:
        return _READERS[name](texts)
    except (BadRecipe, UnknownFeature) as problem:
        raise BadValue(f"“{name}”: {problem}", name) from problem


def recipe_of(values: Mapping[str, Any]) -> Recipe:
    """The recipe of parameters that were read, by their names. Raises `BadValue` where they do not fit together."""
    filters = Filters(**{_FILTERS[name]: value for name, value in values.items() if name in _FILTERS})
    dials = {_DIALS.get(name, name): value for name, value in values.items() if name not in (*_FILTERS, "preset")}
    if preset := values.get("preset"):
        dials["weights"] = _PRESETS[preset].all_weights() | dials.get("weights", {})
    try:
        return Recipe(**dials, filters=filters)
    except BadRecipe as problem:
        named = "locked" if "locked" in str(problem) else "weights"
        raise BadValue(str(problem), named) from problem


def recipe_parameters(recipe: Recipe) -> Iterable[tuple[str, str]]:
    """What differs from the default as (name, text), in a fixed order; a block list is left out."""
    usual = Recipe()
    # The preset that shares most weights with these, and the weights in which they differ from it.
    differing = [{n: w for n, w in recipe.weights.items() if w != preset.all_weights()[n]} for preset in PRESETS]
    nearest = min(range(len(PRESETS)), key=lambda number: len(differing[number]))
    preset, weights = PRESETS[nearest], differing[nearest]
    if preset != PRESETS[0]:
        yield "preset", preset.name.lower()
    for name, pairs in (("weights", weights), ("shifts", {n: s for n, s in recipe.shifts.items() if s})):
        if pairs:
            yield name, ",".join(f"{of}:{_as_text(value)}" for of, value in pairs.items())
    for name in _PLAIN_DIALS:
        dial = _DIALS.get(name, name)
        if (value := getattr(recipe, dial)) != getattr(usual, dial):
            yield name, _as_text(value)
    yield from _filter_parameters(recipe.filters)
    if recipe.locked:
        yield "locked", ",".join(f"{track_id}:{position}" for track_id, position in recipe.locked.items())


def _filter_parameters(filters: Filters) -> Iterable[tuple[str, str]]:
    yield from (("only", f"{name}:{format_range(name, ends)}") for name, ends in filters.ranges.items())
    yield from ((name, "true") for name in SWITCHES if getattr(filters, name))
    yield from (("genre", name) for name in filters.genres)
    yield from (("not_genre", name) for name in filters.not_genres)
    yield from (("not_artist", name) for name in filters.not_artists)


def to_json(link: RecipeLink) -> str:
    """The same as a JSON text, with the whole block list."""
    about = {name: getattr(link, name) for name in ("seeds", "seed_names", "catalogue", "checksums")}
    return json.dumps({"tonearm_recipe": VERSION, **about, "recipe": link.recipe.as_json()}, ensure_ascii=False)


def from_json(text: str) -> RecipeLink:
    """
    Read what `to_json` wrote.

    Raises
    ------
    BadValue
        It is no recipe, or a value in it is out of range.
    """
    try:
        stored = parse_json(text)
        if not isinstance(stored, dict) or not isinstance(stored.get("recipe"), dict) or "tonearm_recipe" not in stored:
            raise BadValue("This is not a Tonearm recipe: it lacks “tonearm_recipe” or “recipe”.", "recipe")
        seeds = _ids([",".join(stored.get("seeds", ()))], MOST_SEEDS_IN_JSON) if stored.get("seeds") else ()
        names = tuple(str(name)[:LONGEST_TEXT] for name in stored.get("seed_names", ())[:MOST_SEEDS])
        catalogue, checksums = (str(stored.get(name, ""))[:LONGEST_TEXT] for name in ("catalogue", "checksums"))
        return RecipeLink(Recipe.from_json(stored["recipe"]), seeds, names, catalogue, checksums)
    except (BadRecipe, UnknownFeature) as problem:
        raise BadValue(str(problem), "recipe") from problem
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise BadValue("This recipe file is broken: a value in it has the wrong form.", "recipe") from problem


def _as_text(value: float | bool | str | None) -> str:
    """A value as its reader reads it."""
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return ANY if value is None else str(value).lower()


def _number(low: float, high: float) -> Callable[[list[str]], float]:
    def read(texts: list[str]) -> float:
        value = float(texts[0]) if NUMBER.fullmatch(texts[0][:40]) else float("nan")
        if not low <= value <= high:  # false for NaN as well
            raise BadRecipe(f"It must be a number from {low:g} to {high:,}.")
        return value

    return read


def _whole(low: int, high: int) -> Callable[[list[str]], int]:
    def read(texts: list[str]) -> int:
        text = texts[0]
        if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
            raise BadRecipe(f"It must be a whole number from {low} to {high}.")
        return int(text)

    return read


def _per_artist(texts: list[str]) -> int | None:
    return None if texts[0] == ANY else _whole(1, LONGEST_LIST)(texts)


def _switch(texts: list[str]) -> bool:
    if texts[0] not in ("true", "false"):
        raise BadRecipe("It must be true or false.")
    return texts[0] == "true"


def _one_of(names: tuple[str, ...]) -> Callable[[list[str]], str]:
    def read(texts: list[str]) -> str:
        if texts[0] not in names:
            raise BadRecipe(f"It must be one of: {', '.join(names)}.")
        return texts[0]

    return read


def _pairs(low: float, high: float, among: tuple[Feature, ...]) -> Callable[[list[str]], dict[str, float]]:
    """A reader of `energy:2,valence:0.5`."""
    one = _number(low, high)

    def read(texts: list[str]) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, colon, value in (part.partition(":") for part in texts[0].split(",")):
            if not colon or name in found:
                raise BadRecipe("It must read like energy:2,valence:0.5, with each feature once.")
            found[feature(name, among).name] = one([value])
        return found

    return read


def read_ranges(texts: Iterable[str], between: str = ":") -> dict[str, Range]:
    """
    Ranges such as `year:1990..1999` by feature name; several in one text are joined with commas.

    Raises
    ------
    BadRecipe
        A text is no range, or a feature is given twice.
    UnknownFeature
        A range names no number feature.
    """
    ranges: dict[str, Range] = {}
    for part in (part for text in texts for part in text.split(",")):
        name, sign, ends = part.partition(between)
        if not sign:
            raise BadRecipe(f"It must read like year{between}1990..1999 or tempo{between}..120, not “{part[:60]}”.")
        known = feature(name.strip(), NUMBER_FEATURES).name
        if known in ranges:
            raise BadRecipe(f"The limits of {known} are given twice.")
        ranges[known] = parse_range(known, ends)
    Filters(ranges=ranges)
    return ranges


def _names(what: str) -> Callable[[list[str]], tuple[str, ...]]:
    def read(texts: list[str]) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(text.strip() for text in texts))
        check_names(names, what)
        return names

    return read


def _ids(texts: list[str], at_most: int = MOST_SEEDS) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys(texts[0].split(",")))
    if len(ids) > at_most or not all(TRACK_ID.fullmatch(one) for one in ids):
        raise BadRecipe(f"It must be at most {at_most:,} track ids with commas between them.")
    return ids


def _locked(texts: list[str]) -> dict[str, int]:
    locked = {}
    for track_id, _, position in (part.rpartition(":") for part in texts[0].split(",")):
        if not TRACK_ID.fullmatch(track_id):
            raise BadRecipe("It must read like ID:3,ID:5, a track id and its position.")
        locked[track_id] = _whole(1, LONGEST_LIST)([position])
    return locked


def _text(texts: list[str]) -> str:
    if len(texts[0]) > LONGEST_TEXT or not texts[0].isprintable():
        raise BadRecipe(f"It must be text of at most {LONGEST_TEXT} characters.")
    return texts[0]


_PRESETS: Final = {preset.name.lower(): preset for preset in PRESETS}
_READERS: Final[Mapping[str, Callable[[list[str]], Any]]] = {
    "preset": _one_of(tuple(_PRESETS)),
    "weights": _pairs(0, HEAVIEST, FEATURES),
    "shifts": _pairs(-2, 2, NUMBER_FEATURES),
    "familiarity": _number(-1, 1),
    "variety": _number(0, 1),
    "minutes": _number(1, MOST_MINUTES),
    "only_new_artists": _switch,
    "per_artist": _per_artist,
    "limit": _whole(1, LONGEST_LIST),
    "only": read_ranges,
    **dict.fromkeys(SWITCHES, _switch),
    "genre": _names("genres"),
    "not_genre": _names("genres"),
    "not_artist": _names("artists"),
    "from": _one_of(CHOICES),
    "silent_months": _number(1, MOST_SILENT_MONTHS),
    "order": _one_of(ORDERS),
    "by": _one_of(ORDERED_BY),
    "spacing": _whole(0, MOST_SPACING),
    "locked": _locked,
    "seeds": _ids,
    "seed_names": lambda texts: tuple(_text(texts).split("|")[:MOST_SEEDS]),
    "catalogue": _text,
    "checksums": _text,
    "blocked": _whole(0, 1_000_000),
    "seeds_left_out": _whole(0, 1_000_000),
}
"""How each parameter is read from its texts."""

PARAMETERS: Final = tuple(_READERS)
ABOUT: Final = ("seeds", "seed_names", "catalogue", "checksums", "blocked", "seeds_left_out")
"""Parameters about a link, which are not of its recipe."""

_DIALS: Final = {"limit": "length", "from": "choose_from"}
_PLAIN_DIALS: Final = (
    "limit",
    "minutes",
    "familiarity",
    "only_new_artists",
    "variety",
    "per_artist",
    "from",
    "silent_months",
    "order",
    "by",
    "spacing",
)
_FILTERS: Final = {
    "only": "ranges",
    **{name: name for name in SWITCHES},
    "genre": "genres",
    "not_genre": "not_genres",
    "not_artist": "not_artists",
}
"""Parameters that are filters, and what `Filters` calls them."""
