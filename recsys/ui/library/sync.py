"""Sync my Spotify: start, watch, cancel and go on; numbers that add up at every moment."""

from collections.abc import Iterable
from typing import Final

import pandas as pd
import streamlit as st

from recsys.core.insights.wording import counted
from recsys.services.sync import Sync
from recsys.services.sync_progress import Stage, SyncProgress
from recsys.times import from_iso
from recsys.ui.parts import problems
from recsys.ui.parts.fragment import fragment
from recsys.ui.parts.text import local_time, plain
from recsys.ui.session import ListenerSession

STATES = {
    "waiting": "waiting",
    "running": "reading …",
    "paused": "paused",
    "done": "done",
    "blocked": "asked to wait",
    "failed": "stopped",
}
_NUMBERS: Final = ("Found", "Synced", "Left out", "To go", "New")
_WIDTHS: Final = {
    **{name: st.column_config.NumberColumn(width=70, format="localized") for name in _NUMBERS},
    "Why left out": st.column_config.TextColumn(width=230),
}


RECONNECT: Final = "Connect Spotify"
"""Is in every sentence that only connecting again can answer; see `recsys.errors.ReconnectSpotify`."""


def sync_panel(session: ListenerSession) -> bool:
    """Everything about syncing, for a listener who is signed in; nothing for a guest. True while a sync runs."""
    sync = session.app.sync
    if sync is None or session.visitor.is_guest:
        return False
    st.header("Sync my Spotify", anchor=False)
    if _is_connected(session):
        _playlists(session, sync)
    else:
        st.warning("Spotify is not connected, so nothing new comes in.", icon=":material/link_off:")
        problems.reconnect_link()
    is_running = sync.progress(session.listener).is_running
    fragment(_watched, run_every=1.0 if is_running else None)(session, sync, is_running)
    return is_running


def _watched(session: ListenerSession, sync: Sync, was_running: bool) -> None:
    """Progress, drawn again every second while a sync runs; one full rerun when it starts or ends."""
    progress = sync.progress(session.listener)
    if progress.is_running:
        if st.button("Cancel", icon=":material/stop:", key="sync_cancel"):
            progress = sync.cancel(session.listener)
    elif _is_connected(session) and st.button(
        _verb(progress), icon=":material/sync:", key="sync_start", type="primary"
    ):
        with problems.shown():
            progress = sync.start(session.listener)
            session.show_own()
    if progress.stages:
        _show(session, progress)
    if progress.is_running != was_running:
        session.forget("sync_elsewhere")  # what other pages say of it
        if not progress.is_running:
            session.show_own()
        st.rerun()


def _is_connected(session: ListenerSession) -> bool:
    return session.connection is not None and session.connection.is_connected


def _verb(progress: SyncProgress) -> str:
    """A list that Spotify refused is not a finished one: something is left to do once the reason is gone."""
    is_left = progress.is_interrupted or any(stage.is_refused for stage in progress.lists)
    return "Continue the sync" if is_left else "Sync my Spotify"


def _show(session: ListenerSession, progress: SyncProgress) -> None:
    """The sum over all lists as a bar and a sentence, then a row per list."""
    done = progress.stored + progress.skipped
    st.progress(done / progress.found if progress.found else 0.0, counts_in_words(progress))
    rows = [
        {
            "List": stage.title,
            "State": STATES[stage.state],
            "Found": stage.found,
            "Synced": stage.stored,
            "Left out": stage.skipped_in_all,
            "To go": stage.pending,
            "New": stage.added,
            "Why left out": ", ".join(f"{count:,} × {reason}" for reason, count in stage.skipped.items()),
        }
        for stage in shown(progress.stages)
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config=_WIDTHS,
        alt="The lists of this sync",
    )
    st.caption("Songs on several lists count once in your library.")
    for reason, titles in reasons(stage for stage in progress.stages if stage.message != progress.message).items():
        st.warning(f"{plain(', '.join(titles))}: {reason}", icon=":material/info:")
    is_about_connecting = RECONNECT in progress.message
    if progress.message and not (is_about_connecting and _is_connected(session)):  # else it is out of date
        st.error(plain(progress.message))
        if is_about_connecting:
            problems.reconnect_link()


def counts_in_words(progress: SyncProgress) -> str:
    """What came of every entry found so far: in the library, left out, or still to come."""
    synced = f"{progress.stored:,} of {counted(progress.found, 'song')} synced"
    return f"{synced} · {progress.skipped:,} left out · {progress.pending:,} to go"


def shown(stages: Iterable[Stage]) -> list[Stage]:
    """The rows of the table. Features that were looked up are counted below it, as the library is by now."""
    return [stage for stage in stages if stage.name != "features" or not stage.is_finished]


def reasons(stages: Iterable[Stage]) -> dict[str, list[str]]:
    """Why lists were stopped, each sentence once, with the titles of those it is about."""
    messages: dict[str, list[str]] = {}
    for stage in stages:
        if stage.message:
            until = ""
            if stage.blocked_until:
                until = f" It can continue after {local_time(from_iso(stage.blocked_until))}."
            messages.setdefault(f"{plain(stage.message)}{until}", []).append(stage.title)
    return messages


def _playlists(session: ListenerSession, sync: Sync) -> None:
    """Choose which own playlists are synced."""
    with st.expander("Playlists to sync", icon=":material/queue_music:"):
        if st.button("List my playlists", key="list_playlists"):
            with problems.shown(), st.spinner("Asking Spotify …"):
                sync.playlists(session.listener)
        choices = {choice.playlist_id: choice for choice in sync.known_playlists(session.listener)}
        if not choices:
            st.caption("Only your own playlists can be synced, and only the ones you choose.")
            return
        chosen = st.multiselect(
            "Playlists",
            list(choices),
            default=[key for key, choice in choices.items() if choice.is_chosen],
            format_func=lambda key: f"{choices[key].name} ({choices[key].total or 0:,})",
        )
        if set(chosen) != {key for key, choice in choices.items() if choice.is_chosen}:
            sync.choose_playlists(session.listener, chosen)
