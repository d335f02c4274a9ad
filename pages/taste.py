"""Taste: the listener's sound against the catalogue, feature by feature, in pictures and sentences."""

import streamlit as st

from recsys.core.model.tracks import has_audio
from recsys.ui.current_session import this_session
from recsys.ui.first_steps import features_card, progress_note
from recsys.ui.navigation import page
from recsys.ui.parts.head import head
from recsys.ui.parts.notes import no_features_note
from recsys.ui.parts.real_songs import real_songs
from recsys.ui.parts.seen import when_seen
from recsys.ui.taste import (
    compare,
    distributions,
    genres,
    map_and_modes,
    outliers,
    timeline,
)
from recsys.ui.taste_card import card_panel
from recsys.ui.taste_radar import opening, own_radar

session = this_session()

head(session, "Taste", has_passport=True)
is_syncing = not session.is_demo and progress_note(session)
if session.library.empty and is_syncing:
    st.info("Your taste appears here when the sync is done.", icon=":material/info:")
elif session.library.empty:
    st.info("Nothing to show yet. Bring a file or try the demo.", icon=":material/info:")
    st.page_link(page("welcome"), label="Get started", icon=":material/waving_hand:")
else:
    if not session.is_demo:
        real_songs(session, "taste")
    has_yardstick = has_audio(session.library).any() and not session.has_no_yardstick
    has_card = not session.is_demo and not is_syncing and features_card(session, "taste")
    if not has_audio(session.library).any():
        if not has_card and not is_syncing:
            no_features_note(session)
        distributions(session)
    elif not has_yardstick:
        own_radar(session)
        distributions(session)
        genres(session)
        outliers(session)
    else:
        with session.app.ranking.turn():
            opening(session)
            distributions(session)
        genres(session)
        map_and_modes(session)
        outliers(session)
        when_seen(session, "card", 330, card_panel)
    timeline(session)
    if has_yardstick:
        compare(session)  # last: its open list closes when something below it is drawn
    if session.is_demo:
        real_songs(session, "taste")
