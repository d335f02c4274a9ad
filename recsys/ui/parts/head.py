"""The head of a page: its title and, where what is on the screen is invented, the note that says so, on one line."""

import streamlit as st

from recsys.ui.parts.notes import demo_note
from recsys.ui.session import ListenerSession


def head(session: ListenerSession, title: str) -> None:
    """Draw the head."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title(title, anchor=False, width="content")
        demo_note(session)
