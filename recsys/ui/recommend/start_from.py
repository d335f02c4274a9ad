"""Start from anything: songs by search or link, the listener's own lists, minus songs."""

from typing import Any, Final

import pandas as pd
import streamlit as st

from recsys.core.insights.wording import counted
from recsys.services.song_search import read_link
from recsys.services.start import Start
from recsys.ui.navigation import page
from recsys.ui.parts.text import plain
from recsys.ui.recommend.start_links import by_link
from recsys.ui.recommend.start_parts import list_button, own_lists, song_buttons
from recsys.ui.session import ListenerSession

_NOTICE: Final = "start_notice"
_QUERY: Final = "start_query"
NOT_HERE: Final = "Neither your library nor the catalogue has this song now, so we don’t know how it sounds."


def start_from(session: ListenerSession) -> None:
    """A search over library and catalogue, and the listener's lists: each becomes a chip above the list."""
    with st.popover("Start from …", icon=":material/flag:", key="start_from", type="tertiary", on_change="rerun"):
        query = st.text_input(
            "Search a song, or paste a Spotify link",
            key=_QUERY,
            placeholder="Title, artist or link",
            max_chars=300,
            help="Your library and the catalogue are searched. A link to a track, album or playlist works too.",
        )
        if link := read_link(query):
            by_link(session, link)
        elif query.strip():
            songs = session.search.search(query)
            if not songs:
                st.caption("No song in your library or the catalogue matches all these words.")
            for song in songs:
                song_buttons(session, song)
        if lists := own_lists(session):
            chosen = st.selectbox(
                "Or one of your lists",
                lists,
                index=None,
                placeholder="Choose a list",
                format_func=lambda part: f"{part.name} ({counted(len(part.track_ids), 'song')})",
                key="start_list",
            )
            if chosen is not None:
                list_button(session, chosen)
        if session.start != Start() and st.button("Back to my whole library", key="whole_library", type="tertiary"):
            session.start_from((), "")
            st.rerun()


def start_notice() -> None:
    """Which songs a saved recipe could not start from, once."""
    if notice := st.session_state.pop(_NOTICE, None):
        st.info(plain(notice), icon=":material/info:")


def more_like(session: ListenerSession, track_id: str) -> bool:
    """Recommend from one song of the library or the catalogue alone; False, and no change, where neither has it."""
    songs = session.search.by_id([track_id])[:1]
    for song in songs:
        session.start_from((song.track_id,), song.name)
    return bool(songs)


def more_like_button(
    session: ListenerSession, tracks: pd.DataFrame, picked: int | None, key: str = "more_like"
) -> None:
    """Below a table of songs: a list of more like the row that was picked."""
    if picked is None:
        st.caption("Pick a row to get more songs like it.")
        return
    row = tracks.iloc[picked]
    if st.button(f"More like “{plain(row['title'])}”", key=key, icon=":material/queue_music:"):
        if more_like(session, str(row["track_id"])):
            st.switch_page(page("recommend"))
        st.caption(NOT_HERE)


def restore_start(session: ListenerSession, stored: Any) -> None:
    """Start where a saved recipe does; songs that are no longer known are named and left out."""
    if notice := start_from_known(session, Start.from_json(stored, session.store.origins(session.listener))):
        st.session_state[_NOTICE] = notice


def start_from_known(session: ListenerSession, start: Start) -> str:
    """Start from what the library or the catalogue has now of a start; a sentence names the rest, empty if none."""
    session.start, gone = start.known(session.search.known([*start.seeds, *start.away]))
    names = ", ".join(f"“{name}”" for name in gone)
    return f"Left out, because neither your library nor the catalogue has it now: {names}." if gone else ""
