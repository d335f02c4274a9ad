"""The sliders: how much each feature counts, with the listener's own value in words beside each."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from recsys.core.engine.presets import PRESETS, WEIGHT_WORDS, Preset
from recsys.core.engine.recipe import Recipe
from recsys.core.model.features import FEATURES, Feature
from recsys.ui.parts.text import plain
from recsys.ui.session import ListenerSession


def weights_panel(session: ListenerSession, own_values: Mapping[str, str]) -> dict[str, float]:
    """
    Draw one slider per feature; give the weights they stand at.

    `own_values` says each feature's value for this listener in words; a feature that is not in it shows none.
    The weights are remembered in the session's recipe, so they survive a change of page.
    """
    with st.container(gap="xsmall"):
        weights = {f.name: _slider(f, own_values.get(f.name)) for f in FEATURES}
    if any(weights.values()):
        session.recipe = replace(session.recipe, weights=weights)
    return weights


def presets(session: ListenerSession) -> None:
    """A button per named set of weights, and one that puts everything back."""
    for preset in PRESETS:
        st.button(
            preset.name, key=f"preset_{preset.name}", help=f"{preset.says}.", on_click=_apply, args=(session, preset)
        )
    st.button(
        "Reset", key="preset_reset", type="tertiary", icon=":material/restart_alt:", on_click=_reset, args=(session,)
    )


def _apply(session: ListenerSession, preset: Preset) -> None:
    set_weights(session, preset.all_weights())


def _reset(session: ListenerSession) -> None:
    set_recipe(session, Recipe())


def set_weights(session: ListenerSession, weights: Mapping[str, float]) -> None:
    """Move the weight sliders from outside: presets and “tune to me” use it."""
    set_recipe(session, replace(session.recipe, weights=dict(weights)))


def set_recipe(session: ListenerSession, recipe: Recipe) -> None:
    """Move every slider and filter from outside."""
    session.recipe = recipe
    for key, position in positions(recipe).items():
        st.session_state[key] = position


def restore_positions(session: ListenerSession) -> None:
    """Put sliders back where the recipe has them: Streamlit forgets widgets that another page does not draw."""
    for key, position in positions(session.recipe).items():
        st.session_state.setdefault(key, position)


def positions(recipe: Recipe) -> dict[str, Any]:
    """Where each slider and filter of the recommend page stands for a recipe, by widget key."""
    return {
        **{f"weight_{name}": nearest_step(weight) for name, weight in recipe.weights.items()},
        **{f"shift_{f.name}": float(recipe.shifts.get(f.name, 0.0)) for f in FEATURES if f.scale == "rank"},
        "dial_length": recipe.length,
        "dial_familiarity": recipe.familiarity,
        "dial_new": recipe.only_new_artists,
        "dial_variety": recipe.variety,
        "dial_artist": recipe.per_artist is not None,
    }


def nearest_step(weight: float) -> float:
    """The slider position nearest to a weight."""
    return min(WEIGHT_WORDS, key=lambda step: abs(step - weight))


def _slider(feature: Feature, own_value: str | None) -> float:
    label = feature.title + (f" · you: {plain(own_value)}" if own_value else "")
    help_ = f"{feature.help} How much it counts, not which way: it never asks for more or less of it."
    chosen: float = st.select_slider(
        label, options=list(WEIGHT_WORDS), format_func=WEIGHT_WORDS.get, key=f"weight_{feature.name}", help=help_
    )
    return chosen


def shares(contributions: pd.DataFrame) -> pd.Series:
    """How much of the list each column explains: mean absolute contribution, as shares that sum to 1, largest first."""
    sizes = contributions.abs().mean()
    total = float(sizes.sum())
    return (sizes / total if total else sizes).sort_values(ascending=False)


def percentages(shares: pd.Series) -> pd.Series:
    """Shares in whole per cent that add up to 100: what rounding down leaves goes to the largest remainders."""
    exact = 100 * shares
    whole = exact.astype(int)
    left = round(float(exact.sum())) - int(whole.sum())
    return whole + (exact - whole).rank(method="first", ascending=False).le(left).astype(int)
