"""The three doors of the welcome page: try the demo, bring a file, connect Spotify."""

import html

import streamlit as st

from recsys.ui.navigation import page
from recsys.ui.parts.problems import reconnect_link
from recsys.ui.parts.text import plain
from recsys.ui.parts.upload import import_panel
from recsys.ui.session import ListenerSession
from recsys.web.sign_in_problems import sentence

_HOW = """
1. Open [exportify.net](https://exportify.net), log in with Spotify and export a playlist or your liked songs.
2. Or ask Spotify [for your data](https://www.spotify.com/account/privacy/) and keep the ZIP it sends.
3. Drop the file here. Any table with a title, an artist and audio features works too.
"""


def sign_in_problem() -> None:
    """Say why a sign-in did not happen, once, when the browser comes back with a code for it."""
    strayed = "redirect" if st.query_params.pop("code", None) else None  # Supabase took its own address
    code = st.query_params.pop("login", strayed)
    if code:
        st.error(sentence(code), icon=":material/error:")


def demo_door(session: ListenerSession) -> None:
    """Choose one of the invented listeners and look around."""
    st.subheader("Try the demo", anchor=False)
    listeners = session.app.demo_listeners
    chosen = st.radio(
        "Whose records?",
        options=range(len(listeners)),
        format_func=lambda number: listeners[number].name,
        captions=[listener.description for listener in listeners],
        key="demo_choice",
    )
    st.caption("Invented listeners, invented music. Every page and file says so.")
    if st.button("Try the demo", key="open_demo", type="primary", icon=":material/play_arrow:", width="stretch"):
        session.show_demo(int(chosen or 0))
        st.switch_page(page("taste"))


def file_door(session: ListenerSession) -> None:
    """Import files and go on to the taste page."""
    st.subheader("Bring a file", anchor=False)
    st.markdown(_HOW)
    if import_panel(session, key="welcome"):
        st.page_link(page("taste"), label="See your taste", icon=":material/radar:")
        st.page_link(page("recommend"), label="Get recommendations", icon=":material/tune:")


def spotify_door(session: ListenerSession) -> None:
    """Sign in with Spotify, or what is missing for that."""
    st.subheader("Connect Spotify", anchor=False)
    if not session.visitor.is_guest:
        _signed_in(session, plain(session.visitor.display_name or "Spotify listener"))
    elif session.app.accounts:
        st.markdown("Sync what you saved and play most, and send a list back as a playlist.")
        st.html(_link("/login", "Log in with Spotify"))
    else:
        st.markdown("Sync what you saved and play most, and send a list back as a playlist.")
        st.button("Log in with Spotify", disabled=True, key="no_spotify", width="stretch")
        st.caption("Not set up here: this server has no `SPOTIFY_CLIENT_ID`. The README says how to get one.")
    st.caption("Spotify lets a new app serve five invited listeners, and no longer gives it audio features.")


def _signed_in(session: ListenerSession, name: str) -> None:
    if session.connection and session.connection.is_connected:
        st.success(f"Connected as {name}.", icon=":material/check:")
        st.page_link(page("library"), label="Sync your tracks", icon=":material/sync:")
    else:
        st.warning(f"Signed in as {name}, but Spotify is not connected.", icon=":material/link_off:")
        reconnect_link()


def _link(address: str, label: str) -> str:
    """A link that opens in the same tab; Streamlit's own links open a new one."""
    return (
        "<style>.door{display:block;text-align:center;padding:.5rem 1rem;border-radius:8px;background:#15803d;"
        "color:#fff !important;text-decoration:none;font-weight:600}.door:hover{background:#166534}"
        ".door:focus-visible{outline:3px solid #4ade80;outline-offset:2px}</style>"
        f'<a class="door" href="{html.escape(address, quote=True)}" target="_self">{html.escape(label)}</a>'
    )
