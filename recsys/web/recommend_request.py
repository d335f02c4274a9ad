"""The parameters of `/api/recommend`: described for OpenAPI here, read by the grammar that recipe links have too."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field, PlainValidator, WithJsonSchema, create_model

from recsys.core.engine.link_values import NUMBER
from recsys.core.engine.ordering import ORDERED_BY, ORDERS
from recsys.core.engine.presets import PRESETS
from recsys.core.engine.recipe import (
    CHOICES,
    HEAVIEST,
    LONGEST_LIST,
    MOST_MINUTES,
    MOST_SILENT_MONTHS,
    MOST_SPACING,
    Recipe,
)
from recsys.core.engine.recipe_link import ABOUT, REPEATED, read_parameter, recipe_of
from recsys.core.model.features import FEATURES
from recsys.errors import BadValue


def _number(low: float, high: float, default: float | None = None) -> dict[str, Any]:
    return {"type": "number", "minimum": low, "maximum": high, **({} if default is None else {"default": default})}


def _whole(low: int, high: int, default: int | None = None) -> dict[str, Any]:
    return {**_number(low, high, default), "type": "integer"}


def _pairs(sign: str = "") -> dict[str, Any]:
    return {"type": "string", "pattern": f"^[a-z]+:{sign}[0-9.]+(,[a-z]+:{sign}[0-9.]+)*$"}


def _one_of(names: tuple[str, ...], default: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(names), "default": default}


_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_SWITCH: Final = {"type": "boolean", "default": False}
_PRESETS: Final = tuple(preset.name.lower() for preset in PRESETS)
_PER_ARTIST: Final = {"anyOf": [_whole(1, LONGEST_LIST), {"type": "string", "enum": ["any"]}], "default": 2}
_DESCRIBED: Final[Mapping[str, tuple[dict[str, Any], str]]] = {
    "limit": (_whole(1, LONGEST_LIST, 30), "The length of the list at most."),
    "minutes": (_number(1, MOST_MINUTES), "How long the list plays; then `limit` does not count."),
    "preset": (_one_of(_PRESETS, _PRESETS[0]), "Weights to start from."),
    "weights": (_pairs(), "How much features count, such as energy:2,valence:0.5."),
    "shifts": (_pairs("-?"), "Where to aim beside the caller's taste, such as energy:1."),
    "seeds": (_TEXT, "Ids of tracks to use instead of the library, with commas between them."),
    "minus": (_TEXT, "Ids of tracks to stay away from, with commas between them."),
    "familiarity": (_number(-1, 1, 0), "Above 0 prefers known artists."),
    "only_new_artists": (_SWITCH, "Leave out every artist in the library."),
    "variety": (_number(0, 1, 0), "0 ranks by score alone, 1 spreads the list."),
    "per_artist": (_PER_ARTIST, "At most this many songs by one artist."),
    "from": (_one_of(CHOICES, "new"), "Choose from new songs, from own songs that were forgotten, or from everything."),
    "silent_months": (_number(1, MOST_SILENT_MONTHS, 6), "Months without a play after which a song is forgotten."),
    "only": (_TEXTS, "Only songs with a feature in a range: year:1990..1999, tempo:..120, duration:2:00..5:00."),
    "no_explicit": (_SWITCH, "No song that is or may be explicit."),
    "no_live": (_SWITCH, "No live recordings, by title or liveness."),
    "no_remix": (_SWITCH, "No remixes, by title."),
    "no_christmas": (_SWITCH, "No Christmas songs, by title or album."),
    "genre": (_TEXTS, "Only songs of these genres; or one number, how much genre counts."),
    "not_genre": (_TEXTS, "No song of these genres."),
    "not_artist": (_TEXTS, "No song that these artists take part in."),
    "order": (_one_of(ORDERS, "score"), "How the songs of the list follow each other."),
    "by": (_one_of(ORDERED_BY, "energy"), "What rises, falls or makes the arc."),
    "spacing": (_whole(0, MOST_SPACING, 0), "Songs between two of one artist or album, at least."),
    "locked": (_TEXT, "Songs that stay at a position: ID:3,ID:5."),
    "seed_names": (_TEXT, "Part of a recipe link; not used here."),
    "catalogue": (_TEXT, "Part of a recipe link; not used here."),
    "checksums": (_TEXT, "Part of a recipe link; not used here."),
    "blocked": (_whole(0, 1_000_000), "Part of a recipe link; not used here."),
    "minus_names": (_TEXT, "Part of a recipe link; not used here."),
    "seeds_left_out": (_whole(0, 1_000_000), "Part of a recipe link; not used here."),
    "minus_left_out": (_whole(0, 1_000_000), "Part of a recipe link; not used here."),
}
_WEIGHTS: Final = {
    f.name: (_number(0, HEAVIEST, f.default_weight), f"How much {f.title.lower()} counts.") for f in FEATURES
}
_NOT_OF_THE_RECIPE: Final = ("user_id", *ABOUT)


def _read(name: str) -> PlainValidator:
    """Reads a parameter of links; a feature's own name with a number is its weight."""

    def read(value: Any) -> Any:
        texts = value if isinstance(value, list) else [value]
        is_weight = name in _WEIGHTS and (name not in _DESCRIBED or NUMBER.fullmatch(texts[0]))
        if not is_weight:
            return read_parameter(name, texts)
        try:
            return read_parameter("weights", [f"{name}:{texts[0]}"])[name]
        except BadValue as problem:
            raise BadValue(str(problem).replace("“weights”", f"“{name}”"), name) from problem

    return PlainValidator(read)


_FIELDS: Final[dict[str, Any]] = {
    name: (
        Annotated[
            list[str] if name in REPEATED else str,  # FastAPI gives every text of a list, and one of anything else
            _read(name),
            WithJsonSchema({**schema, "description": description}),
        ],
        Field(default_factory=lambda: None),
    )
    for name, (schema, description) in {**_WEIGHTS, **_DESCRIBED}.items()
}


class RecommendRequest(create_model("Parameters", **_FIELDS)):  # type: ignore[misc]  # one field per parameter
    """
    What a program may ask for.

    Reading raises `BadValue` with the name of the parameter, which pydantic passes on as it is.
    """

    model_config = ConfigDict(extra="forbid")

    user_id: str | None = Field(None, description="The caller; anybody else is refused.")

    @property
    def seed_ids(self) -> tuple[str, ...]:
        """Ids of the tracks to start from; none for the whole library."""
        return self.seeds or ()

    @property
    def minus_ids(self) -> tuple[str, ...]:
        """Ids of the tracks to stay away from."""
        return self.minus or ()

    def recipe(self) -> Recipe:
        """
        What was asked for as a recipe; what was left out has its default.

        Raises
        ------
        BadValue
            A feature's weight is given twice, every weight is zero, or two songs are locked at one position.
        """
        given = {name: getattr(self, name) for name in self.model_fields_set if name not in _NOT_OF_THE_RECIPE}
        single = {name: given.pop(name) for name in _WEIGHTS if isinstance(given.get(name), float)}
        listed = given.get("weights", {})
        if twice := sorted(single.keys() & listed.keys()):
            raise BadValue(f"The weight of “{twice[0]}” is given twice.", twice[0])
        return recipe_of({**given, "weights": {**listed, **single}})


def no_parameter(name: str) -> BadValue:
    """The refusal of a parameter that does not exist."""
    return BadValue(f"There is no parameter called “{name[:60]}”.", name[:60])
