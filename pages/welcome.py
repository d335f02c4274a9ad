"""Welcome: the product at work, and the doors into the same rooms."""

import streamlit as st

from recsys.ui.parts.real_songs import real_songs
from recsys.ui.session import this_session
from recsys.ui.welcome import at_work, demo_door, file_door, has_spotify, sign_in_problem, spotify_door

session = this_session()

sign_in_problem()
at_work(session)
doors = [demo_door, file_door, spotify_door] if has_spotify(session) else [demo_door, file_door]
with st.container(key="doors"):
    for door, column in zip(doors, st.columns(len(doors), gap="medium"), strict=True):
        with column.container(border=True, height="stretch"):
            door(session)
real_songs(session, "welcome")
st.caption("Nothing you bring leaves this server unless you press a button that says so.")
