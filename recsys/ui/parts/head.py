"""The head of a page: its title and, where what is on the screen is invented, the note that says so, on one line."""

import streamlit as st

from recsys.ui.parts.notes import demo_note, passport_note
from recsys.ui.session import ListenerSession


def head(session: ListenerSession, title: str, has_passport: bool = False, has_list: bool = False) -> None:
    """
    Draw the head.

    `has_passport` where the page compares with the catalogue, whose name and size it then shows; `has_list` where songs
    of it are on the page.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="head"):
        st.title(title, anchor=False, width="content")
        demo_note(session, has_list)
        if has_passport and not session.library.empty:
            passport_note(session)
