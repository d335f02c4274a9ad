"""Pieces of the account page: the connection, what Spotify allows, what is stored, its export, and erasing it."""

from collections.abc import Iterator
from typing import Final

import pandas as pd
import streamlit as st

from recsys.core.insights.wording import counted
from recsys.spotify.models import Finding
from recsys.times import from_iso
from recsys.ui.navigation import page
from recsys.ui.parts import problems
from recsys.ui.parts.downloads import Download, download_panel
from recsys.ui.parts.fragment import fragment
from recsys.ui.parts.labels import SOURCES
from recsys.ui.parts.text import local_time, plain
from recsys.ui.session import ListenerSession
from recsys.ui.weekly import weekly_stored

_TABLES = {
    "profiles": "Your name and picture",
    "user_tracks": "Tracks in your library",
    "track_origins": "Where tracks came from",
    "plays": "Listening history",
    "recommendations": "Your last weekly list, or one a program stored",
    "recipes": "Saved recipes",
    "feedback": "Ratings",
    "feature_misses": "Tracks a feature source does not know",
    "pool_tracks": "Songs found around yours",
    "sync_state": "How far syncs are, and what you agreed to",
    "sent_log": "What we shared",
    "weekly_lists": "A list every week",
    "weekly_songs": "Songs on your weekly lists",
    "spotify_tokens": "Spotify’s permission, encrypted",
    "supabase_tokens": "The database’s permission, encrypted",
    "sessions": "Browsers you are signed in with",
}

NOTHING_STORED: Final = (
    "Nothing of yours yet: the sample listeners are invented. Once you bring a file or connect Spotify, this page "
    "lists what is stored, to download or to erase."
)


def connection_panel(session: ListenerSession) -> None:
    """Whether Spotify is connected, until when, and how to disconnect."""
    st.header("Spotify", anchor=False)
    if session.app.spotify is None:
        st.markdown("No Spotify app is set up on this server; everything else works without one.")
        return
    session.forget("connection")
    state = session.connection
    if state is None:
        st.markdown("Not connected.")
        st.page_link(page("welcome"), label="Connect Spotify", icon=":material/login:")
        return
    if state.is_connected and state.ends_at:
        st.markdown(f"Connected. Spotify’s consent lasts until **{state.ends_at:%d %B %Y}**.")
        if state.is_ending:
            st.warning("It runs out soon. Reconnect to start another six months.", icon=":material/schedule:")
            problems.reconnect_link()
        if st.button(
            "Disconnect Spotify", key="disconnect", help="Stops syncing and saving playlists. Your library stays."
        ):
            with problems.shown():
                session.app.account.disconnect(session.listener)
                session.forget("connection")
                st.rerun()
    else:
        st.warning(plain(state.problem or "Disconnected."), icon=":material/link_off:")
        problems.reconnect_link()


def sessions_panel(session: ListenerSession) -> None:
    """Sign out of every browser at once: for a lost phone, or a computer that was somebody else's."""
    if session.visitor.is_guest:
        return
    st.subheader("Browsers you are signed in with", anchor=False)
    st.html(
        '<form method="post" action="/logout?everywhere=1"><button style="padding:.5rem .9rem;border-radius:8px;'
        "border:1px solid rgba(128,128,128,.6);background:none;color:inherit;font:inherit;font-size:.875rem;"
        'cursor:pointer">Log out everywhere</button></form>'
    )
    st.caption("Ends your sessions in all browsers, this one included. Your library stays.")


def capabilities_panel(session: ListenerSession) -> None:
    """What works with this listener's Spotify and what it blocks, why, and how to fix it."""
    probes = session.app.probes
    if probes is None or session.connection is None or not session.connection.is_connected:
        return
    st.header("What works and what does not", anchor=False)
    with problems.shown(), st.spinner("Asking Spotify once …"):
        known = probes.probe_once(session.listener)
        with st.container(key="capabilities"):
            st.markdown("\n".join(_line(one) for one in sorted(known.found, key=lambda one: one.works is True)))
        if known.probed_at:
            st.caption(f"As Spotify answered on {local_time(from_iso(known.probed_at))}.")
        if st.button("Ask again", key="probe_again", icon=":material/refresh:"):
            probes.forget(session.listener)
            session.forget("coverage")
            st.rerun()


def limits_panel(session: ListenerSession) -> None:
    """What is left of the daily request limits at Spotify, which all listeners of this app share."""
    connected = session.app.spotify
    if connected is None or session.visitor.is_guest:
        return
    title = "How much Spotify was asked today"
    panel = st.expander(title, icon=":material/speed:", key="limits", on_change="rerun")
    if panel.open:  # every limit is a question to the store
        with panel:
            rows = [
                {
                    "What": limit.says,
                    "Requests today": f"{limit.spent:,} of {limit.budget:,}",
                    "Blocked until": local_time(limit.blocked_until) if limit.blocked_until else "not blocked",
                }
                for limit in connected.limits()
            ]
            st.table(pd.DataFrame(rows).set_index("What"))
            st.caption("Spotify counts per developer account and publishes no numbers, so these limits are our own.")


def _line(one: Finding) -> str:
    """What does not work with the reason and the remedy; of what works its name is enough."""
    answer = {True: "works", False: "blocked", None: "unknown"}[one.works]
    icon = {True: "check", False: "block", None: "help"}[one.works]
    because = "" if one.works else " ".join(plain(text) for text in (one.why, one.remedy) if text)
    return f"- :material/{icon}: **{plain(one.title)}**: {answer}{f'. {because}' if because else ''}"


def stored_panel(session: ListenerSession) -> None:
    """What is stored, what was shared with whom, and all of it as a file."""
    st.header("What is stored about you", anchor=False)
    st.caption(plain(session.app.storage_place(session.listener)))
    account = session.app.account
    counts = account.counts(session.listener)
    songs = counted(len(session.own_library), "song")
    st.markdown(f"**{songs}** in your library." if counts["user_tracks"] else NOTHING_STORED)
    if any(counts.values()):
        with st.expander("What we store", icon=":material/database:"):
            # A line for each kind of rows that there are.
            there = {_TABLES.get(name, name): count for name, count in counts.items() if count}
            rows = [f"{count:,}" for count in there.values()]
            st.table(pd.DataFrame({"Rows": rows}, pd.Index(there.keys(), name="What")), width="content")
            weekly_stored(session)
            if counts["user_tracks"] > len(session.own_library):
                st.caption(
                    "A song that came both by name and with its id is two rows here, and counts once in your library."
                )
    sent = account.sent(session.listener)
    st.subheader("What we shared", anchor=False)
    if sent.empty:
        st.caption("Nothing. None of your data has left this server.")
    else:
        when = pd.to_datetime(sent["at"], utc=True).map(local_time)
        shown = pd.DataFrame(
            {"When": when, "To": sent["recipient"].replace(SOURCES), "What": sent["what"], "Count": sent["rows"]}
        )
        st.dataframe(shown, hide_index=True, alt="What we shared, with whom and when")
    _export(session)


@fragment
def _export(session: ListenerSession) -> None:
    """The export of everything, packed once each time the panel opens."""

    def files() -> Iterator[Download]:
        with st.spinner("Packing your data …"):
            content = session.known("export", lambda: session.app.account.export(session.listener, session.now()))
        yield Download("ZIP of all tables", "export_zip", content, "tonearm-everything.zip", "application/zip")

    if not download_panel("Download everything", "export", files):
        session.forget("export")


def erase_panel(session: ListenerSession) -> None:
    """Erase everything, after a word that nobody types by accident; verified by counting to zero."""
    st.header("Erase everything", anchor=False)
    if erased := st.session_state.pop("erased", None):
        st.success(f"Erased. {counted(erased, 'table')} counted afterwards: no row of yours is left.")
    st.markdown("Removes your library, history, recipes, ratings, Spotify connection and sign-ins, for good.")
    times = st.session_state.get("erasures", 0)
    # Another key each time, so that the box is empty again.
    word = st.text_input("Type “erase” to confirm", key=f"erase_word_{times}", width=260)
    if st.button("Erase everything of mine", key="erase", disabled=word.strip().lower() != "erase"):
        with problems.shown(), st.spinner("Erasing and counting …"):
            session.app.opened_links.forget(session.listener)
            with session.app.last_recipes.forgotten(session.listener):
                counts = session.app.account.erase(session.listener)
                session.app.erasures.add(session.listener)
            st.session_state.clear()  # erasing signs out: the next run starts a new session, with this one sentence
            st.session_state.update(erased=len(counts), erasures=times + 1)
            st.rerun()
