"""The welcome page: the product at work, and three ways to start: sample listeners, a file, Spotify."""

from collections.abc import Callable

import streamlit as st

from recsys.ui.first_steps import next_step
from recsys.ui.navigation import page
from recsys.ui.parts.problems import reconnect_link
from recsys.ui.parts.text import plain
from recsys.ui.parts.upload import import_panel
from recsys.ui.session import ListenerSession
from recsys.ui.taster import own_taster, taster
from recsys.web.sign_in_problems import sentence

_HOW = """
1. Open [exportify.net](https://exportify.net), log in with Spotify and export a playlist or your liked songs.
2. Or ask Spotify [for your data](https://www.spotify.com/account/privacy/) and keep the ZIP it sends.
3. Drop the file here. Any table with a title, an artist and audio features works too.
"""


def doors_for(session: ListenerSession, is_new: bool) -> list[Callable[[ListenerSession], None]]:
    """The doors in the order of use: listeners with songs of their own see the import before the samples."""
    doors: list[Callable[[ListenerSession], None]] = [demo_door, file_door] if is_new else [file_door, demo_door]
    return [*doors, spotify_door] if has_spotify(session) else doors


def sign_in_problem() -> None:
    """Say once why a sign-in failed, when the browser comes back with a code for it."""
    strayed = "redirect" if st.query_params.pop("code", None) else None  # Supabase took its own address
    code = st.query_params.pop("login", strayed)
    if code:
        st.error(sentence(code), icon=":material/error:")


def has_spotify(session: ListenerSession) -> bool:
    """Whether there is anything to do behind the third door; Account says what is missing, or connected already."""
    is_connected = session.connection is not None and session.connection.is_connected
    return bool(session.app.accounts or not session.visitor.is_guest) and not is_connected


def at_work(session: ListenerSession) -> None:
    """What this is, in one sentence, a list that moves with one control, and the button that opens it all."""
    st.title("Recommendations you can steer, understand and take with you", anchor=False)
    st.markdown("Tonearm finds songs near the music you like, and you decide what **near** means. Move the slider:")
    taster(session.app, 0)
    if st.button("Try the demo", key="open_demo", type="primary", icon=":material/play_arrow:"):
        _open_demo(session, 0)


def at_home(session: ListenerSession) -> None:
    """Who is here, and the one thing to do next."""
    name = session.visitor.display_name
    st.title(f"Hello, {plain(name)}" if name else "Your music", anchor=False)
    if next_step(session) and not session.is_demo:
        own_taster(session)


def _open_demo(session: ListenerSession, number: int) -> None:
    session.show_demo(number)
    st.switch_page(page("recommend"))


def demo_door(session: ListenerSession) -> None:
    """Look around as one of the invented listeners."""
    st.header("Pick a sample listener", anchor=False)
    for number, listener in enumerate(session.app.demo_listeners):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"sample_{number}"):
            if st.button(listener.name, key=f"demo_{number}", width=134):
                _open_demo(session, number)
            st.caption(listener.description)
    st.caption("Invented listeners, invented music. Every page and file says so.")


def file_door(session: ListenerSession) -> None:
    """Import files and go on to the taste page."""
    st.header("Bring a file", anchor=False)
    st.markdown(_HOW)
    import_panel(session, key="welcome")


def spotify_door(session: ListenerSession) -> None:
    """Sign in with Spotify, or what is missing for that."""
    st.header("Connect Spotify", anchor=False)
    if not session.visitor.is_guest:
        name = plain(session.visitor.display_name or "Spotify listener")
        st.warning(f"Signed in as {name}, but Spotify is not connected.", icon=":material/link_off:")
        reconnect_link()
        return
    st.markdown("Sync what you saved and play most, and send a list back as a playlist.")
    # Opens in the same tab; Streamlit's own links open a new one.
    st.html('<a class="door" href="/login" target="_self">Log in with Spotify</a>')
    st.caption("Spotify only lets small apps in by invitation (5 people).")
