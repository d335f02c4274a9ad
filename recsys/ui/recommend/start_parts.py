"""What a list can start from, as buttons: a song, or a list of the listener's own."""

import streamlit as st

from recsys.services.playlist_choice import choices
from recsys.services.song_search import FoundSong
from recsys.services.start import Part, Start, stored_lists
from recsys.ui.parts.text import plain
from recsys.ui.session import ListenerSession


def song_buttons(session: ListenerSession, song: FoundSong) -> None:
    """One song: its name starts from it, the button beside it stays away from it."""
    part = Part(song.name, (song.track_id,))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.button(
            plain(song.name),
            icon=":material/library_music:" if song.is_own else ":material/add:",
            key=f"start_add_{song.track_id}",
            help="Start from this song of yours" if song.is_own else "Start from this song",
            width="stretch",
            on_click=_set,
            args=(session, session.start.plus(part)),
        )
        st.button(
            "Avoid",
            key=f"start_less_{song.track_id}",
            help=f"Stay away from songs like {plain(song.name)}",
            type="tertiary",
            on_click=_set,
            args=(session, session.start.less(part)),
        )


def _set(session: ListenerSession, start: Start) -> None:
    session.start = start


def own_lists(session: ListenerSession) -> list[Part]:
    """The listener's stored lists that can be started from; none for an invented listener."""
    if session.is_demo:
        return []

    def read() -> list[Part]:
        names = {one.playlist_id: one.name for one in choices(session.store, session.listener)}
        return stored_lists(session.store.origins(session.listener), names, session.library["track_id"])

    return session.known("start lists", read)


def list_button(session: ListenerSession, part: Part) -> None:
    """Its name starts from it."""
    st.button(
        f"Start from {plain(part.name)}",
        icon=":material/add:",
        key="start_add_list",
        on_click=_set,
        args=(session, session.start.plus(part)),
    )
