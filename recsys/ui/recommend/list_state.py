"""What the recommend page remembers between two runs: the list shown before, what a move changed, what is open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

import streamlit as st

from recsys.core.engine.recommender import Recommendations
from recsys.core.insights.wording import artists_in_words
from recsys.ui.recommend.changes import Changes, changes
from recsys.ui.session import ListenerSession

_KEY: Final = "list_state"


@dataclass
class ListState:
    """
    One tab's list.

    Attributes
    ----------
    serial : int
        Grows with every move that was answered: the components wait for it before they send the next.
    titles : mapping of track id to str
        The list on the screen, best first.
    songs, before : list of {"id", "title", "artists"}
        The same list, and the one that was on the screen before it; empty at the beginning.
    all_titles : mapping of track id to str
        The titles of both.
    last : Changes
        What the last move changed. It stays until the next, also while a row is opened.
    opened : str or None
        The song whose reasons are open.
    notice : str
        A sentence for the listener about what they did last.
    rated : str or None
        The song rated last, while its rating can be undone from the notice.
    blocked : str or None
        The artist left out last, while that can be undone from the notice; at most one of the two is set.
    owner : object
        Whose list it is, and from which catalogue: another owner's list is compared with none.
    events : list
        What the components sent since the last run.
    found : Recommendations or None
        The list on the screen as it was ranked; None where there is none.
    drawn_with : object
        What it was ranked with, see `settings_of`.
    """

    serial: int = 0
    titles: dict[str, str] = field(default_factory=dict)
    songs: list[dict[str, str]] = field(default_factory=list)
    all_titles: dict[str, str] = field(default_factory=dict)
    before: list[dict[str, str]] = field(default_factory=list)
    last: Changes = field(default_factory=Changes)
    opened: str | None = None
    notice: str = ""
    rated: str | None = None
    blocked: str | None = None
    owner: object = None
    events: list[Mapping[str, Any]] = field(default_factory=list)
    found: Recommendations | None = None
    drawn_with: object = None

    def say(self, sentence: str, rated: str | None = None, blocked: str | None = None) -> None:
        """Tell the listener something; with a song that was rated or an artist left out it can be undone."""
        self.notice, self.rated, self.blocked = sentence, rated, blocked

    def shown(self, found: Recommendations, owner: object) -> None:
        """Record the list on the screen; another owner's, or the first, is compared with none, and nothing is said."""
        titles = dict(zip(found.table["track_id"], found.table["title"], strict=True))
        if owner != self.owner:
            if self.owner is not None:
                self.say("")
            self.titles, self.owner, self.last, self.before, self.songs = {}, owner, Changes(), [], []
        if list(titles) != list(self.titles):
            self.before = self.songs
            self.songs = [
                {"id": row.track_id, "title": row.title, "artists": artists_in_words(row.artists)}
                for row in found.table.itertuples()
            ]
            self.last = changes(list(self.titles), list(titles))
            self.all_titles = self.titles | titles
            self.titles = titles
        if self.opened not in titles:
            self.opened = None


def list_state() -> ListState:
    """The state of this tab."""
    return cast("ListState", st.session_state.setdefault(_KEY, ListState()))


def settings_of(session: ListenerSession) -> object:
    """Everything a list is ranked with that a listener can change; equal as long as nothing was."""
    return session.recipe, session.start, session.edits


def received(key: str, trigger: str) -> None:
    """
    What a component sent is queued until the fragment has looked up who is here.

    A run that ended in a problem drew no component, and Streamlit has forgotten the component's state by then: a move
    that was on its way is dropped, and the page shows the problem.
    """
    if isinstance(sent := st.session_state.get(key, {}).get(trigger), Mapping):
        list_state().events.append(sent)
