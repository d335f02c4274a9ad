"""A part of the taste map as what a list starts from: drawn as a box, or set with two sliders."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from recsys.charts.taste_map import MapBox, axis_words, box_from_drawing, songs_within, taste_map
from recsys.charts.theme import CONFIG
from recsys.core.insights.wording import counted
from recsys.ui.navigation import page
from recsys.ui.session import ListenerSession

_MAP: Final = "map"
_DRAWN: Final = "map_drawn"
_MIDDLE: Final = (0, MapBox(35.0, 65.0, 35.0, 65.0))
"""How many boxes were drawn on the map, and the last one; at first none, and a box in the middle of the map."""


def map_with_start(session: ListenerSession, medoids: Sequence[str], words: str) -> None:
    """The map; on demand a part of it can be marked, and a list started from the songs there."""
    marks = st.toggle(
        "Start from a part of the map",
        key="map_marks",
        help="Then draw a box on the map, or move the two sliders below it.",
    )
    if not marks:
        st.session_state.pop(_DRAWN, None)
    # Each drawn box has sliders of its own, with its edges as their defaults. Streamlit sends a value that is set in
    # the session state with one run only: if the next run began before the tab drew it, the sliders would show the
    # whole map.
    number, drawn = st.session_state.get(_DRAWN, _MIDDLE)
    sliders = {f"map_across_{number}": (drawn.left, drawn.right), f"map_up_{number}": (drawn.bottom, drawn.top)}
    box = None
    if marks:
        across, up = (st.session_state.get(key, edges) for key, edges in sliders.items())
        box = MapBox(*across, *up)
    st.plotly_chart(
        taste_map(session.library, session.catalogue, medoids, box=box),
        config=dict(CONFIG),
        key=_MAP,
        alt=words,
        on_select=partial(_drawn, session) if marks else "ignore",
        selection_mode="box",
    )
    if box is not None:
        # The edges of the box as two sliders, for the keyboard.
        words_of_axes = axis_words(session.library, session.catalogue)
        for label, (key, edges) in zip(words_of_axes, sliders.items(), strict=True):
            st.slider(label, 0.0, 100.0, edges, step=0.1, format="%.0f%%", key=key)
        # The button; from the listener's own songs in the box, or where there are none from the catalogue's.
        songs = songs_within(session.library, session.catalogue, box)
        chosen = songs.own or songs.others
        if songs.own:
            st.caption(f"{counted(len(songs.own), 'song')} of yours in this part of the map.")
        elif songs.others:
            st.caption(f"None of yours here, but {counted(len(songs.others), 'song')} of the catalogue.")
        else:
            st.caption("No song is in this part of the map.")
        these = "this song" if len(chosen) == 1 else f"these {len(chosen):,} songs"
        if chosen and st.button(f"Start from {these}", key="map_start", icon=":material/queue_music:"):
            session.start_from(chosen, f"{counted(len(chosen), 'song')} of a part of the map")
            st.switch_page(page("recommend"))


def _drawn(session: ListenerSession) -> None:
    """The sliders follow a box that was drawn; taking it away leaves them."""
    boxes = st.session_state[_MAP].selection.box
    if boxes:
        number, _ = st.session_state.get(_DRAWN, _MIDDLE)
        box = box_from_drawing(session.library, session.catalogue, boxes[-1]["x"], boxes[-1]["y"])
        st.session_state[_DRAWN] = (number + 1, box)
