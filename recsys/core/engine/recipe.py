"""A recipe: everything a listener can set before a list is made. Saved weights and filters are recipes too."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from numbers import Integral
from typing import Any, Final, Literal, get_args

import numpy as np

from recsys.core.engine.filters import Filters, check_switch
from recsys.core.engine.ordering import ORDERED_BY, ORDERS, OrderBy, OrderName
from recsys.core.model.features import FEATURES, NUMBER_FEATURES, default_weights, feature
from recsys.core.model.numbers import is_number
from recsys.errors import BadRecipe

ChoiceName = Literal["new", "forgotten", "everything"]
CHOICES: Final[tuple[ChoiceName, ...]] = get_args(ChoiceName)
LONGEST_LIST = 500
HEAVIEST = 1_000_000
MOST_MINUTES = 1_440
MOST_SILENT_MONTHS = 240
MOST_SPACING = 20
FURTHEST_AIM = 4
"""An aim of 4 changes 18.0 of the first 20 songs, one of 2 changes 15.3: means over energy, valence, acousticness and
danceability, up and down, for three real libraries against 25,587 songs and for three invented ones."""


@dataclass(frozen=True)
class Recipe:
    """
    The dials of one list.

    Attributes
    ----------
    weights : mapping of feature name to float in 0..1,000,000
        How much each feature counts; 0 ignores it. Features not named keep their default weight.
        A weight is not a direction: it never asks for more or less of anything.
    shifts : mapping of feature name to float in -4..4
        Where to aim beside the listener's own profile, in steps of the catalogue's spread:
        {"energy": 1} asks for more energetic than me. Genre has no more or less, so it cannot be shifted.
        The other features hold the list back: at 4 its median moves by about 2 (`FURTHEST_AIM`).
    choose_from : one of CHOICES
        "new" songs; the listener's own that they have "forgotten": not heard for `silent_months`; or "everything".
    silent_months : float in 1..240
        Months without a play (where plays are not known: since it was added) after which a song counts as forgotten.
    familiarity : float in -1..1
        Above 0 prefers artists in the library, below 0 prefers new ones, 0 does not care.
    only_new_artists : bool
        True leaves out every artist in the library.
    variety : float in 0..1
        0 ranks by score alone; 1 spreads the list as far as possible.
    per_artist : int or None
        At most this many songs of one artist; None sets no limit.
    length : int in 1..500
        How many songs the list may hold.
    minutes : float in 1..1,440 or None
        How long the list plays, within half of its shortest song; then `length` does not count.
    filters : Filters
        What is left out whatever its score.
    order, by, spacing : one of ORDERS, one of ORDERED_BY, int in 0..20
        How the chosen songs are arranged, see `ordering.Order`.
    locked : mapping of track id to int in 1..500
        Songs that stay at a position of the list unless they are ruled out or there is no room for them, see `locked`.

    Raises
    ------
    BadRecipe
        A value is out of range or not a number (True and False are none), a count is not whole; all weights are zero.
    UnknownFeature
        A weight or shift names no feature.
    """

    weights: Mapping[str, float] = field(default_factory=default_weights)
    shifts: Mapping[str, float] = field(default_factory=dict)
    choose_from: ChoiceName = "new"
    silent_months: float = 6.0
    familiarity: float = 0.0
    only_new_artists: bool = False
    variety: float = 0.0
    per_artist: int | None = 2
    length: int = 30
    minutes: float | None = None
    filters: Filters = field(default_factory=Filters)
    order: OrderName = "score"
    by: OrderBy = "energy"
    spacing: int = 0
    locked: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", {**default_weights(), **self.weights})
        _check_weights(self.weights)
        for name, shift in self.shifts.items():
            _check_range(
                f"The shift of {feature(name, NUMBER_FEATURES).title.lower()}", shift, -FURTHEST_AIM, FURTHEST_AIM
            )
        if self.choose_from not in CHOICES:
            raise BadRecipe(f"Songs are chosen from {', '.join(CHOICES)}, not from {self.choose_from}.")
        _check_range("The number of silent months", self.silent_months, 1, MOST_SILENT_MONTHS)
        _check_range("Familiarity", self.familiarity, -1, 1)
        check_switch("only_new_artists", self.only_new_artists)
        _check_range("Variety", self.variety, 0, 1)
        _check_count("The number of tracks", self.length)
        if self.per_artist is not None:
            _check_count("The number of tracks per artist", self.per_artist)
        if self.minutes is not None:
            _check_range("The number of minutes", self.minutes, 1, MOST_MINUTES)
        for what, name, names in (("order", self.order, ORDERS), ("order by", self.by, ORDERED_BY)):
            if name not in names:
                raise BadRecipe(f"There is no {what} called “{name}”. Choose from: {', '.join(names)}.")
        _check_whole("The spacing", self.spacing, 0, MOST_SPACING)
        for position in self.locked.values():
            _check_count("The position of a locked song", position)
        if len(set(self.locked.values())) < len(self.locked):
            raise BadRecipe("Two songs cannot be locked at one position.")

    def with_weight(self, name: str, weight: float) -> "Recipe":
        """The same recipe with one weight changed."""
        return replace(self, weights={**self.weights, name: weight})

    def as_json(self) -> dict[str, Any]:
        """Plain values that `from_json` reads back."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Recipe":
        """
        A recipe from stored values; names this version does not know are ignored.

        Raises as `Recipe`, and `BadRecipe` where a value has the wrong type or there is no mapping at all.
        """
        names = {f.name for f in FEATURES}
        try:
            known = {name: value for name, value in stored.items() if name in cls.__dataclass_fields__}
            for mapping in ("weights", "shifts"):
                if mapping in known:
                    known[mapping] = {name: value for name, value in known[mapping].items() if name in names}
            if "filters" in known:
                known["filters"] = Filters.from_json(known["filters"])
            return cls(**known)
        except (ValueError, TypeError, AttributeError) as problem:
            says = "A value in the recipe has the wrong type. Save or download the recipe again on the Recommend page."
            raise BadRecipe(says) from problem


def _check_weights(weights: Mapping[str, float]) -> None:
    for name, weight in weights.items():
        title = feature(name).title
        if not is_number(weight) or not 0 <= weight <= HEAVIEST:
            raise BadRecipe(f"The weight of {title.lower()} must be a number from 0 up to {HEAVIEST:,}, not {weight}.")
    if not any(weights.values()):
        raise BadRecipe("Every weight is zero, so nothing tells one track from another. Raise at least one slider.")


def _check_count(what: str, count: int) -> None:
    _check_whole(what, count, 1, LONGEST_LIST)


def _check_whole(what: str, count: int, low: int, high: int) -> None:
    _check_range(what, count, low, high)
    if not isinstance(count, Integral):
        raise BadRecipe(f"{what} must be a whole number, not {count}.")


def _check_range(what: str, value: float, low: float, high: float) -> None:
    if not is_number(value) or not low <= value <= high:
        raise BadRecipe(f"{what} must be between {low} and {high}, not {value}.")


def _plain(value: Any) -> Any:
    """A dial without numpy's types, which cannot be stored as JSON."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value.item() if isinstance(value, np.generic) else value
