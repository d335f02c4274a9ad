"""The catalogue in use, and another for this session."""

import streamlit as st

from recsys.catalogues.passport import passport_of
from recsys.core.engine.catalogue import Catalogue
from recsys.core.insights.wording import counted
from recsys.importers.any_file import ENDINGS
from recsys.services.catalogues import passport_sentences
from recsys.ui.parts import problems
from recsys.ui.parts.text import plain
from recsys.ui.parts.upload import accepted, reading
from recsys.ui.session import ListenerSession


def catalogue_panel(session: ListenerSession) -> None:
    """Which catalogue is in use, and a way to bring another for this session."""
    size = counted(len(session.catalogue.tracks), "song")
    if session.catalogue is session.app.demo_catalogue:
        st.markdown(f"In use: {size}, **all invented** (demo data).")
    else:
        # How many songs have what recommendations are made of.
        count = session.catalogue.with_audio
        share = {0: "none", len(session.catalogue): "all"}.get(count, f"{count:,}")
        st.markdown(f"In use: {size}, {share} with audio features.")
        for line in passport_sentences(session.passport):
            st.markdown(f"- {plain(line)}")
    if session.is_demo:
        st.caption("Sample listeners only use the invented catalogue. Bring your own library to use another one.")
        return
    if session.own_catalogue is not None:
        st.button(
            "Back to the server’s catalogue", icon=":material/undo:", on_click=session.use_catalogue, args=(None, None)
        )
    st.caption(
        "Any public file of songs with audio features works, such as TidyTuesday’s `spotify_songs.csv`. "
        "The owner of this server can install one for everybody: `tonearm catalogue add FILE`."
    )
    file = accepted(st.file_uploader("Use a catalogue file in this session", type=ENDINGS, key="catalogue_file"))
    if file and st.session_state.get("catalogue_read") != file.file_id:
        with problems.shown(again="catalogue"), reading(session, file) as imported:
            tracks = imported.tracks
            session.use_catalogue(Catalogue.from_tracks(tracks), passport_of(tracks, title=file.name))
            st.session_state["catalogue_read"] = file.file_id
            st.rerun()
