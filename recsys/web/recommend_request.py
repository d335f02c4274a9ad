"""The parameters of `/api/recommend` as a pydantic model: it validates the query and describes it for OpenAPI."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from fastapi.exceptions import RequestValidationError
from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, create_model

from recsys.core.engine.recipe import LONGEST_LIST, Recipe
from recsys.core.model.features import FEATURES, NUMBER_FEATURES, Feature, feature
from recsys.errors import BadRecipe, BadValue, UnknownFeature

HEAVIEST: Final = 100
MAX_SEEDS: Final = 50
NUMBER: Final = r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
"""As in JSON or a little looser. Pydantic alone would also read "1_0", " 5 ", "yes" and digits of other scripts."""


def _written_as(pattern: str) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            raise ValueError
        return value

    return BeforeValidator(check)


def _pairs(low: float, high: float, among: tuple[Feature, ...]) -> Callable[[str], dict[str, float]]:
    """A reader of `energy:2,valence:0.5`."""

    def read(text: str) -> dict[str, float]:
        values: dict[str, float] = {}
        for name, colon, value in (part.partition(":") for part in text.split(",")):
            if not colon or name in values:
                raise ValueError("must read like energy:2,valence:0.5, with each feature once")
            try:
                values[feature(name, among).name] = float(value) if re.fullmatch(NUMBER, value) else float("nan")
            except UnknownFeature as problem:
                raise ValueError(f"must name features. {problem}".removesuffix(".")) from problem
            if not low <= values[name] <= high:  # false for NaN as well
                raise ValueError(f"must give {name} a number from {low:g} to {high:g}")
        return values

    return read


def _ids(text: str) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys(text.split(",")))
    if len(ids) > MAX_SEEDS or not all(re.fullmatch(r"[A-Za-z0-9:_-]{1,64}", one) for one in ids):
        raise ValueError(f"must be at most {MAX_SEEDS} track ids with commas between them")
    return ids


def _text_schema(sign: str = "") -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^[a-z]+:{sign}[0-9.]+(,[a-z]+:{sign}[0-9.]+)*$"})


Number = Annotated[float, _written_as(NUMBER)]
Whole = Annotated[int, _written_as("[0-9]{1,9}")]
TrueOrFalse = Annotated[bool, _written_as("true|false")]
Weights = Annotated[Mapping[str, float], BeforeValidator(_pairs(0, HEAVIEST, FEATURES)), _text_schema()]
Shifts = Annotated[Mapping[str, float], BeforeValidator(_pairs(-2, 2, NUMBER_FEATURES)), _text_schema("-?")]
Ids = Annotated[Any, BeforeValidator(_ids), WithJsonSchema({"type": "string"})]  # FastAPI splits tuples by itself


_WEIGHTS: Final[dict[str, Any]] = {
    f.name: (
        Number,
        Field(f.default_weight, ge=0, le=HEAVIEST, description=f"How much {f.title.lower()} counts."),
    )
    for f in FEATURES
}


class RecommendRequest(create_model("Weights", **_WEIGHTS)):  # type: ignore[misc]  # one field for each feature
    """What a program may ask for; each feature's weight is a parameter of its own as well."""

    model_config = ConfigDict(extra="forbid")

    limit: Whole = Field(30, ge=1, le=LONGEST_LIST, description="The length of the list at most.")
    weights: Weights = Field(default_factory=dict, description="How much features count, such as energy:2,valence:0.5.")
    shifts: Shifts = Field(default_factory=dict, description="Where to aim beside the caller's taste: energy:1.")
    seeds: Ids = Field(default_factory=tuple, description="Track ids to use instead of the library.")
    familiarity: Number = Field(0, ge=-1, le=1, description="Above 0 prefers known artists.")
    only_new_artists: TrueOrFalse = Field(False, description="Leave out every artist in the library.")
    variety: Number = Field(0, ge=0, le=1, description="0 ranks by score alone, 1 spreads the list.")
    per_artist: Whole = Field(2, ge=1, le=LONGEST_LIST, description="At most this many by one artist.")
    user_id: str | None = Field(None, description="The caller; anybody else is refused.")

    def recipe(self) -> Recipe:
        """
        What was asked for as a recipe; what was left out has its default.

        Raises
        ------
        BadValue
            A feature's weight is given twice, or every weight is zero.
        """
        single = {name: getattr(self, name) for name in _WEIGHTS if name in self.model_fields_set}
        if twice := sorted(single.keys() & self.weights.keys()):
            raise BadValue(f"The weight of “{twice[0]}” is given twice.", twice[0])
        try:
            return Recipe(
                weights={**self.weights, **single},
                shifts=self.shifts,
                familiarity=self.familiarity,
                only_new_artists=self.only_new_artists,
                variety=self.variety,
                per_artist=self.per_artist,
                length=self.limit,
            )
        except BadRecipe as problem:
            raise BadValue(str(problem), "weights") from problem


def refused(problem: RequestValidationError) -> BadValue:
    """The first error of a request as a sentence about its parameter."""
    first = problem.errors()[0]
    name = str(first["loc"][1])
    schema = RecommendRequest.model_json_schema()["properties"].get(name)
    if schema is None:
        return BadValue(f"There is no parameter called “{name}”.", name)
    if sentence := str(first.get("ctx", {}).get("error", "")):
        return BadValue(f"“{name}” {sentence}.", name)
    if schema["type"] == "boolean":
        return BadValue(f"“{name}” must be true or false.", name)
    kind = "whole number" if schema["type"] == "integer" else "number"
    return BadValue(f"“{name}” must be a {kind} from {schema['minimum']:g} to {schema['maximum']:g}.", name)
