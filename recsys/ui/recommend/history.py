"""Undo, redo, and two settings side by side: what enters, what leaves, and why."""

from dataclasses import dataclass, replace
from typing import Final, cast

import streamlit as st

from recsys.core.engine.history import History, Step
from recsys.core.engine.list_changes import compare_lists, why_lists_differ
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommendations
from recsys.errors import TonearmError
from recsys.services.start import Start
from recsys.ui.parts.text import plain
from recsys.ui.recommend.weights import set_recipe
from recsys.ui.session import ListenerSession

_KEY: Final = "history"
_A: Final = "history_a"
MOST_NAMED: Final = 10


@dataclass(frozen=True)
class Settings:
    """Everything a listener can change of a list."""

    recipe: Recipe
    start: Start


def _settings(session: ListenerSession) -> Settings:
    return Settings(session.recipe, session.start)


def _history(session: ListenerSession) -> History[Settings]:
    owner = (session.listener, session.demo_listener)
    stored = st.session_state.get(_KEY)
    if stored is None or stored[0] != owner:
        st.session_state.pop(_A, None)
        stored = st.session_state[_KEY] = (owner, History(Step(_settings(session))))
    return cast("History[Settings]", stored[1])


def _store(session: ListenerSession, history: History[Settings]) -> None:
    st.session_state[_KEY] = ((session.listener, session.demo_listener), history)


def record(session: ListenerSession) -> None:
    """Note the settings as they are now, if something changed since the last run."""
    history, now = _history(session), _settings(session)
    if now == history.now.state:
        return
    changed = why_lists_differ(history.now.state.recipe, now.recipe)
    _store(session, history.record(now, changed[0].partition(":")[0] if changed else "start"))


def drop_settings_of_demo(session: ListenerSession) -> None:
    """
    Once after the demo: move all controls to the settings for the listener's own songs; undo brings back the demo's.

    A recipe that was saved or opened is used again, as its songs may be known now, unless other settings or songs to
    start from were chosen since. Songs of the demo that were kept at their places are not restored.
    """
    if session.left is None:
        return
    left, session.left = session.left, None
    brought = session.brought
    if brought and (session.recipe, session.start) == (brought.recipe, Start()):
        brought.use(session)
    else:
        set_recipe(session, session.recipe)
    if session.is_demo:  # the demo again, before a list of one's own was drawn
        return
    before, now = Settings(replace(left, locked={}), session.start), _settings(session)
    st.session_state.pop(_A, None)
    _store(session, History(Step(before)).record(now, "settings for your own songs"))


def history_words(session: ListenerSession) -> dict[str, str]:
    """What undo takes back and what redo does again; "" where there is no such step."""
    history = _history(session)
    return {
        "back": f"Take back: {history.now.change}" if history.past else "",
        "forward": f"Again: {history.future[0].change}" if history.future else "",
    }


def go(session: ListenerSession, way: str) -> None:
    """One step "back" or "forward" through the settings; none where there is none."""
    history = _history(session)
    _restore(session, history.undo() if way == "back" else history.redo())


def compare_buttons(session: ListenerSession) -> None:
    """Remember the settings as A, and the switch that compares with them."""
    st.button(
        "Remember as A",
        key="remember_a",
        on_click=_remember,
        args=(session,),
        help="Then change the settings and compare.",
    )
    st.toggle(
        "Compare",
        key="compare_on",
        help="Compares with A or, if there is none, with the settings before your last change.",
    )


def _restore(session: ListenerSession, history: History[Settings]) -> None:
    _store(session, history)
    settings = history.now.state
    session.start = settings.start
    set_recipe(session, settings.recipe)


def _remember(session: ListenerSession) -> None:
    st.session_state[_A] = _settings(session)


def _switch(session: ListenerSession, settings: Settings) -> None:
    """Put other settings on the screen and remember those that were there as A."""
    _remember(session)
    _restore(session, _history(session).record(settings, "to A"))


def comparison_panel(session: ListenerSession, found: Recommendations) -> None:
    """The list of A against the one on the screen."""
    if not st.session_state.get("compare_on"):
        return
    other = cast("Settings | None", st.session_state.get(_A)) or _history(session).before
    with st.container(border=True, key="comparison"):
        if other is None:
            st.caption("Nothing to compare with yet: change something, or remember these settings as A.")
            return
        try:
            engine = session.recommender
            reasons = why_lists_differ(other.recipe, session.recipe)
            if other.start != session.start:
                reasons.append(f"start: {other.start.in_words} before, {session.start.in_words} now")
            if other.start != session.start or other.recipe.choose_from != session.recipe.choose_from:
                engine = session.recommender_for(other.start, other.recipe.choose_from)
            change = compare_lists(engine.recommend(other.recipe), found, reasons)
        except TonearmError as problem:
            st.warning(plain(problem))
            return
        st.markdown(f"**A against now:** {change.summary()}")
        for title, songs in (("Enters", change.entered), ("Leaves", change.left)):
            names = [f"{plain(row.title)} by {plain(row.artists)}" for row in songs.head(MOST_NAMED).itertuples()]
            if names:
                more = f" and {len(songs) - MOST_NAMED} more" if len(songs) > MOST_NAMED else ""
                st.caption(f"{title}: {' · '.join(names)}{more}")
        for reason in change.reasons:
            st.caption(f"Because of {plain(reason)}")
        st.button("Switch to A", key="switch_a", on_click=_switch, args=(session, other))
