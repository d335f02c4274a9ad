"""Recommend: move the mixer, watch the list change, ask why, save it."""

import streamlit as st

from recsys.ui.current_session import this_session
from recsys.ui.first_steps import features_card, progress_note
from recsys.ui.library.growing import pool_note
from recsys.ui.navigation import page
from recsys.ui.parts.head import head
from recsys.ui.parts.notes import coverage_note
from recsys.ui.parts.real_songs import real_songs
from recsys.ui.recommend.instrument import instrument
from recsys.ui.recommend.share import open_link
from recsys.ui.recommend.start_from import start_notice
from recsys.ui.recommend.toolbar import toolbar
from recsys.ui.weekly import weekly_news

session = this_session()

head(session, "Recommend", has_passport=True, has_list=True)
is_syncing = not session.is_demo and progress_note(session)
if session.library.empty and is_syncing:
    st.info("Your list appears here when the sync is done.", icon=":material/info:")
elif session.library.empty:
    st.info("Nothing to recommend from yet. Bring a file or try the demo.", icon=":material/info:")
    st.page_link(page("welcome"), label="Get started", icon=":material/waving_hand:")
else:
    open_link(session)
    if not session.is_demo:
        real_songs(session, "recommend")
    pool_note(session)
    if not is_syncing and (session.is_demo or not features_card(session, "recommend")):
        coverage_note(session)
    weekly_news(session)
    start_notice()
    below = st.container(key="ranking")  # the list comes first for the keyboard; page.css draws the toolbar above it
    bar = st.container(key="toolbar")
    bar.empty()  # a container without anything in it takes no room, and what is below would move later
    with below:
        instrument(session)
    with bar:
        toolbar(session)
    if session.is_demo:
        real_songs(session, "recommend")
