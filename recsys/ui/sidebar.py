"""The sidebar: who is here, whose tracks are on the screen, and how to change either."""

import html

import streamlit as st

from recsys.core.insights.wording import counted
from recsys.ui.parts.problems import reconnect_link
from recsys.ui.parts.text import plain
from recsys.ui.session import ListenerSession


def sidebar(session: ListenerSession) -> None:
    """Draw the sidebar."""
    with st.sidebar:
        if session.is_demo:
            listener = session.app.demo_listeners[session.demo_listener or 0]
            st.badge("demo data", icon=":material/science:", color="orange")
            st.caption(f"Sample listener: {plain(listener.name)}. All songs are invented.")
            if not session.own_library.empty and st.button(
                "Back to my library", icon=":material/undo:", width="stretch"
            ):
                session.show_own()
                st.rerun()
        else:
            st.caption(f"Your library · {counted(len(session.library), 'song')}")
        if session.visitor.is_guest:
            return
        name = html.escape(session.visitor.display_name or "Spotify listener", quote=True)
        picture = html.escape(session.visitor.avatar_url or "", quote=True)
        image = f'<img src="{picture}" alt="" width="36" height="36" style="border-radius:50%">' if picture else ""
        st.html(
            f'<div style="font-size:.875rem"><div style="display:flex;gap:.6rem;align-items:center">{image}'
            f'<span>Signed in as <b>{name}</b></span></div><form method="post" action="/logout"><button style="'
            "margin-top:.6rem;padding:.3rem .9rem;border-radius:8px;border:1px solid rgba(128,128,128,.6);"
            'background:none;color:inherit;font:inherit;cursor:pointer">Log out</button></form></div>'
        )
        # Spotify's consent has ended, or is about to.
        state = session.connection
        if state is not None and state.problem:
            st.warning(plain(state.problem), icon=":material/link_off:")
            reconnect_link()
        elif state is not None and state.is_ending and state.ends_at:
            st.warning(
                f"Your Spotify connection ends on {state.ends_at:%d %B}. Reconnect for another six months.",
                icon=":material/schedule:",
            )
            reconnect_link()
