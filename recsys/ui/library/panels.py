"""Pieces of the library page: the demo note, coverage in figures, and the catalogue in use."""

import pandas as pd
import streamlit as st

from recsys.core.engine.catalogue import Catalogue
from recsys.core.model.features import AUDIO_FEATURES
from recsys.importers.any_file import read_files
from recsys.ui.library.imports import KINDS
from recsys.ui.parts import problems
from recsys.ui.parts.text import counted
from recsys.ui.session import ListenerSession


def demo_note(session: ListenerSession) -> None:
    """Say that what is on the screen is invented, when it is."""
    if session.is_demo:
        name = session.app.demo_listeners[session.demo_listener or 0].name
        st.badge(f"demo data: {name}’s invented music", icon=":material/science:", color="orange")


def invented_list_note(session: ListenerSession) -> None:
    """Say that a real library is answered with invented songs, where no real catalogue is installed."""
    if session.note and not session.is_demo:
        st.warning(
            "**demo data**: this server has no real catalogue, so the songs below are invented. "
            "Bring one on the Library page, or install one: `tonearm catalogue add FILE`.",
            icon=":material/science:",
        )


def coverage_note(session: ListenerSession) -> None:
    """Say that the list rests on little, when most tracks of the library have no audio features."""
    known = with_features(session.library)
    if 2 * known < len(session.library):
        st.info(
            f"{f'Audio features of only {known:,}' if known else 'No audio features'} of your "
            f"{counted(len(session.library), 'track')} are known; {'of the others ' if known else ''}only year, "
            "duration and genres count. The Library page can look for the missing ones.",
            icon=":material/info:",
        )


def with_features(library: pd.DataFrame) -> int:
    """How many tracks have at least one audio feature."""
    return int(library[[f.column for f in AUDIO_FEATURES]].notna().any(axis=1).sum())


def coverage_figures(library: pd.DataFrame) -> None:
    """How many tracks there are and how many have audio features."""
    known = with_features(library)
    waiting = len(library) - known
    with st.container(horizontal=True, gap="medium"):
        st.metric("Tracks", f"{len(library):,}", width="content")
        st.metric("With audio features", f"{known:,}", width="content", help="Only these can be compared by sound.")
        st.metric("Without", f"{waiting:,}", width="content", help="Nobody has told us theirs; none is made up.")
    st.progress(known / max(len(library), 1), f"{known / max(len(library), 1):.0%} of your tracks have audio features")


def catalogue_panel(session: ListenerSession) -> None:
    """Which catalogue is in use, and a way to bring another for this session."""
    size = counted(len(session.catalogue.tracks), "song")
    if session.catalogue is session.app.demo_catalogue:
        st.markdown(f"In use: {size}, **all invented** (demo data).")
    else:
        st.markdown(f"In use: {size}, {_having_audio(session.catalogue)}.")
    if session.is_demo:
        st.caption(
            "An invented listener keeps to the invented catalogue. With a library of your own you can bring one."
        )
        return
    if session.own_catalogue is not None:
        st.button(
            "Back to the server’s catalogue", icon=":material/undo:", on_click=_use_catalogue, args=(session, None)
        )
    st.caption(
        "Any public dump of tracks with audio features works, such as TidyTuesday’s `spotify_songs.csv`. "
        "The owner of this server can install one for everybody: `tonearm catalogue add FILE`."
    )
    file = st.file_uploader("Use a catalogue file in this session", type=KINDS, key="catalogue_file")
    if file and st.session_state.get("catalogue_read") != file.file_id:
        with problems.shown(), st.spinner("Reading the catalogue …"):
            _use_catalogue(session, Catalogue.from_tracks(read_files([(file, file.name)]).tracks))
            st.session_state["catalogue_read"] = file.file_id
            st.rerun()


def _having_audio(catalogue: Catalogue) -> str:
    """How many songs have what recommendations are made of."""
    count = catalogue.with_audio
    share = {0: "none", len(catalogue): "all"}.get(count, f"{count:,}")
    return f"{share} with audio features"


def _use_catalogue(session: ListenerSession, catalogue: Catalogue | None) -> None:
    session.own_catalogue = catalogue
