"""What steers: presets, recipes and a slider per feature, beside the list or above it on a phone."""

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from recsys.core.insights.summary import profile_in_words
from recsys.ui.recommend.recipes import recipes_panel
from recsys.ui.recommend.weights import presets, restore_positions, weights_panel
from recsys.ui.session import ListenerSession

_SIDE_BY_SIDE: Final = """<style>
div:has(> .st-key-steering) { flex-basis: 20rem } div:has(> .st-key-steered) { flex: 1000 1 17rem }
.st-key-steering { background:
  linear-gradient(transparent, light-dark(#fff, #0f1512) 50%) bottom / 100% 2rem no-repeat local,
  linear-gradient(transparent, rgba(128,128,128,.3)) bottom / 100% 1rem no-repeat }
@media (max-width: 640px) { .st-key-steering, div:has(> .st-key-steering) { height: 45dvh !important } }
</style>"""
"""The shadow at the foot of the sliders is there as long as there are more of them further down. On a phone they take
half of the screen, so that the list can be seen changing below them."""


def side_by_side() -> tuple[DeltaGenerator, DeltaGenerator]:
    """A place for what steers, and one for the list: beside it, or below it where there is no room for both."""
    st.html(_SIDE_BY_SIDE)
    row = st.container(horizontal=True, gap="medium")
    return row.container(key="steering", height=750, border=False), row.container(key="steered")


def sliders(session: ListenerSession) -> None:
    """Presets and one slider per feature, each from ignored to decisive."""
    restore_positions(session)
    st.caption("How much a feature counts: *ignored* to *decisive*.")
    with st.container(horizontal=True, gap="xsmall"):
        presets(session)
        recipes_panel(session)
    weights = weights_panel(session, profile_in_words(session.library))
    if not any(weights.values()):
        st.warning(
            "Every slider is on *ignored*, so nothing tells one track from another. The list shows the last recipe."
        )
