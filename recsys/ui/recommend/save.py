"""Save to Spotify: first what would be sent, then the playlist, and what changed in it."""

import streamlit as st

from recsys.core.insights.wording import counted
from recsys.services.playlists import Change
from recsys.ui.parts import problems
from recsys.ui.parts.text import plain
from recsys.ui.recommend.list_state import list_state
from recsys.ui.session import ListenerSession


def save_panel(session: ListenerSession) -> bool:
    """
    Save the list as a playlist. False, and nothing drawn, for who is not signed in or has no real music on the screen.
    """
    playlists, found = session.app.playlists, list_state().found
    if playlists is None or session.visitor.is_guest or session.is_demo or found is None:
        return False
    with st.popover("Save to Spotify", icon=":material/playlist_add:", key="save", type="primary", on_change="rerun"):
        name = st.text_input("Name of the playlist", "Tonearm", max_chars=100, key="playlist_name")
        track_ids = list(found.table["track_id"])
        with st.container(horizontal=True):
            is_plan = st.button("Show what would be sent", key="playlist_plan")
            is_saved = st.button("Save", key="playlist_save")
        if is_plan or is_saved:
            with problems.shown(), st.spinner("Asking Spotify …"):
                if is_plan:
                    st.info(_sentence(playlists.plan(session.listener, name, track_ids), "would be"))
                else:
                    change = playlists.save(session.listener, name, track_ids)
                    st.success(f"Saved. {_sentence(change, 'were')}", icon=":material/check:")
                    st.markdown(f"[Open “{plain(change.name)}” in Spotify]({change.link})")
        st.caption("The playlist is private. Saving again under the same name brings the same playlist up to date.")
    return True


def _sentence(change: Change, verb: str) -> str:
    """What saving does, in words."""
    where = "to a new private playlist" if change.is_new else f"to your playlist “{plain(change.name)}”"
    parts = [f"{counted(len(change.added), 'track')} {verb} added {where}"]
    if not change.is_new:
        parts.append(f"{len(change.removed):,} {verb} removed, {len(change.unchanged):,} stay")
    if change.left_out:
        parts.append(f"{len(change.left_out):,} are not on Spotify and are left out")
    if change.others:
        parts.append(
            f"{counted(change.others, 'podcast or file', 'podcasts or files')} of your own stay below the list"
        )
    return "; ".join(parts) + "."
