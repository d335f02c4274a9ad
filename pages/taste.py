"""Taste: the listener's sound against the catalogue, feature by feature, in pictures and sentences."""

import streamlit as st

from recsys.core.model.tracks import has_audio
from recsys.ui.navigation import page
from recsys.ui.parts.notes import demo_note, no_features_note
from recsys.ui.session import this_session
from recsys.ui.taste import (
    compare,
    distributions,
    map_and_modes,
    outliers,
    radar_panel,
    timeline,
)

session = this_session()

st.title("Taste", anchor=False)
demo_note(session)
if session.library.empty:
    st.info("There is nothing to draw yet: bring a file or try the demo.", icon=":material/info:")
    st.page_link(page("welcome"), label="To the three doors", icon=":material/waving_hand:")
elif not has_audio(session.library).any():
    no_features_note(session)
    distributions(session)
    timeline(session)
else:
    radar_panel(session)
    distributions(session)
    map_and_modes(session)
    outliers(session)
    compare(session)
    timeline(session)
