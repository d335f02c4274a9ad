"""Fresh songs every week: asked for on Recommend, shown above the list, switched off there and on Account."""

from datetime import date, timedelta
from typing import Final

import pandas as pd
import streamlit as st

from recsys.core.insights.wording import artists_in_words, counted, songs_in_words
from recsys.core.model.tracks import links
from recsys.services.weekly import DAYS, WeeklyChange, due
from recsys.storage.store import WeeklyList
from recsys.ui.parts import problems
from recsys.ui.parts.fragment import fragment
from recsys.ui.parts.text import plain
from recsys.ui.parts.track_table import picked_row
from recsys.ui.recommend.start_from import more_like_button
from recsys.ui.session import ListenerSession

PLAYLIST: Final = "Tonearm weekly"
FIRST_LIST_S: Final = 60.0
"""Seconds to wait for the first list; it continues in the background after that."""

NAMED: Final = 2
"""Songs named in one line."""


def weekly_panel(session: ListenerSession) -> None:
    """Switch it on with the settings on the screen, or see what is on."""
    wanted = _wanted(session)
    if wanted is None:
        _offer(session)
    else:
        st.markdown(f"**{plain(_says(wanted.weekday, wanted.songs))}**")
        latest = date.fromisoformat(wanted.renewed_week) if wanted.renewed_week else date.min
        following = max(latest, due(session.app.now(), wanted.weekday)) + timedelta(days=7)
        day = f"{DAYS[following.weekday()]}, {following:%d %B}"
        place = f" It is also in your Spotify playlist “{plain(wanted.playlist)}”." if wanted.playlist else ""
        st.caption(f"The next list comes on {day}.{place}")
        is_changed = wanted.recipe != session.settings_to_store
        if is_changed and st.button("Use these settings from then on", key="weekly_change"):
            _ask(session, wanted.weekday, wanted.playlist)
        off_button(session, "panel")


@fragment
def weekly_news(session: ListenerSession) -> None:
    """What the last weekly list has new, one line that opens; nothing for who asked for none."""
    if session.is_demo or (wanted := _wanted(session)) is None:
        return
    change = session.known("weekly_change", lambda: session.app.weekly.change(session.listener), seconds=60)
    if wanted.problem:
        st.warning(f"Your weekly list: {plain(wanted.problem)}", icon=":material/event_busy:")
        if session.connection is not None and not session.connection.is_connected:
            problems.reconnect_link()
    if change is None:
        return
    with st.expander(plain(headline(change)), icon=":material/event_repeat:"):
        songs = change.songs
        artists = songs["artists"].map(artists_in_words)
        picked = st.dataframe(
            pd.DataFrame({"Title": songs["title"], "Artists": artists, "Spotify": links(songs["track_id"])}),
            key="weekly_songs",
            hide_index=True,
            alt="Your weekly list",
            column_config={"Spotify": st.column_config.LinkColumn(display_text="Open")},
            on_select="rerun",
            selection_mode="single-row",
        )
        more_like_button(session, songs, picked_row(picked, songs), key="more_like_weekly")
        if len(change.left):
            st.caption(f"Gone since the week before: {plain(songs_in_words(change.left, NAMED))}.")
        if wanted.playlist:
            st.caption(f"Also in your Spotify playlist “{plain(wanted.playlist)}”.")
        off_button(session, "news")


def weekly_stored(session: ListenerSession) -> None:
    """One line on Account: what is asked for, and the way to end it."""
    if (wanted := _wanted(session)) is not None:
        st.markdown(f"{plain(_says(wanted.weekday, wanted.songs))}.")
        off_button(session, "account")


def off_button(session: ListenerSession, where: str) -> None:
    """Ends it in one click."""
    if st.button(
        "Switch weekly songs off", key=f"weekly_off_{where}", help="Removes the lists. A playlist stays on Spotify."
    ):
        with problems.shown():
            session.app.weekly.stop(session.listener)
            session.forget("weekly", "weekly_change")
            st.rerun()


def headline(change: WeeklyChange) -> str:
    """ "30 new since Monday: “A” by X, “B” by Y and 28 more"."""
    if change.is_first:
        return f"Your weekly songs: {songs_in_words(change.entered, NAMED)}"
    same = f", {change.same} still there" if change.same else ""
    entered = songs_in_words(change.entered, NAMED)
    return f"{len(change.entered)} new since {DAYS[change.week.weekday()]}{same}: {entered}"


def _wanted(session: ListenerSession) -> WeeklyList | None:
    return session.known("weekly", lambda: session.store.weekly(session.listener), seconds=60)


def _offer(session: ListenerSession) -> None:
    if not session.app.has_catalogue and session.pool.empty:
        these = "last for your visit" if session.has_real_catalogue else "are invented"
        st.caption(f"Weekly songs need real songs that stay on this server; the ones on this page {these}.")
        return
    count = counted(session.recipe.length, "song")
    st.caption(
        f"Your first {count} come right away. Every week brings others, chosen with the settings on this page, and "
        "none comes twice."
    )
    days = range(len(DAYS))
    # Choices are persisted, since the panel is drawn only while it is open.
    day = st.selectbox("Day", days, format_func=DAYS.__getitem__, key="weekly_day", persist_state="session")
    playlist = _playlist(session)
    if st.button(_says(day, session.recipe.length), key="weekly_on"):
        _ask(session, day, playlist)


def _playlist(session: ListenerSession) -> str | None:
    """The name of the playlist, or None; only where one can be written."""
    if session.visitor.is_guest:
        st.caption("You are not signed in: this lasts while you come back in this browser at least every 30 days.")
        return None
    if session.app.playlists is None or session.connection is None or not session.connection.is_connected:
        return None
    if not st.checkbox("Also in a Spotify playlist", key="weekly_into_playlist", persist_state="session"):
        return None
    says = "It holds the latest list."
    return st.text_input("Playlist", PLAYLIST, max_chars=100, key="weekly_playlist", help=says, persist_state="session")


def _ask(session: ListenerSession, day: int, playlist: str | None) -> None:
    weekly = session.app.weekly
    with problems.shown(), st.spinner("Making your list …"):
        weekly.ask(session.listener, session.settings_to_store, day, playlist)
        weekly.wait(session.listener, FIRST_LIST_S)
        session.forget("weekly", "weekly_change")
        st.rerun()


def _says(weekday: int, songs: int) -> str:
    return f"Every {DAYS[weekday]}, {counted(songs, 'new song')}"
