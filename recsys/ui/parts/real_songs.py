"""Real songs at the press of a button: offered wherever the catalogue in use is invented."""

from typing import Final, Literal

import streamlit as st

from recsys.catalogues.models import CatalogueEntry
from recsys.core.insights.wording import counted
from recsys.errors import TonearmError
from recsys.services.catalogues import CatalogueProgress, ReadyCatalogue, size_in_words
from recsys.services.jobs import Snapshot
from recsys.ui.parts import problems
from recsys.ui.parts.fragment import fragment
from recsys.ui.parts.look_up import look_up_new
from recsys.ui.parts.text import plain
from recsys.ui.session import ListenerSession

_AWAITED: Final = "real_songs_awaited"
_STAGES: Final = {
    "waiting": "Connecting …",
    "download": "Downloading",
    "import": "Reading the songs …",
    "install": "Installing …",
}


def real_songs(session: ListenerSession, key: str) -> None:
    """
    The button that fetches real songs, or how far that is; nothing where the catalogue is real already.

    Where the visitor may not install for everybody, the songs are loaded for their session.
    """
    job = session.app.catalogues.snapshot(session.listener)
    if job and isinstance(job.result, ReadyCatalogue):
        # Use, once, what was fetched for this session alone.
        if not job.result.is_installed and session.loaded is not job.result:
            with st.spinner("Loading the songs …"):
                session.use_catalogue(session.app.session_catalogue(job.result), job.result.passport)
            session.loaded = job.result
            st.rerun()  # what was drawn above still shows invented songs
        if st.session_state.pop(_AWAITED, False):
            with problems.shown():
                look_up_new(session)  # the songs that came may say how the listener's own sound
            st.success(f"{counted(job.result.passport.songs, 'real song')} ready.", icon=":material/album:")
            st.caption(arrived(job.result))
    if session.has_real_catalogue:
        return
    is_active = job is not None and job.is_active
    with st.container(border=True, key=f"real_songs_{key}"):
        fragment(_watched, run_every=1.0 if is_active else None)(session, key, is_active)


def _watched(session: ListenerSession, key: str, was_active: bool) -> None:
    """The button, or the progress, drawn again every second; a full rerun when that changes."""
    catalogues = session.app.catalogues
    job = catalogues.snapshot(session.listener)
    if job and job.is_active:
        step = job.progress if isinstance(job.progress, CatalogueProgress) else CatalogueProgress("")
        words = _STAGES[step.stage]
        if step.stage == "download":
            total = f" of {size_in_words(step.total)}" if step.total else ""
            words = f"{words}: {size_in_words(step.bytes)}{total}"
        st.progress(step.share or 0.0, words)
        if st.button("Cancel", icon=":material/stop:", key=f"cancel_real_{key}"):
            catalogues.cancel(session.listener)
    else:
        _offer(session, job, key)
        job = catalogues.snapshot(session.listener)
    if bool(job and job.is_active) != was_active:
        st.rerun()


def _offer(session: ListenerSession, job: Snapshot | None, key: str) -> None:
    if job and job.message:
        st.error(plain(job.message), icon=":material/error:")
    entries = offered(session)
    if not entries:
        return
    may_install = session.app.catalogues.may_install(is_on_this_host(session))
    best, others = entries[0], entries[1:]
    whom = "for everybody who uses this server" if may_install else "for this session only"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        says = "These songs are invented." if key == "recommend" else "So far all songs to recommend are invented."
        st.markdown("Swap the invented songs for real ones:" if session.is_demo else says, width="content")
        # One button of a page stands out; in the demo it is the one that opens it.
        emphasis: Literal["primary", "secondary"] = "secondary" if session.is_demo else "primary"
        if st.button(label(best), key=f"get_real_{key}", type=emphasis, icon=":material/download:"):
            _start(session, best, may_install)
        with st.popover("About", type="tertiary"):
            st.markdown(f"{about(best)} Loaded {whom}.")
            if others:
                st.markdown("**Other catalogues**")
            for number, entry in enumerate(others):
                if st.button(label(entry), key=f"get_other_{key}_{number}"):
                    _start(session, entry, may_install)
                st.caption(about(entry))


def offered(session: ListenerSession) -> tuple[CatalogueEntry, ...]:
    """What can be fetched, the best first; none, with a sentence on the page, where the registry cannot be read."""

    def read() -> tuple[CatalogueEntry, ...] | TonearmError:
        try:
            return session.app.catalogues.fetchable()
        except TonearmError as problem:
            return problem

    entries = session.known("fetchable catalogues", read, seconds=300)
    if isinstance(entries, TonearmError):
        st.warning(plain(entries), icon=":material/error:")
        return ()
    return entries


def label(entry: CatalogueEntry) -> str:
    """What the button says: how many songs, and how much is downloaded."""
    songs = f"{entry.songs:,} real songs" if entry.songs else f"{entry.rows:,} rows of real songs"
    return f"Get {songs} ({size_in_words(entry.bytes)})"


def about(entry: CatalogueEntry) -> str:
    """Title, source and licence of a catalogue, in two sentences."""
    return f"{plain(entry.title)}, {plain(entry.source)}. Licence as stated: {plain(entry.licence)}."


def arrived(ready: ReadyCatalogue) -> str:
    """The import report: rows = songs + repeats + skipped."""
    says = "They had been downloaded before."
    if ready.counts is not None:
        skipped = sum(ready.counts.skipped.values())
        rows = f"{counted(ready.counts.rows, 'row')}: {counted(ready.counts.tracks, 'track')}"
        says = f"The file had {rows}, {counted(ready.counts.duplicates, 'repeat')}, {skipped:,} skipped."
    if more := ready.passport.other_versions:
        says += f" Of the {ready.passport.registry_songs:,} announced, {more:,} came in another version too."
    return says


def _start(session: ListenerSession, entry: CatalogueEntry, may_install: bool) -> None:
    with problems.shown():
        st.session_state[_AWAITED] = True
        session.app.catalogues.start(entry.name, session.listener, may_install, is_on_this_host(session))


def is_on_this_host(session: ListenerSession) -> bool:
    """True when the app is served on this host only, and the browser asks from it and through no proxy."""
    is_local = st.context.ip_address is None  # what Streamlit says of 127.0.0.1 and ::1
    return session.app.settings.is_loopback and is_local and "X-Forwarded-For" not in st.context.headers
