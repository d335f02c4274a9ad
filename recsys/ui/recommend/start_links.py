"""A pasted Spotify link as a start: a song we know, or an album or a playlist that is read at a press."""

import streamlit as st

from recsys.core.insights.wording import counted
from recsys.errors import TonearmError
from recsys.services.linked_list import LinkedList, read_linked_list
from recsys.services.song_search import SpotifyLink
from recsys.services.start import PLAYLIST, Part
from recsys.ui.navigation import page
from recsys.ui.parts.text import plain
from recsys.ui.recommend.start_parts import list_button, own_lists, song_buttons
from recsys.ui.session import ListenerSession


def by_link(session: ListenerSession, link: SpotifyLink) -> None:
    """What can be started from behind a link, or why nothing can and what to do instead."""
    if link.kind == "track":
        songs = session.search.by_id([link.id])
        for song in songs:
            song_buttons(session, song)
        if not songs:
            st.caption(
                "Neither your library nor the catalogue has this song, so we don’t know how it sounds. Try its name."
            )
        return
    origin = f"{PLAYLIST}{link.id}"
    synced = next((part for part in own_lists(session) if part.origin == origin), None)
    if link.kind == "playlist" and synced is not None:
        list_button(session, synced)
    elif session.app.spotify is None or session.visitor.is_guest or session.is_demo:
        # The link itself does not say which songs it stands for.
        instead = f"Search for its songs{' or its artist' if link.kind == 'album' else ''} instead."
        if session.app.spotify is None:
            st.caption(f"Only Spotify knows which songs are on this {link.kind}, and it is not set up here. {instead}")
        else:
            st.caption(f"Connect Spotify first: then we can read which songs are on this {link.kind}. {instead}")
            st.page_link(page("welcome"), label="Connect Spotify", icon=":material/login:")
    elif st.button(f"Read this {link.kind}", icon=":material/download:", key="start_read_list"):
        _read(session, link)


def _read(session: ListenerSession, link: SpotifyLink) -> None:
    assert session.app.spotify is not None
    try:
        with st.spinner(f"Reading the {link.kind} …"):
            found = read_linked_list(session.app.spotify.library(session.listener), link)
    except TonearmError as problem:
        st.warning(plain(problem), icon=":material/info:")
        return
    known = session.search.ids_of(found.tracks)
    if known:
        session.start = session.start.plus(Part(named(found, len(known)), tuple(known)))
        st.rerun()
    st.caption(
        f"None of its {counted(found.total, 'song')} is in your library or in the catalogue, "
        "so we don’t know how they sound."
    )


def named(found: LinkedList, known: int) -> str:
    """What the chip says: the album or playlist, and how many of its songs the list starts from."""
    name = f"{found.kind} “{found.name}”" if found.name else f"a {found.kind}"
    songs = counted(found.total, "song")
    return f"{name}, {songs}" if known == found.total else f"{name}, {known:,} of {songs}"
