"""Controls beside the mixer; every position of a slider is shown in words."""

from dataclasses import replace
from functools import partial
from typing import Final

import streamlit as st

from recsys.core.engine.recipe import CHOICES
from recsys.ui.session import ListenerSession

FAMILIARITY_STEP: Final = 0.25
CHOICE_WORDS: Final = {"new": "New to me", "forgotten": "Forgotten", "everything": "Everything"}
"""The choices of a recipe in a listener's words."""

_HOW_FAR: Final = ("a little", "somewhat", "much", "very much")


def filters(session: ListenerSession) -> None:
    """Which songs to choose from, how many, how familiar, how varied."""
    choose_from = st.segmented_control(
        "Songs", CHOICES, format_func=lambda name: CHOICE_WORDS[name], key="dial_choice", required=True, width="stretch"
    )
    silent_months = session.recipe.silent_months
    if choose_from == "forgotten":
        silent_months = st.slider(
            "Not heard for",
            1,
            36,
            format="%d months",
            key="dial_silent",
            help="If we know no plays of a song, we count from the day you added it.",
        )
    length = st.slider("Number of tracks", 5, 100, step=5, key="dial_length")
    # A slider from one end to another, with four positions on each side of the middle.
    options = [FAMILIARITY_STEP * number for number in range(-len(_HOW_FAR), len(_HOW_FAR) + 1)]
    chosen: float = st.select_slider(
        "New artists ↔ familiar artists",
        options,
        format_func=partial(which_way, middle="no preference", step=FAMILIARITY_STEP),
        key="dial_familiarity",
    )
    familiarity = chosen
    new_only = st.toggle("Only artists that are new to me", key="dial_new")
    variety_help = "Further right, songs much like one already on the list make way for others."
    variety = st.slider("Variety", 0.0, 1.0, step=0.1, format="percent", key="dial_variety", help=variety_help)
    limited = st.toggle("At most two songs of one artist", key="dial_artist")
    session.recipe = replace(
        session.recipe,
        choose_from=choose_from or "new",
        silent_months=float(silent_months),
        length=length,
        familiarity=familiarity,
        only_new_artists=new_only,
        variety=variety,
        per_artist=2 if limited else None,
    )


def which_way(position: float, middle: str, step: float) -> str:
    """A position in words: "← a little" or "much →", and `middle` at 0. Short, as both ends show when one is moved."""
    if not position:
        return middle
    how_far = _HOW_FAR[round(abs(position) / step) - 1]
    return f"{how_far} →" if position > 0 else f"← {how_far}"
