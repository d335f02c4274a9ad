"""Taste: the listener's sound against the catalogue, feature by feature, in pictures and sentences."""

import streamlit as st

from recsys.ui.library.panels import demo_note, with_features
from recsys.ui.navigation import page
from recsys.ui.session import this_session
from recsys.ui.taste import (
    compare,
    distributions,
    map_and_modes,
    no_features_note,
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
elif not with_features(session.library):
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
