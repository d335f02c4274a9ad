"""From a sign-in or an upload to a list: what runs by itself, how far it is, and the one step that comes next."""

from typing import Literal

import streamlit as st

from recsys.core.insights.wording import counted
from recsys.core.model.tracks import has_audio
from recsys.errors import TonearmError
from recsys.services.features import Coverage
from recsys.services.sync import Sync
from recsys.services.sync_progress import SyncProgress
from recsys.times import from_iso
from recsys.ui.navigation import page
from recsys.ui.parts import problems
from recsys.ui.parts.fragment import fragment
from recsys.ui.parts.look_up import features_key, look_up
from recsys.ui.parts.notes import no_features_note
from recsys.ui.parts.real_songs import real_songs
from recsys.ui.parts.text import local_time, plain
from recsys.ui.session import ListenerSession


def start_after_consent(session: ListenerSession) -> None:
    """Start the sync that a listener agreed to at Spotify a moment ago; once for each time they agree."""
    sync = session.app.sync
    if sync is None or session.visitor.is_guest:
        return
    if session.known("consented", lambda: sync.take_consent(session.listener)):
        session.forget("consented")
        try:
            sync.start(session.listener)
        except TonearmError as problem:  # such as too many at once: the button on Library starts it later
            st.warning(plain(problem), icon=":material/info:")


def is_newcomer(session: ListenerSession) -> bool:
    """True for somebody who has neither signed in nor brought anything."""
    return session.visitor.is_guest and session.own_library.empty


def next_step(session: ListenerSession) -> bool:
    """
    The one thing to do next, as the one primary button, or the progress of what runs.

    True where lists can be made from the listener's own songs.
    """
    if progress_note(session):
        return False
    size = len(session.own_library)
    if size == 0:
        st.markdown("You are signed in, and your library is still empty.")
        _button(session, "library", "Bring my songs in", ":material/sync:")
    elif not features_card(session, "welcome"):
        known = int(has_audio(session.own_library).sum())
        heard = "" if known == size else f", {known:,} with audio features"
        st.markdown(f"**{counted(size, 'song')}** in your library{heard}.")
        real_songs(session, "welcome")
        has_real_songs = session.has_real_catalogue
        if known:
            _next_pages(session, has_real_songs)
        elif has_real_songs:
            no_features_note(session)
        return has_real_songs and known > 0
    return False


def _next_pages(session: ListenerSession, has_real_songs: bool) -> None:
    """Buttons to the list and to Taste; Taste, which needs no real songs, is first where the list is but a sample."""
    with st.container(horizontal=True, gap="small"):
        if has_real_songs:
            _button(session, "recommend", "Get recommendations", ":material/tune:")
        _button(session, "taste", "See your taste", ":material/radar:", is_primary=False)
        if not has_real_songs:
            _button(session, "recommend", "See a sample list", ":material/tune:", is_primary=False)


def _button(session: ListenerSession, name: str, label: str, icon: str, is_primary: bool = True) -> None:
    if st.button(label, key=f"next_{name}", icon=icon, type="primary" if is_primary else "secondary"):
        if session.is_demo:
            session.show_own()
        st.switch_page(page(name))


def progress_note(session: ListenerSession) -> bool:
    """How far a running sync is, drawn again every second, or a button that continues one; True while one runs."""
    sync, listener = session.app.sync, session.listener
    if sync is None or session.visitor.is_guest:
        return False
    if not sync.is_running_here(listener):
        # The store is asked for a sync of another process once a minute, not at every run of the page.
        last = session.known("sync_elsewhere", lambda: sync.progress(listener), seconds=60)
        if not last.is_running:
            if last.is_interrupted:
                _continue_note(session, sync)
            return False
    with st.container(border=True, key="syncing"):
        fragment(_syncing, run_every=1.0)(session, sync)
    return True


def _continue_note(session: ListenerSession, sync: Sync) -> None:
    """That a sync stopped before its end, with a button that continues it; nothing where it has ended by now."""
    progress = sync.progress(session.listener)
    if not progress.is_interrupted or session.connection is None or not session.connection.is_connected:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="sync_stopped"):
        st.markdown(stopped_in_words(progress), width="content")
        if st.button("Continue the sync", icon=":material/sync:", key="sync_continue"):
            with problems.shown():
                sync.start(session.listener)
                session.forget("sync_elsewhere")
                st.rerun()


def stopped_in_words(progress: SyncProgress) -> str:
    """Where a sync stopped and, where Spotify asked to wait, from when on it can continue."""
    how_far = f"at {progress.stored:,} of {counted(progress.found, 'song')}" if progress.found else "at the start"
    until = progress.blocked_until
    later = f" It can continue after {local_time(from_iso(until))}." if until else ""
    return f"The sync stopped {how_far}.{later}"


def _syncing(session: ListenerSession, sync: Sync) -> None:
    progress = sync.progress(session.listener)
    if not progress.is_running:
        session.forget("sync_elsewhere")
        session.show_own()
        st.rerun()
    done = progress.stored + progress.skipped
    found = f" of {progress.found:,}" if progress.found else ""
    st.progress(done / progress.found if progress.found else 0.0, f"Reading your songs from Spotify: {done:,}{found}")
    st.caption("This goes on by itself, on other pages too.")


def features_card(session: ListenerSession, key: str) -> bool:
    """
    One button that finds out how the songs sound, where that is known of fewer than half of them.

    Pressing it is the consent to ask ReccoBeats; the card says what is sent. False where there is nothing to ask.
    """
    library, features = session.own_library, session.app.features
    known = int(has_audio(library).sum())
    if library.empty or 2 * known >= len(library):
        return False
    covered = session.known("coverage", lambda: features.coverage(session.listener, library))
    is_active = session.app.jobs.is_active(features_key(session))
    if not (is_active or covered.waiting or covered.could_ask):
        return False
    with st.container(border=True, key=f"features_{key}"):
        fragment(_features, run_every=1.0 if is_active else None)(session, covered, is_active, key)
    return True


def _features(session: ListenerSession, covered: Coverage, was_active: bool, key: str) -> None:
    features, listener = session.app.features, session.listener
    missing = covered.total - covered.known
    if not was_active:
        st.markdown(f"We don’t know yet how **{counted(missing, 'song')}** of yours sound.")
        # One button of a page stands out: without real songs it is the one that gets them.
        emphasis: Literal["primary", "secondary"] = (
            "primary" if session.has_real_catalogue or key == "welcome" else "secondary"
        )
        if st.button("Find out how my songs sound", key=f"sound_{key}", type=emphasis, icon=":material/search:"):
            with problems.shown():
                features.agree(listener, "reccobeats", True)
                session.forget("coverage", "consent")
                look_up(session)
                st.rerun()
        sent = covered.could_ask or covered.waiting
        whose = "these songs" if sent == missing else counted(sent, "song")
        st.caption(f"Sends the Spotify ids of {whose} to ReccoBeats, a free service. Nothing about you.")
        return
    job = session.app.jobs.snapshot(features_key(session))
    if not (job and job.is_active):
        session.show_own()
        st.rerun()
    stage = job.progress
    done, total = (stage.stored, max(stage.found, 1)) if stage else (0, 1)
    st.progress(done / total, f"Finding out how your songs sound: {done:,} of {covered.total:,} known")
