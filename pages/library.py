"""Library: what is in it, how much of it has audio features, and how more comes in."""

import streamlit as st

from recsys.ui.current_session import this_session
from recsys.ui.library.catalogue import catalogue_panel
from recsys.ui.library.export import library_file
from recsys.ui.library.features import coverage_figures, features_panel, known_panel
from recsys.ui.library.growing import growing_panel
from recsys.ui.library.sync import sync_panel
from recsys.ui.parts.head import head
from recsys.ui.parts.real_songs import real_songs
from recsys.ui.parts.track_table import library_table
from recsys.ui.parts.upload import has_files, import_panel, unfinished_import_notes
from recsys.ui.recommend.start_from import more_like_button

session = this_session()

head(session, "Library")
unfinished_import_notes(session)
is_syncing = sync_panel(session)
library = session.library
if library.empty and is_syncing:
    st.info("Your songs appear here when the sync is done.", icon=":material/info:")
elif library.empty:
    st.info("Nothing here yet. Bring a file below, or try the demo on the welcome page.", icon=":material/info:")
else:
    coverage_figures(library)
    real_songs(session, "library")
    if not session.is_demo:
        features_panel(session)
    more_like_button(session, library, library_table(library, key="library"))
    library_file(session)
    if not session.is_demo:
        growing_panel(session)
    known_panel(session)
is_open = library.empty or session.restarts > 0 or has_files(session, "library")
with st.expander("Import files", icon=":material/upload_file:", expanded=is_open):
    import_panel(session, key="library")
with st.expander("The catalogue recommendations come from", icon=":material/album:"):
    catalogue_panel(session)
