"""Welcome: the product at work or, for listeners who have begun, their next step; and the ways to start."""

import streamlit as st

from recsys.ui.current_session import this_session
from recsys.ui.first_steps import is_newcomer
from recsys.ui.parts.real_songs import real_songs
from recsys.ui.welcome import at_home, at_work, doors_for, sign_in_problem

session = this_session()
is_new = is_newcomer(session)

sign_in_problem()
if is_new:
    at_work(session)
else:
    at_home(session)
doors = doors_for(session, is_new)
with st.container(key="doors"):
    for door, column in zip(doors, st.columns(len(doors), gap="medium"), strict=True):
        with column.container(border=True, height="stretch"):
            door(session)
if is_new:
    real_songs(session, "welcome")
st.caption("Nothing you bring leaves this server unless you press a button that says so.")
