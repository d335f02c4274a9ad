"""Positions of the settings beside the mixer, and how much of the list each feature explains."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from recsys.core.engine.recipe import Recipe
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
    return {
        "dial_choice": recipe.choose_from,
        "dial_silent": min(36, max(1, round(recipe.silent_months))),
        "dial_length": recipe.length,
        "dial_familiarity": recipe.familiarity,
        "dial_new": recipe.only_new_artists,
        "dial_variety": recipe.variety,
        "dial_artist": recipe.per_artist is not None,
        **rule_positions(recipe),
    }


def shares(contributions: pd.DataFrame) -> pd.Series:
    """How much of the list each column explains: mean absolute contribution, as shares that sum to 1, largest first."""
    sizes = np.abs(contributions.to_numpy()).mean(axis=0)
    order = np.argsort(-sizes, kind="stable")
    return pd.Series(sizes[order] / (sizes.sum() or 1.0), contributions.columns[order])


def percentages(shares: pd.Series) -> pd.Series:
    """Shares in whole per cent that add up to 100: what rounding down leaves goes to the largest remainders."""
    exact = 100 * shares.to_numpy()
    whole = exact.astype(int)
    left = round(float(exact.sum())) - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:left]] += 1
    return pd.Series(whole, shares.index)
