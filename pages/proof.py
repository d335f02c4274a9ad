"""Proof: does it work for me? The listener's own library is the judge."""

import streamlit as st

from recsys.ui.navigation import page
from recsys.ui.parts.head import head
from recsys.ui.parts.real_songs import real_songs
from recsys.ui.proof import proof_panel, tuning_panel
from recsys.ui.session import this_session

session = this_session()

head(session, "Proof", has_passport=True)
real_songs(session, "proof")
st.markdown(
    "We hide half your songs and see how many your settings bring back, against a basic recommender and pure luck. "
    "Filters and aims are left out."
)
if session.library.empty:
    st.info("Nothing to test yet. Bring a file or try the demo.", icon=":material/info:")
    st.page_link(page("welcome"), label="Get started", icon=":material/waving_hand:")
elif session.is_false_yardstick:
    st.info("This test needs real songs. Get them above.", icon=":material/science:")
else:
    proof_panel(session)
    tuning_panel(session)
