"""What one browser session holds: who is here, whose tracks are on the screen, and the recipe being tried."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Final, cast

import pandas as pd
import streamlit as st

from recsys.core.catalogue import Catalogue
from recsys.core.recipe import Recipe
from recsys.core.recommender import Recommender
from recsys.core.tracks import as_tracks
from recsys.demo import DEMO_NOTE
from recsys.services.recommend import recommender
from recsys.services.visitors import Visitor, guest_listener, visitor
from recsys.storage.store import Store
from recsys.ui import wiring
from recsys.web.cookies import session_cookie

_KEY: Final = "tonearm"


@dataclass
class ListenerSession:
    """
    One browser session. Two tabs are two of them; nothing in here is shared.

    `demo_listener` is the invented listener on the screen, or None when the listener's own library is.
    `version` grows whenever the library or the thumbs change, so that what was computed from them is made anew.
    """

    visitor: Visitor
    demo_listener: int | None = None
    version: int = 0
    recipe: Recipe = field(default_factory=Recipe)
    seeds: tuple[str, ...] = ()
    own_catalogue: Catalogue | None = None
    _library: tuple[object, pd.DataFrame] | None = None
    _recommender: tuple[object, Recommender] | None = None

    @property
    def store(self) -> Store:
        """The store that keeps this listener's rows."""
        return wiring.store_for(self.visitor.listener)

    @property
    def listener(self) -> str:
        """Whose rows may be touched."""
        return self.visitor.listener

    @property
    def is_demo(self) -> bool:
        """True when everything on the screen is invented."""
        return self.demo_listener is not None

    @property
    def note(self) -> str | None:
        """What every page and file made from invented data says."""
        return DEMO_NOTE if self.is_demo or self.catalogue is wiring.demo_catalogue() else None

    @property
    def library(self) -> pd.DataFrame:
        """The track table on the screen, read from the store once per version."""
        state = (self.demo_listener, self.version)
        if self._library is None or self._library[0] != state:
            if self.demo_listener is None:
                self._library = (state, self.store.tracks(self.listener))
            else:
                self._library = (state, wiring.demo_listeners()[self.demo_listener].library)
        return self._library[1]

    @property
    def plays(self) -> pd.DataFrame:
        """The listening history on the screen: `track_id, played_at, ms_played`."""
        if self.demo_listener is None:
            return self.store.plays(self.listener)
        return wiring.demo_listeners()[self.demo_listener].plays

    @property
    def catalogue(self) -> Catalogue:
        """The candidate pool: the listener's own, the deployment's, or the invented one for the demo."""
        if self.is_demo:
            return wiring.demo_catalogue()
        return self.own_catalogue or wiring.catalogue()

    @property
    def recommender(self) -> Recommender:
        """The engine for this library, kept between slider moves so that only what changed is recomputed."""
        state = (id(self.catalogue), self.demo_listener, self.version, self.seeds)
        if self._recommender is None or self._recommender[0] != state:
            thumbs = self.store.feedback(self.listener).head(0 if self.is_demo else None)
            self._recommender = (state, recommender(self.catalogue, self.library, thumbs, self.seeds))
        return self._recommender[1]

    def judge(self, track: pd.DataFrame, liked: bool) -> None:
        """Keep a thumb for one track; what was computed from the thumbs is made anew."""
        self.store.save_feedback(self.listener, as_tracks(track), liked, now())
        self.version += 1

    def show_demo(self, number: int) -> None:
        """Put an invented listener on the screen."""
        self.demo_listener, self.seeds = number, ()

    def show_own(self) -> None:
        """Put the listener's own library on the screen, read afresh."""
        self.demo_listener, self.seeds = None, ()
        self.version += 1


def this_session() -> ListenerSession:
    """
    The session of the browser that asks; every page begins with it.

    A tab that reconnects keeps its state but brings new cookies, so the visitor is looked up at every run and the
    state of another person is dropped.
    """
    cookie = st.context.cookies.get(session_cookie(wiring.settings().is_https))
    who = visitor(cookie, wiring.sessions(), datetime.now(UTC)) or _without_cookie()
    session = cast("ListenerSession | None", st.session_state.get(_KEY))
    if session is not None and session.visitor.listener != who.listener:
        st.session_state.clear()
        session = None
    if session is None:
        session = ListenerSession(who)
        session.demo_listener = None if session.store.counts(who.listener)["user_tracks"] else 0
        st.session_state[_KEY] = session
    session.visitor = who
    return session


def _without_cookie() -> Visitor:
    """A guest for as long as the tab is open, when the browser keeps no cookies."""
    session = cast("ListenerSession | None", st.session_state.get(_KEY))
    return session.visitor if session else Visitor(guest_listener(token_urlsafe(32)), is_guest=True)


def now() -> str:
    """The time, ISO 8601 in UTC ending in Z: screens hand it to services."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
