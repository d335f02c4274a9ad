"""Start from anything: songs by search or link, the listener's own lists, minus songs."""

from typing import Any, Final

import pandas as pd
import streamlit as st

from recsys.errors import TonearmError
from recsys.services.playlist_choice import choices
from recsys.services.song_search import FoundSong, SpotifyLink, read_link
from recsys.services.start import PLAYLIST, Part, Start, stored_lists
from recsys.ui.navigation import page
from recsys.ui.parts.text import counted, plain
from recsys.ui.session import ListenerSession

MAX_PLAYLIST: Final = 1_000
"""Songs of a playlist that are read from Spotify, fifty a request."""

_NOTICE: Final = "start_notice"
_QUERY: Final = "start_query"


def start_from(session: ListenerSession) -> None:
    """A search over library and catalogue, and the listener's lists: each becomes a chip above the list."""
    if notice := st.session_state.pop(_NOTICE, None):
        st.info(plain(notice), icon=":material/info:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover("Start from …", icon=":material/flag:"):
            query = st.text_input(
                "Search a song, or paste a Spotify link",
                key=_QUERY,
                placeholder="Title, artist or link",
                max_chars=300,
                help="Your library and the catalogue are searched. A link to a track or a playlist works too.",
            )
            if link := read_link(query):
                _by_link(session, link)
            elif query.strip():
                songs = session.search.search(query)
                if not songs:
                    st.caption("No song of your library or of the catalogue has all these words.")
                for song in songs:
                    _song(session, song)
            _own_lists(session)
        is_set = session.start != Start()
        if is_set and st.button("Back to my whole library", key="whole_library", type="tertiary"):
            session.start_from((), "")
            st.rerun()


def more_like(session: ListenerSession, track_id: str) -> None:
    """Recommend from one song of the library or the catalogue alone; an id that neither knows changes nothing."""
    for song in session.search.by_id([track_id])[:1]:
        session.start_from((song.track_id,), song.name)


def more_like_button(session: ListenerSession, tracks: pd.DataFrame, picked: int | None) -> None:
    """Below a table of songs: a list of more like the row that was picked."""
    if picked is None:
        st.caption("Pick a row to get more songs like it.")
        return
    row = tracks.iloc[picked]
    if st.button(f"More like “{plain(row['title'])}”", key="more_like", icon=":material/queue_music:"):
        more_like(session, str(row["track_id"]))
        st.switch_page(page("recommend"))


def restore_start(session: ListenerSession, stored: Any) -> None:
    """Start where a saved recipe does; songs that are no longer known are named and left out."""
    start = Start.from_json(stored, session.store.origins(session.listener))
    session.start, gone = start.known(session.search.known([*start.seeds, *start.away]))
    if gone:
        names = ", ".join(f"“{name}”" for name in gone)
        st.session_state[_NOTICE] = f"Left out, because neither your library nor the catalogue has it now: {names}."


def _song(session: ListenerSession, song: FoundSong) -> None:
    """One song: its name starts from it, the button beside it stays away from it."""
    part = Part(song.name, (song.track_id,))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.button(
            plain(song.name),
            icon=":material/library_music:" if song.is_own else ":material/add:",
            key=f"start_add_{song.track_id}",
            help="Start from this song of yours" if song.is_own else "Start from this song",
            width="stretch",
            on_click=_set,
            args=(session, session.start.plus(part)),
        )
        st.button(
            "Avoid",
            key=f"start_less_{song.track_id}",
            help=f"Stay away from songs like {plain(song.name)}",
            type="tertiary",
            on_click=_set,
            args=(session, session.start.less(part)),
        )


def _set(session: ListenerSession, start: Start) -> None:
    session.start = start


def _by_link(session: ListenerSession, link: SpotifyLink) -> None:
    if link.kind == "track":
        songs = session.search.by_id([link.id])
        for song in songs:
            _song(session, song)
        if not songs:
            st.caption(
                "Neither your library nor the catalogue has this song, so we don’t know how it sounds. Try its name."
            )
    elif link.kind == "playlist":
        _playlist(session, link.id)
    else:
        st.caption("A link to an album does not say which songs are on it. Search for its songs or its artist instead.")


def _playlist(session: ListenerSession, playlist_id: str) -> None:
    """A playlist that was synced, or one that is read from Spotify at a press."""
    origin = f"{PLAYLIST}{playlist_id}"
    part = next((part for part in own_lists(session) if part.origin == origin), None)
    if part is not None:
        _list_button(session, part)
        return
    spotify = session.app.spotify
    if spotify is None or session.visitor.is_guest or session.is_demo:
        st.caption("Connect Spotify first: only then may we read which songs are on a playlist.")
    elif st.button("Read this playlist", icon=":material/download:", key="start_read_playlist"):
        try:
            with st.spinner("Reading the playlist …"):
                ids = _read_playlist(session, playlist_id)
        except TonearmError as problem:
            st.warning(plain(problem), icon=":material/info:")
            return
        known = session.search.known(ids)
        if known:
            name = f"A playlist of {counted(len(ids), 'song')}, {len(known):,} known"
            session.start = session.start.plus(Part(name, tuple(i for i in ids if i in known)))
            st.rerun()
        st.caption(f"None of its {counted(len(ids), 'song')} is in your library or in the catalogue.")


def _read_playlist(session: ListenerSession, playlist_id: str) -> list[str]:
    assert session.app.spotify is not None
    spotify, ids, cursor = session.app.spotify.library(session.listener), list[str](), None
    while len(ids) < MAX_PLAYLIST:
        page = spotify.playlist_items(playlist_id, cursor)
        ids += page.tracks["track_id"].tolist()
        cursor = page.next_cursor
        if cursor is None:
            break
    return list(dict.fromkeys(ids))


def own_lists(session: ListenerSession) -> list[Part]:
    """The listener's stored lists that can be started from; none for an invented listener."""
    if session.is_demo:
        return []

    def read() -> list[Part]:
        names = {one.playlist_id: one.name for one in choices(session.store, session.listener)}
        return stored_lists(session.store.origins(session.listener), names, session.library["track_id"])

    return session.known("start lists", read)


def _own_lists(session: ListenerSession) -> None:
    lists = own_lists(session)
    if not lists:
        return
    chosen = st.selectbox(
        "Or one of your lists",
        lists,
        index=None,
        placeholder="Choose a list",
        format_func=lambda part: f"{part.name} ({counted(len(part.track_ids), 'song')})",
        key="start_list",
    )
    if chosen is not None:
        _list_button(session, chosen)


def _list_button(session: ListenerSession, part: Part) -> None:
    st.button(
        f"Start from {plain(part.name)}",
        icon=":material/add:",
        key="start_add_list",
        on_click=_set,
        args=(session, session.start.plus(part)),
    )
