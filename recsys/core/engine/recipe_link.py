"""A recipe as a link and as JSON: one grammar for the command line, the API's address and the links people share.

    weights=energy:2,year:0 & only=tempo:..120 & not_artist=Somebody & order=arc & seeds=4uLU6hMCjMI75M1A2tKUQC

Only what differs from the default is written. A link also names its seeds, the catalogue and the songs it listed, so
that a listener who opens it on other data reads what is different and why.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from recsys.core.engine import link_values as read
from recsys.core.engine.filters import MOST_NAMES, Filters
from recsys.core.engine.link_values import ANY, LONGEST_TEXT, MOST_SEEDS
from recsys.core.engine.ordering import ORDERED_BY, ORDERS
from recsys.core.engine.presets import PRESETS
from recsys.core.engine.ranges import format_range
from recsys.core.engine.recipe import (
    CHOICES,
    FURTHEST_AIM,
    HEAVIEST,
    LONGEST_LIST,
    MOST_MINUTES,
    MOST_SILENT_MONTHS,
    MOST_SPACING,
    Recipe,
)
from recsys.core.model.features import FEATURES, NUMBER_FEATURES
from recsys.errors import BadRecipe, BadValue, UnknownFeature
from recsys.parsing import parse_json

MOST_SEEDS_IN_JSON: Final = 1_000
LONGEST_SEED_NAME: Final = 40
NAMED_SEEDS: Final = 3
REPEATED: Final = ("only", "genre", "not_genre", "not_artist")
"""Parameters that may be given several times."""

SWITCHES: Final = ("no_explicit", "no_live", "no_remix", "no_christmas")
VERSION: Final = 1


@dataclass(frozen=True)
class RecipeLink:
    """
    A recipe with what it was used on.

    Attributes
    ----------
    recipe : Recipe
    seeds, seed_names : tuple of str
        Track ids that replace the library, and what the first of them are called.
    minus, minus_names : tuple of str
        Track ids to stay away from, and what the first of them are called.
    catalogue : str
        The name of the catalogue.
    checksums : str
        Of the catalogue, of the listener's data and of the songs listed, see `list_changes`.
    blocked : int
        How many artists of a block list were left out of the link.
    seeds_left_out, minus_left_out : int
        How many track ids were too many for the link, which then has none of them.
    """

    recipe: Recipe
    seeds: tuple[str, ...] = ()
    seed_names: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    minus_names: tuple[str, ...] = ()
    catalogue: str = ""
    checksums: str = ""
    blocked: int = 0
    seeds_left_out: int = 0
    minus_left_out: int = 0


def to_query(link: RecipeLink) -> str:
    """The address of a link behind the question mark."""
    written = [*recipe_parameters(link.recipe)]
    for of, ids, called in (("seeds", link.seeds, link.seed_names), ("minus", link.minus, link.minus_names)):
        if ids:
            written.append((of, ",".join(ids)) if len(ids) <= MOST_SEEDS else (f"{of}_left_out", str(len(ids))))
            names = (read.as_text(name.replace("|", "/")[:LONGEST_SEED_NAME]) for name in called[:NAMED_SEEDS])
            written.append((_NAMES_OF[of], "|".join(names)))
    for name in ("catalogue", "checksums"):
        if value := getattr(link, name):
            written.append((name, read.as_text(value)))
    if blocked := len(link.recipe.filters.blocked_artists):
        written.append(("blocked", str(blocked)))
    return urlencode(written, safe=":,.|~", quote_via=quote)


def from_parameters(pairs: Iterable[tuple[str, str]]) -> RecipeLink:
    """
    Read the parameters of a link, (name, text) each; what is left out has its default.

    Raises
    ------
    BadValue
        A parameter is unknown, given too often or malformed; `field` names it.
    """
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
    filters = recipe.filters
    yield from (("only", f"{name}:{format_range(name, ends)}") for name, ends in filters.ranges.items())
    yield from ((name, "true") for name in SWITCHES if getattr(filters, name))
    for name, names in (
        ("genre", filters.genres),
        ("not_genre", filters.not_genres),
        ("not_artist", filters.not_artists),
    ):
        yield from ((name, text) for text in names)
    if recipe.locked:
        yield "locked", ",".join(f"{track_id}:{position}" for track_id, position in recipe.locked.items())


def to_json(link: RecipeLink) -> str:
    """The same as a JSON text, with the whole block list."""
    about = {name: getattr(link, name) for name in JSON_ABOUT}
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
        json.dumps(stored, ensure_ascii=False).encode()  # raises `ValueError` for half a surrogate pair
        about: dict[str, Any] = {name: str(stored.get(name, ""))[:LONGEST_TEXT] for name in ("catalogue", "checksums")}
        for of, names in _NAMES_OF.items():
            about[of] = read.ids([",".join(stored[of])], MOST_SEEDS_IN_JSON) if stored.get(of) else ()
            about[names] = tuple(str(name)[:LONGEST_TEXT] for name in stored.get(names, ())[:MOST_SEEDS])
        return RecipeLink(Recipe.from_json(stored["recipe"]), **about)
    except (BadRecipe, UnknownFeature) as problem:
        raise BadValue(str(problem), "recipe") from problem
    except (ValueError, TypeError, KeyError) as problem:
        raise BadValue("This recipe file is broken: a value in it has the wrong type.", "recipe") from problem


def _as_text(value: float | bool | str | None) -> str:
    """A value as its reader reads it."""
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return ANY if value is None else str(value).lower()


_PRESETS: Final = {preset.name.lower(): preset for preset in PRESETS}
_READERS: Final[Mapping[str, Callable[[list[str]], Any]]] = {
    "preset": read.one_of(tuple(_PRESETS)),
    "weights": read.pairs(0, HEAVIEST, FEATURES),
    "shifts": read.pairs(-FURTHEST_AIM, FURTHEST_AIM, NUMBER_FEATURES),
    "familiarity": read.number(-1, 1),
    "variety": read.number(0, 1),
    "minutes": read.number(1, MOST_MINUTES),
    "only_new_artists": read.switch,
    "per_artist": read.per_artist,
    "limit": read.whole(1, LONGEST_LIST),
    "only": read.ranges,
    **dict.fromkeys(SWITCHES, read.switch),
    "genre": read.names("genres"),
    "not_genre": read.names("genres"),
    "not_artist": read.names("artists"),
    "from": read.one_of(CHOICES),
    "silent_months": read.number(1, MOST_SILENT_MONTHS),
    "order": read.one_of(ORDERS),
    "by": read.one_of(ORDERED_BY),
    "spacing": read.whole(0, MOST_SPACING),
    "locked": read.locked,
    "seeds": read.ids,
    "seed_names": read.joined_names,
    "minus": read.ids,
    "minus_names": read.joined_names,
    "catalogue": read.text,
    "checksums": read.text,
    "blocked": read.whole(0, 1_000_000),
    "seeds_left_out": read.whole(0, 1_000_000),
    "minus_left_out": read.whole(0, 1_000_000),
}
"""How each parameter is read from its texts."""

PARAMETERS: Final = tuple(_READERS)
_NAMES_OF: Final = {"seeds": "seed_names", "minus": "minus_names"}
JSON_ABOUT: Final = ("seeds", "seed_names", "minus", "minus_names", "catalogue", "checksums")
ABOUT: Final = (*JSON_ABOUT, "blocked", "seeds_left_out", "minus_left_out")
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
