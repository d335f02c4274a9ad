"""Sets the controls of the recommend page to what a recipe says."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from recsys.core.engine.recipe import Recipe
from recsys.ui.recommend.filters import dial_positions
from recsys.ui.recommend.rules import rule_positions
from recsys.ui.session import ListenerSession


def set_weights(session: ListenerSession, weights: Mapping[str, float]) -> None:
    """Set the mixer's weights; “tune to me” uses it."""
    set_recipe(session, replace(session.recipe, weights=dict(weights)))


def set_recipe(session: ListenerSession, recipe: Recipe) -> None:
    """Replace the recipe, and set every control to its value in the new one."""
    session.recipe = recipe
    for key, position in positions(recipe).items():
        st.session_state[key] = position


def restore_positions(session: ListenerSession) -> None:
    """Restore the sliders from the recipe: Streamlit forgets widgets that another page does not draw."""
    for key, position in positions(session.recipe).items():
        st.session_state.setdefault(key, position)


def positions(recipe: Recipe) -> dict[str, Any]:
    """The value of each setting of the recommend page for a recipe, by widget key."""
    return dial_positions(recipe) | rule_positions(recipe)
