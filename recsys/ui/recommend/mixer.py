"""The mixer: what its component is given, and what a move of it does to the recipe."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from recsys.core.engine.presets import PRESETS
from recsys.core.engine.recipe import Recipe
from recsys.core.model.features import FEATURES, Feature, default_weights, feature
from recsys.core.model.numbers import is_number
from recsys.errors import BadRecipe, TonearmError
from recsys.ui.components import mount
from recsys.ui.recommend.chips import active_preset
from recsys.ui.recommend.levels import AIMS, LEVEL_WORDS, aim_in_words, levels, nearest_aim, nearest_level
from recsys.ui.recommend.list_state import list_state, received
from recsys.ui.recommend.listener_view import ListenerView
from recsys.ui.session import ListenerSession

ALL_OFF = "Every feature is off, so nothing tells one song from another. Turn at least one up."
KEY = "mixer"


def mixer(data: dict[str, Any]) -> None:
    """Draw the mixer."""
    mount("mixer", key=KEY, data=data, on_move_change=partial(received, KEY, "move"))


def mixer_data(session: ListenerSession, view: ListenerView, of_list: Mapping[str, float | None]) -> dict[str, Any]:
    """What the mixer shows; `of_list` is the median position of the list in each feature."""
    active = active_preset(session.recipe)
    return {
        "serial": list_state().serial,
        "presets": [
            {"name": preset.name, "help": f"{preset.says}.", "is_active": preset.name == active} for preset in PRESETS
        ],
        "who": "start" if view.seeds else "you",
        "level_words": LEVEL_WORDS,
        "features": [_feature(f, session.recipe, view, of_list.get(f.name)) for f in FEATURES],
    }


def take_move(session: ListenerSession, move: Mapping[str, Any]) -> None:
    """
    Apply what the mixer sent: a preset, a reset, or new aims and weights.

    Only what was moved changes, so that a weight between two levels stays as exact as it came. What no mixer sends
    changes nothing.
    """
    try:
        changed = moved(session.recipe, move)
    except BadRecipe:
        list_state().say(ALL_OFF)
    except TonearmError:
        return
    else:
        session.recipe = changed


def moved(recipe: Recipe, move: Mapping[str, Any]) -> Recipe:
    """The recipe after a move. Raises `BadRecipe` for values out of range, `UnknownFeature` for a name that is none."""
    if move.get("reset"):
        return replace(recipe, weights=default_weights(), shifts={})
    if preset := next((preset for preset in PRESETS if preset.name == move.get("preset")), None):
        return replace(recipe, weights=preset.all_weights())
    sent: dict[str, dict[str, float]] = {}
    for kind in ("aims", "weights"):
        given = move.get(kind)
        pairs = given.items() if isinstance(given, Mapping) else ()
        sent[kind] = {feature(str(name)).name: float(value) for name, value in pairs if is_number(value)}
    aims, weights = sent["aims"], sent["weights"]
    shifts = {name: shift for name, shift in {**recipe.shifts, **aims}.items() if shift}
    return replace(recipe, weights={**recipe.weights, **weights}, shifts=shifts)


def _feature(f: Feature, recipe: Recipe, view: ListenerView, of_list: float | None) -> dict[str, Any]:
    picture = view.pictures.get(f.name)
    who = "the start" if view.seeds else "you"
    # Why a feature cannot be steered by.
    disabled = None
    if not view.catalogue.known_features[FEATURES.index(f)]:
        disabled = "not known for these songs"
    elif f.scale != "genre" and (picture is None or picture.you is None):
        disabled = "not known for your songs"
    return {
        "name": f.name,
        "title": f.title,
        "help": f.help,
        "low": f.low_words,
        "high": f.high_words,
        "own": f"{who}: {view.own_words[f.name]}",
        "aim": nearest_aim(recipe.shifts.get(f.name, 0.0)),
        "aim_words": [(f"{aim_in_words(f, shift)} than {who}" if shift else f"like {who}") for shift in AIMS],
        "can_aim": f.is_ordered,
        "level": nearest_level(f, recipe.weights[f.name]),
        "levels": levels(f),
        "disabled": disabled,
        "axis": picture and picture.axis,
        "own_heights": picture.own if picture else [],
        "pool_heights": picture.pool if picture else [],
        "you": picture and picture.you,
        "list": of_list,
    }
