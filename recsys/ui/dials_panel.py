"""What is set beside the weights: filters, and where to aim; every position of a slider reads as words."""

from dataclasses import replace
from functools import partial
from typing import Final

import streamlit as st

from recsys.core.features import FEATURES
from recsys.ui.session import ListenerSession

SHIFT_STEP: Final = 0.5
FAMILIARITY_STEP: Final = 0.25
_HOW_FAR: Final = ("a little", "somewhat", "much", "very much")


def dials(session: ListenerSession) -> None:
    """How many, how familiar, how varied."""
    length = st.slider("Number of tracks", 5, 100, step=5, key="dial_length")
    familiarity = _two_ways(
        "New ↔ familiar artists",
        ("new artists", "familiar artists"),
        "no preference",
        FAMILIARITY_STEP,
        "dial_familiarity",
    )
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


def shifts(session: ListenerSession) -> None:
    """Where to aim beside the own profile; apart from the weights in words and in place."""
    st.caption("A weight says how much a feature counts. These say which way to go from your own taste.")
    with st.container(gap="xxsmall"):
        chosen = {
            f.name: _two_ways(
                f"{f.title}: {f.low_words} ↔ {f.high_words}",
                (f.low_words, f.high_words),
                "like your own",
                SHIFT_STEP,
                f"shift_{f.name}",
            )
            for f in FEATURES
            if f.scale == "rank"
        }
    session.recipe = replace(session.recipe, shifts={name: shift for name, shift in chosen.items() if shift})


def _two_ways(label: str, ends: tuple[str, str], middle: str, step: float, key: str) -> float:
    """A slider from one end to another, with four positions on each side of the middle."""
    options = [step * number for number in range(-len(_HOW_FAR), len(_HOW_FAR) + 1)]
    says = partial(towards, ends=ends, middle=middle, step=step)
    chosen: float = st.select_slider(label, options, format_func=says, key=key)
    return chosen


def towards(position: float, ends: tuple[str, str], middle: str, step: float) -> str:
    """A position in words, such as "a little towards “calm”"; `middle` at 0."""
    if not position:
        return middle
    return f"{_HOW_FAR[round(abs(position) / step) - 1]} towards “{ends[position > 0]}”"
