"""Songs around yours: consent, progress and cancel, what was found, and whether it is recommended."""

import streamlit as st

from recsys.core.insights.wording import counted
from recsys.core.model.identity import NAMED
from recsys.services.growing import CONSENT, NAMES_CONSENT, registered_in
from recsys.times import from_iso
from recsys.ui.parts import problems
from recsys.ui.parts.fragment import fragment
from recsys.ui.parts.text import local_time, plain
from recsys.ui.session import ListenerSession


def growing_panel(session: ListenerSession) -> None:
    """Songs found around the listener's own: how many there are, and a way to find more once the listener agreed."""
    growing = session.app.growing
    st.header("Songs around yours", anchor=False)
    st.markdown(
        "ReccoBeats can name songs like yours, new releases too. They are added to what Tonearm recommends from, for "
        "you alone."
    )
    agreed = _consent(
        session,
        CONSENT,
        "grow_consent",
        "Send the Spotify ids of up to 200 of my songs to ReccoBeats, to find songs like them",
        "A free service run by one person. It sees song ids, nothing about you. Off until you agree.",
    )
    # Songs that nothing but their names is known of.
    if named := int(session.library["track_id"].str.startswith(NAMED).sum()):
        _consent(
            session,
            NAMES_CONSENT,
            "names_consent",
            "Send title, artist and album of songs without a Spotify id to ListenBrainz",
            f"{counted(named, 'song')} of yours came without an id. ListenBrainz, a non-profit, finds some of them.",
        )
    is_running = growing.is_running(session.listener)
    fragment(_watched, run_every=1.0 if is_running else None)(session, agreed, is_running)
    if not session.pool.empty and not is_running:
        # How many songs were found, how many of them this year, and the way to forget them.
        year = session.app.now().year
        recent = registered_in(session.pool, year)
        new = f", {recent:,} of them registered in {year}" if recent else ""
        st.markdown(f"**{counted(len(session.pool), 'song')}** found around yours{new}.")
        if st.button("Forget these songs", icon=":material/delete:", key="grow_forget", type="tertiary"):
            with problems.shown():
                session.app.growing.remove(session.listener)
                session.forget("pool")
                st.rerun()


def _consent(session: ListenerSession, consent: str, key: str, label: str, says: str) -> bool:
    """A toggle that gives or withdraws one consent; whether it is given."""
    growing = session.app.growing
    had_agreed = session.known(key, lambda: growing.has_agreed(session.listener, consent))
    agreed = st.toggle(label, value=had_agreed, key=key, help=says)
    if agreed != had_agreed:
        growing.agree(session.listener, agreed, consent)
        session.forget(key)
        st.rerun()
    return agreed


def _watched(session: ListenerSession, has_agreed: bool, was_running: bool) -> None:
    """The button, or the progress, drawn again every second; a full rerun when that changes."""
    growing, listener = session.app.growing, session.listener
    growth = growing.progress(listener)
    if growing.is_running(listener):
        says = f"{counted(growth.added, 'new song')} found …" if growth.added else "Asking ReccoBeats …"
        st.progress(growth.share, says)
        if st.button("Cancel", icon=":material/stop:", key="grow_cancel"):
            growing.cancel(listener)
    else:
        if growth.message:
            until = f" Try again after {local_time(from_iso(growth.blocked_until))}." if growth.blocked_until else ""
            st.info(f"{plain(growth.message)}{until} The songs found so far are saved.", icon=":material/schedule:")
        is_interrupted = growth.state != "done" and (growth.position or growth.round)
        label = "Continue finding songs" if is_interrupted else "Find songs around mine"
        if st.button(label, key="grow_start", icon=":material/travel_explore:", disabled=not has_agreed):
            with problems.shown():
                growing.start(listener)
        if not has_agreed:
            st.caption("Takes about five minutes. Nothing is sent before you agree.")
        elif growth.state == "done" and not growth.added:
            st.caption("The last search found nothing new. ReccoBeats may not know your songs.")
    if growing.is_running(listener) != was_running:
        session.forget("pool")
        st.rerun()


def pool_note(session: ListenerSession) -> None:
    """Whether songs found around the listener's own are recommended too; nothing where there are none."""
    if session.is_demo or session.pool.empty:
        return
    session.uses_pool = st.toggle(
        f"Include the {counted(len(session.pool), 'song')} found around yours",
        value=session.uses_pool,
        key="uses_pool",
        help="Found by ReccoBeats around your songs. Switch off to choose from the catalogue only.",
    )
