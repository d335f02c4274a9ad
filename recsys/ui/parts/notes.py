"""Notes above a page: what is invented, which catalogue is used, and how little is known of the library."""

from typing import Final

import streamlit as st

from recsys.core.insights.wording import counted
from recsys.core.model.tracks import has_audio
from recsys.services.catalogues import passport_sentences
from recsys.ui.parts.text import plain
from recsys.ui.session import ListenerSession

_TELLS_MORE: Final = (
    "A file with audio features or Spotify links tells us, such as an export from "
    "[exportify.net](https://exportify.net)."
)


def demo_note(session: ListenerSession, has_list: bool = False) -> None:
    """Say that what is on the screen is invented, when it is; `has_list` where songs of the catalogue are."""
    says = ""
    if session.is_demo:
        says = f"{session.app.demo_listeners[session.demo_listener or 0].name}’s invented music"
    elif has_list and session.note:
        says = "invented songs"
    if says:
        st.badge(f"demo data: {says}", icon=":material/science:", color="orange")


def passport_note(session: ListenerSession) -> None:
    """What this page compares with: name, size, source and date of the catalogue, and more at a press."""
    passport = session.passport
    if passport.is_invented:
        return
    newest = f", newest from {passport.newest_year}" if passport.newest_year else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="passport"):
        st.caption(
            f"Compared with {plain(passport.title)}: {counted(passport.songs, 'song')}{newest}.", width="content"
        )
        with st.popover("About these songs", type="tertiary"):
            for line in passport_sentences(passport):
                st.markdown(f"- {plain(line)}")


def coverage_note(session: ListenerSession) -> None:
    """Say so when most songs of the library have no audio features, after everybody was asked who could know them."""
    known = int(has_audio(session.library).sum())
    if known and 2 * known < len(session.library):
        st.info(
            f"We know how {known:,} of your {counted(len(session.library), 'song')} sound; of the others only year, "
            f"duration and genres count. {_TELLS_MORE}",
            icon=":material/info:",
        )
    elif not known:
        no_features_note(session)


def no_features_note(session: ListenerSession) -> None:
    """Say that there is no sound to draw or to compare, and what would bring it."""
    songs = counted(len(session.library), "song")
    st.info(
        f"We don’t know how your {songs} sound: no source knows them by name. {_TELLS_MORE}", icon=":material/info:"
    )
