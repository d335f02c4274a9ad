"""The session of the browser tab that asks: looked up at every run, by its cookie and what its tab remembers."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from secrets import token_hex
from typing import Final, cast

import streamlit as st

from recsys.app.container import running
from recsys.auth.guests import guest_listener, visitor
from recsys.auth.models import Visitor, new_guest_id
from recsys.log_context import serving
from recsys.ui.session import ListenerSession
from recsys.web.cookies import session_cookie

_KEY: Final = "tonearm"

_here: ContextVar[ListenerSession | None] = ContextVar("here", default=None)


@contextmanager
def whole_run() -> Iterator[ListenerSession]:
    """One run of the script from top to bottom: who is here is looked up once, for the frame and for the page."""
    session = _looked_up()
    _here.set(session)
    try:
        with serving(session.listener, token_hex(4)):
            yield session
    finally:
        _here.set(None)


def this_session() -> ListenerSession:
    """The session of the browser that asks; every page begins with it. Raises `StorageProblem`."""
    return _here.get() or _looked_up()


def _looked_up() -> ListenerSession:
    """
    The session, after the store was asked who is here.

    A tab that reconnects keeps its state but brings new cookies, so the visitor is looked up at every run and the
    state of another person is dropped, as is that of a listener who has erased everything since, in whichever tab.
    """
    app = running()
    cookie = st.context.cookies.get(session_cookie(app.settings.is_https))
    session = cast("ListenerSession | None", st.session_state.get(_KEY))
    who = visitor(cookie, app.sessions, app.now())
    if who is None:
        # A guest stays one for as long as the tab is open, when the browser stores no cookies. A listener whose cookie
        # is gone, as after a sign-out in another tab, is signed out here too.
        is_guest = session is not None and session.visitor.is_guest
        who = session.visitor if session and is_guest else Visitor(guest_listener(new_guest_id()), is_guest=True)
    ended = app.jobs.ended(who.listener)
    erasures = app.erasures.of(who.listener)
    restarts = session.restarts if session else 0
    if session is not None and (session.visitor.listener, session.erasures) != (who.listener, erasures):
        st.session_state.clear()
        session, restarts = None, restarts + 1
    if session is None:
        app.note_visit(who)
        recipe = app.last_recipes.of(who.listener)
        session = ListenerSession(app, who, recipe=recipe, erasures=erasures, restarts=restarts, _ended=ended)
        session.edits = app.edits.of(who.listener)
        session.expects_link = app.opened_links.is_waiting(who.listener)
        session.demo_listener = 0 if who.is_guest and session.own_library.empty else None
        st.session_state[_KEY] = session
    session.visitor = who
    session.notice(ended)
    session.notice_edits()
    return session
