"""Controls beside the mixer; every position of a slider is shown in words."""

from dataclasses import replace
from functools import partial
from typing import Any, Final

import streamlit as st

from recsys.core.engine.recipe import CHOICES, Recipe
from recsys.ui.session import ListenerSession

FAMILIARITY_STEP: Final = 0.25
CHOICE_WORDS: Final = {"new": "New to me", "forgotten": "Forgotten", "everything": "Everything"}
"""The choices of a recipe in a listener's words."""

_HOW_FAR: Final = ("a little", "somewhat", "much", "very much")
_FAMILIARITIES: Final = [FAMILIARITY_STEP * number for number in range(-len(_HOW_FAR), len(_HOW_FAR) + 1)]
"""From one end to another, with four positions on each side of the middle."""
_MONTHS: Final = (1, 36)
_LENGTHS: Final = (5, 100)
_FEW: Final = 2
_SETTINGS: Final = {
    "dial_choice": "choose_from",
    "dial_silent": "silent_months",
    "dial_length": "length",
    "dial_familiarity": "familiarity",
    "dial_new": "only_new_artists",
    "dial_variety": "variety",
}
"""What each control sets, by widget key; `dial_artist` is a switch for a number, see `_setting`."""


def filters(session: ListenerSession) -> None:
    """
    Which songs to choose from, how many, how familiar, how varied; what is set goes into the session's recipe.

    A value from a link or a file may lie between two positions of its control, or outside its range: it stays as it is
    until the control is moved.
    """
    at = dial_positions(session.recipe)
    chosen: dict[str, Any] = {
        "dial_choice": st.segmented_control(
            "Songs", CHOICES, format_func=CHOICE_WORDS.__getitem__, key="dial_choice", required=True, width="stretch"
        )
    }
    if chosen["dial_choice"] == "forgotten":
        chosen["dial_silent"] = st.slider(
            "Not heard for",
            *_MONTHS,
            format="%d months",
            key="dial_silent",
            help="If we know no plays of a song, we count from the day you added it.",
        )
    chosen["dial_length"] = st.slider("Number of tracks", *_LENGTHS, step=5, key="dial_length")
    chosen["dial_familiarity"] = st.select_slider(
        "New artists ↔ familiar artists",
        _FAMILIARITIES,
        format_func=partial(which_way, middle="no preference", step=FAMILIARITY_STEP),
        key="dial_familiarity",
    )
    chosen["dial_new"] = st.toggle("Only artists that are new to me", key="dial_new")
    variety_help = "Further right, songs much like one already on the list make way for others."
    chosen["dial_variety"] = st.slider(
        "Variety", 0.0, 1.0, step=0.1, format="percent", key="dial_variety", help=variety_help
    )
    chosen["dial_artist"] = st.toggle("At most two songs of one artist", key="dial_artist")
    moved = [key for key, position in chosen.items() if position is not None and position != at[key]]
    session.recipe = replace(session.recipe, **dict(_setting(key, chosen[key]) for key in moved))


def dial_positions(recipe: Recipe) -> dict[str, Any]:
    """The value of each control for a recipe, by widget key: the nearest that the control has."""
    return {
        "dial_choice": recipe.choose_from,
        "dial_silent": _within(round(recipe.silent_months), *_MONTHS),
        "dial_length": _within(recipe.length, *_LENGTHS),
        "dial_familiarity": min(_FAMILIARITIES, key=lambda position: abs(position - recipe.familiarity)),
        "dial_new": recipe.only_new_artists,
        "dial_variety": float(recipe.variety),
        "dial_artist": recipe.per_artist is not None and recipe.per_artist <= _FEW,
    }


def _within(number: int, low: int, high: int) -> int:
    return min(high, max(low, number))


def _setting(key: str, position: Any) -> tuple[str, Any]:
    """What a control that was moved sets, by its name in a recipe."""
    if key == "dial_artist":
        return "per_artist", _FEW if position else None
    return _SETTINGS[key], float(position) if key == "dial_silent" else position


def which_way(position: float, middle: str, step: float) -> str:
    """A position in words: "← a little" or "much →", and `middle` at 0. Short, as both ends show when one is moved."""
    if not position:
        return middle
    how_far = _HOW_FAR[round(abs(position) / step) - 1]
    return f"{how_far} →" if position > 0 else f"← {how_far}"
