"""What is set beside the mixer; every position of a slider reads as words."""

from dataclasses import replace
from functools import partial
from typing import Final

import streamlit as st

from recsys.ui.session import ListenerSession

FAMILIARITY_STEP: Final = 0.25
_HOW_FAR: Final = ("a little", "somewhat", "much", "very much")


def filters(session: ListenerSession) -> None:
    """How many, how familiar, how varied."""
    length = st.slider("Number of tracks", 5, 100, step=5, key="dial_length")
    familiarity = _two_ways("New artists ↔ familiar artists", "no preference", FAMILIARITY_STEP, "dial_familiarity")
    new_only = st.toggle("Only artists that are new to me", key="dial_new")
    variety_help = "To the right, songs much like one that is already on the list make way for others."
    variety = st.slider("Variety", 0.0, 1.0, step=0.1, format="percent", key="dial_variety", help=variety_help)
    limited = st.toggle("At most two songs of one artist", key="dial_artist")
    session.recipe = replace(
        session.recipe,
        length=length,
        familiarity=familiarity,
        only_new_artists=new_only,
        variety=variety,
        per_artist=2 if limited else None,
    )


def _two_ways(label: str, middle: str, step: float, key: str) -> float:
    """A slider from one end to another, with four positions on each side of the middle."""
    options = [step * number for number in range(-len(_HOW_FAR), len(_HOW_FAR) + 1)]
    chosen: float = st.select_slider(label, options, format_func=partial(which_way, middle=middle, step=step), key=key)
    return chosen


def which_way(position: float, middle: str, step: float) -> str:
    """A position in words: "← a little" or "much →", and `middle` at 0. Short, as both ends show when one is moved."""
    if not position:
        return middle
    how_far = _HOW_FAR[round(abs(position) / step) - 1]
    return f"{how_far} →" if position > 0 else f"← {how_far}"
