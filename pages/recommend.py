"""Recommend: move a slider, watch the list change, ask why, take it with you."""

import streamlit as st

from recsys.ui.navigation import page
from recsys.ui.parts.fragment import fragment
from recsys.ui.parts.notes import coverage_note, demo_note, invented_list_note, passport_note
from recsys.ui.parts.real_songs import real_songs
from recsys.ui.recommend.explanation import explanation
from recsys.ui.recommend.filters import aims, filters
from recsys.ui.recommend.ranked_list import downloads, ranked_list
from recsys.ui.recommend.steering import side_by_side, sliders
from recsys.ui.session import ListenerSession, this_session

session = this_session()

st.title("Recommend", anchor=False)
demo_note(session)


@fragment
def steer(session: ListenerSession) -> None:
    """Sliders and list in one fragment: moving a slider redraws nothing else."""
    left, right = side_by_side()
    weights_tab, filters_tab, aims_tab = left.tabs(["Weights", "Filters", "Aim"])
    with weights_tab:
        sliders(session)
    with filters_tab:
        filters(session)
    with aims_tab:
        aims(session)
    with right:
        found, picked = ranked_list(session)
        if found is not None:
            downloads(session, found)
            explanation(session, found, picked)


if session.library.empty:
    st.info("There is nothing to go by yet: bring a file or try the demo.", icon=":material/info:")
    st.page_link(page("welcome"), label="To the three doors", icon=":material/waving_hand:")
else:
    invented_list_note(session)
    real_songs(session, "recommend")
    passport_note(session)
    coverage_note(session)
    steer(session)
