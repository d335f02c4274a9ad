"""What a program may ask of `/api/recommend`, as a table: its values become a recipe, and the list an answer."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from recsys.core.engine.recipe import LONGEST_LIST, Recipe
from recsys.core.engine.recommender import Recommendations
from recsys.core.export import to_csv
from recsys.core.model.features import FEATURES, NUMBER_FEATURES
from recsys.errors import BadRecipe, BadValue, UnknownFeature

HEAVIEST: Final = 100.0
MOST_SEEDS: Final = 50
NUMBER: Final = r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
"""As in JSON or a little looser; `float` would also read "1_0", " 5 " and digits of other scripts."""

TRACK_ID: Final = r"[A-Za-z0-9:_-]{1,64}"


@dataclass(frozen=True)
class Parameter:
    """One parameter of the address: its JSON schema, what it means, and how its text is read."""

    name: str
    schema: Mapping[str, Any]
    says: str
    read: Callable[[str, str], Any]


@dataclass(frozen=True)
class Wish:
    """What a program asked for. `user_id` is None where it was left out: then the caller's own list is meant."""

    recipe: Recipe
    seeds: tuple[str, ...]
    user_id: str | None


def _number(low: float, high: float) -> Callable[[str, str], float]:
    def read(name: str, text: str) -> float:
        value = float(text) if re.fullmatch(NUMBER, text) else math.nan
        if not low <= value <= high:  # false for NaN as well
            raise BadValue(f"“{name}” must be a number from {low:g} to {high:g}.", name)
        return value

    return read


def _whole(low: int, high: int) -> Callable[[str, str], int]:
    def read(name: str, text: str) -> int:
        is_whole = text.isascii() and text.isdigit() and len(text) < 10
        if not is_whole or not low <= int(text) <= high:
            raise BadValue(f"“{name}” must be a whole number from {low} to {high}.", name)
        return int(text)

    return read


def _truth(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise BadValue(f"“{name}” must be true or false.", name)
    return text == "true"


def _text(name: str, text: str) -> str:
    return text


def _pairs(low: float, high: float) -> Callable[[str, str], dict[str, float]]:
    """`energy:2,valence:0.5` as a mapping."""
    one = _number(low, high)

    def read(name: str, text: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for part in text.split(","):
            feature, colon, value = part.partition(":")
            if not colon or feature in found:
                raise BadValue(f"“{name}” must read like energy:2,valence:0.5, each feature once.", name)
            found[feature] = one(name, value)
        return found

    return read


def _ids(name: str, text: str) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys(text.split(",")))
    if len(ids) > MOST_SEEDS or not pd.Series(ids).str.fullmatch(TRACK_ID).all():
        raise BadValue(f"“{name}” must be at most {MOST_SEEDS} track ids with commas between them.", name)
    return ids


def _range(kind: str, low: float, high: float) -> dict[str, Any]:
    return {"type": kind, "minimum": low, "maximum": high}


def _pattern(low_sign: str = "") -> dict[str, Any]:
    return {"type": "string", "pattern": f"^[a-z]+:{low_sign}[0-9.]+(,[a-z]+:{low_sign}[0-9.]+)*$"}


DIALS: Final = (
    Parameter("limit", _range("integer", 1, LONGEST_LIST), "How many tracks at most.", _whole(1, LONGEST_LIST)),
    Parameter("weights", _pattern(), "How much features count, such as energy:2,valence:0.5.", _pairs(0, HEAVIEST)),
    Parameter("shifts", _pattern("-?"), "Where to aim beside the caller's taste, such as energy:1.", _pairs(-2, 2)),
    Parameter("seeds", {"type": "string"}, "Track ids that speak instead of the library.", _ids),
    Parameter("familiarity", _range("number", -1, 1), "Above 0 prefers known artists.", _number(-1, 1)),
    Parameter("only_new_artists", {"type": "boolean"}, "Leave out every artist in the library.", _truth),
    Parameter("variety", _range("number", 0, 1), "0 ranks by score alone, 1 spreads the list.", _number(0, 1)),
    Parameter("per_artist", _range("integer", 1, LONGEST_LIST), "Tracks of one artist.", _whole(1, LONGEST_LIST)),
    Parameter("user_id", {"type": "string"}, "The caller; anybody else is refused.", _text),
)
WEIGHTS: Final = tuple(
    Parameter(f.name, _range("number", 0, HEAVIEST), f"How much {f.title.lower()} counts.", _number(0, HEAVIEST))
    for f in FEATURES
)
PARAMETERS: Final = {parameter.name: parameter for parameter in (*DIALS, *WEIGHTS)}

_DIALS: Final = {
    "limit": "length",
    "familiarity": "familiarity",
    "only_new_artists": "only_new_artists",
    "variety": "variety",
    "per_artist": "per_artist",
}
"""Parameters that are dials of a recipe, and what the recipe calls them."""


def wish(given: Iterable[tuple[str, str]]) -> Wish:
    """
    Read the parameters of an address.

    Parameters
    ----------
    given : iterable of (name, text)
        As they stand in the address. What is left out keeps its default.

    Raises
    ------
    BadValue
        A name that is not in `PARAMETERS` or stands twice, or a value that is not what it must be; `field` names it.
    """
    values: dict[str, Any] = {}
    for name, text in given:
        if name not in PARAMETERS:
            raise BadValue(f"There is no parameter called “{name}”.", name)
        if name in values:
            raise BadValue(f"“{name}” is given more than once.", name)
        values[name] = PARAMETERS[name].read(name, text)
    return Wish(_recipe(values), values.get("seeds", ()), values.get("user_id"))


def _recipe(values: Mapping[str, Any]) -> Recipe:
    single = {parameter.name: values[parameter.name] for parameter in WEIGHTS if parameter.name in values}
    listed, shifts = values.get("weights", {}), values.get("shifts", {})
    if twice := sorted(single.keys() & listed.keys()):
        raise BadValue(f"The weight of “{twice[0]}” is given twice.", twice[0])
    _check_names("weights", listed, {f.name for f in FEATURES})
    _check_names("shifts", shifts, {f.name for f in NUMBER_FEATURES})
    dials = {dial: values[name] for name, dial in _DIALS.items() if name in values}
    try:
        return Recipe(weights={**listed, **single}, shifts=shifts, **dials)
    except (BadRecipe, UnknownFeature) as problem:
        raise BadValue(str(problem), "weights") from problem


def _check_names(field: str, given: Mapping[str, float], known: set[str]) -> None:
    for name in given:
        if name not in known:
            raise BadValue(f"There is no feature called “{name}”. Choose from: {', '.join(sorted(known))}.", field)


def as_json(listener: str, found: Recommendations, created_at: str, note: str | None = None) -> dict[str, Any]:
    """The list as plain JSON values: what is missing is null, and the contributions of each track sum to its score."""
    tracks = [_plain(row) for row in found.table.to_dict("records")]
    for track in tracks:
        track["contributions"] = _plain(found.contributions.loc[track["track_id"]].to_dict())
    about = {"user_id": listener, "created_at": created_at, "note": note}
    return {**about, "counts": _plain(found.counts), "tracks": tracks}


def as_csv(found: Recommendations, note: str | None = None) -> bytes:
    """The list as CSV that a spreadsheet opens safely, with a column per contribution; `note` stands in every row."""
    return to_csv(found.table.join(found.contributions.add_prefix("why_"), on="track_id"), note)


def kept(found: Recommendations, created_at: str) -> pd.DataFrame:
    """The list as the store keeps it: `track_id, score, created_at`."""
    return found.table[["track_id", "score"]].assign(created_at=created_at)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in row.items()}


def _plain_value(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
