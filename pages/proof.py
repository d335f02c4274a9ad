"""Proof: does it work for me? Tested with the listener's own library."""

import streamlit as st

from recsys.ui.current_session import this_session
from recsys.ui.navigation import page
from recsys.ui.parts.head import head
from recsys.ui.parts.real_songs import real_songs
from recsys.ui.proof import WHAT_IT_DOES, proof_panel, tuning_panel

session = this_session()

head(session, "Proof", has_passport=True)
real_songs(session, "proof")
if session.library.empty:
    st.markdown(WHAT_IT_DOES)
    st.info("Nothing to test yet. Bring a file or try the demo.", icon=":material/info:")
    st.page_link(page("welcome"), label="Get started", icon=":material/waving_hand:")
elif session.has_no_yardstick:
    st.markdown(f"{WHAT_IT_DOES} This test needs real songs: get them above.")
else:
    proof, tuning = st.columns(2, gap="small")
    with proof.container(border=True, height="stretch"):
        proof_panel(session)
    with tuning.container(border=True, height="stretch"):
        tuning_panel(session)
