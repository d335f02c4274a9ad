"""Pieces of a page that take long to compute or to draw, made once their place comes into view."""

from collections.abc import Callable
from functools import partial
from typing import Final

import streamlit as st

from recsys.ui.components import mount
from recsys.ui.parts.fragment import fragment
from recsys.ui.session import ListenerSession

_SEEN: Final = "seen"
_PAGE: Final = "seen_on"


def page_is(title: str) -> None:
    """Forget what was seen when another page is opened; the frame calls it before the page is drawn."""
    if st.session_state.get(_PAGE) != title:
        st.session_state[_PAGE], st.session_state[_SEEN] = title, set()


@fragment
def when_seen(session: ListenerSession, name: str, height: int, draw: Callable[[ListenerSession], None]) -> None:
    """Draw a piece when its place, `height` pixels high or more, comes into view, and whenever it runs again."""
    seen: set[str] = st.session_state.setdefault(_SEEN, set())
    if name in seen:
        draw(session)
    else:
        mount("seen", key=f"{name}_place", data={"height": height}, on_seen_change=partial(seen.add, name))
