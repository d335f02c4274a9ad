"""How trouble is shown: a sentence for errors raised on purpose, an apology and a log entry for our own bugs."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from recsys.errors import TonearmError
from recsys.ui.text import plain

log = logging.getLogger(__name__)


@contextmanager
def shown() -> Iterator[None]:
    """Show an error raised on purpose as its sentence; let every other one through to the log and Streamlit."""
    try:
        yield
    except TonearmError as problem:
        log.info("shown to the listener: %s", type(problem).__name__)
        st.error(plain(problem), icon=":material/error:")
