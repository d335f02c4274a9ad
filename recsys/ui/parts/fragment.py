"""Pieces of a page that run alone, and so have to ask for themselves who is here."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

import streamlit as st

from recsys.ui.current_session import this_session
from recsys.ui.parts import problems
from recsys.ui.session import ListenerSession

P = ParamSpec("P")
Draw = Callable[Concatenate[ListenerSession, P], None]


def fragment(draw: Draw[P], run_every: float | None = None) -> Draw[P]:
    """
    `st.fragment` for a piece that is given the session, with its problems shown in its own place.

    A run of a fragment does not run the page, so it looks up who is here itself: in a tab that was left open after
    signing out or erasing elsewhere, nothing is written any more and the page is drawn again for whoever is here.
    """

    @wraps(draw)
    def drawn(session: ListenerSession, /, *args: P.args, **kwargs: P.kwargs) -> None:
        with problems.shown(again=draw.__name__):
            if this_session() is not session:
                st.rerun()
            draw(session, *args, **kwargs)

    return st.fragment(drawn, run_every=run_every)
