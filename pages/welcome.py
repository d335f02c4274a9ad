"""Welcome: three equal doors into the same rooms."""

import streamlit as st

from recsys.ui.parts.real_songs import real_songs
from recsys.ui.session import this_session
from recsys.ui.welcome import demo_door, file_door, sign_in_problem, spotify_door

session = this_session()

sign_in_problem()
st.title("Recommendations you can steer, understand and take with you", anchor=False)
st.markdown(
    "Tonearm reads the audio features of the music you like, finds what is near in a catalogue, and lets you decide "
    "what **near** means. Every recommendation shows its arithmetic."
)
demo, file, spotify = st.columns(3, gap="medium")
with demo.container(border=True, height="stretch"):
    demo_door(session)
with file.container(border=True, height="stretch"):
    file_door(session)
with spotify.container(border=True, height="stretch"):
    spotify_door(session)
real_songs(session, "welcome")
st.caption("Nothing you bring leaves this server unless you press a button that says so.")
