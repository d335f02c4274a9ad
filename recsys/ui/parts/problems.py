"""How errors are shown: a sentence for errors raised on purpose, an apology and a log entry for our own bugs."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from recsys.errors import ReconnectSpotify, ServerBusy, StorageProblem, TonearmError
from recsys.ui.parts.text import plain

log = logging.getLogger(__name__)


@contextmanager
def shown(again: str = "") -> Iterator[None]:
    """
    Show an error raised on purpose as its sentence; let every other one through to the log and Streamlit.

    What fixes it is below: the way to sign in again, or, where `again` names what is drawn, a button that tries
    once more when the store did not answer or the server was busy.
    """
    try:
        yield
    except TonearmError as problem:
        log.info("shown to the listener: %s", type(problem).__name__)
        st.error(plain(problem), icon=":material/error:")
        if isinstance(problem, ReconnectSpotify):
            reconnect_link()
        elif isinstance(problem, (StorageProblem, ServerBusy)) and again:
            st.button("Try again", key=f"again_{again}", icon=":material/refresh:")


def reconnect_link() -> None:
    """The way to sign in with Spotify again, in the same tab."""
    st.html('<a href="/login" target="_self" style="color:inherit">Reconnect Spotify</a>')
