"""Undo, redo, and two settings side by side: what enters, what leaves, and why."""

from dataclasses import dataclass, replace
from typing import Final, cast

import streamlit as st

from recsys.core.engine.history import History, Step
from recsys.core.engine.list_changes import compare_lists
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommendations
from recsys.errors import TonearmError
from recsys.services.start import Start
from recsys.ui.parts.text import plain
from recsys.ui.recommend.chips import settings_in_words
from recsys.ui.recommend.controls import set_recipe
from recsys.ui.recommend.list_state import list_state
from recsys.ui.recommend.start_from import start_from_known
from recsys.ui.session import ListenerSession

_KEY: Final = "history"
_REMEMBERED: Final = "history_remembered"
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
        st.session_state.pop(_REMEMBERED, None)
        stored = st.session_state[_KEY] = (owner, History(Step(_settings(session))))
    return cast("History[Settings]", stored[1])


def _store(session: ListenerSession, history: History[Settings]) -> None:
    st.session_state[_KEY] = ((session.listener, session.demo_listener), history)


def record(session: ListenerSession) -> None:
    """Note the settings as they are now, if something changed since the last run."""
    history, now = _history(session), _settings(session)
    if now == history.now.state:
        return
    _store(session, history.record(now, _change(history.now.state, now)))


def _change(before: Settings, after: Settings) -> str:
    """What was changed from one to the other, as its chip reads; of several things the first."""
    gone, come = only_in(before.recipe, after.recipe), only_in(after.recipe, before.recipe)
    if come:
        return come[0]
    if gone:
        return f"without {gone[0]}"
    return "start" if before.start != after.start else "settings"


def only_in(recipe: Recipe, other: Recipe) -> list[str]:
    """The settings of a recipe that another has not, as their chips read."""
    others = settings_in_words(other)
    return [words for words in settings_in_words(recipe) if words not in others]


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
    st.session_state.pop(_REMEMBERED, None)
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
    """Remember the settings, and the switch that compares with them."""
    if st.button(
        "Remember this list",
        key="remember",
        on_click=_remember,
        args=(session,),
        help="To compare it with the list that other settings make.",
    ):
        st.toast("Remembered. Now change the settings and switch “Compare” on.")
    st.toggle(
        "Compare",
        key="compare_on",
        help="With the list you remembered or, without one, with the list before your last change.",
    )


def _restore(session: ListenerSession, history: History[Settings]) -> None:
    """Put a step's settings on the screen; songs to start from that nobody has any more are named and left out."""
    settings = history.now.state
    if left_out := start_from_known(session, settings.start):
        list_state().say(left_out)
    set_recipe(session, settings.recipe)
    here = replace(settings, start=session.start)
    _store(session, replace(history, now=replace(history.now, state=here)))


def _remember(session: ListenerSession) -> None:
    st.session_state[_REMEMBERED] = _settings(session)


def _switch(session: ListenerSession, settings: Settings) -> None:
    """Put other settings on the screen and remember those that were there."""
    _remember(session)
    _restore(session, _history(session).record(settings, "back to the other list"))


def comparison_panel(session: ListenerSession, found: Recommendations) -> None:
    """The remembered list against the one on the screen."""
    if not st.session_state.get("compare_on"):
        return
    remembered = cast("Settings | None", st.session_state.get(_REMEMBERED))
    other = remembered or _history(session).before
    with st.container(border=True, key="comparison"):
        if other is None:
            st.caption("Nothing to compare with yet: remember this list, or change a setting.")
            return
        try:
            engine = session.recommender
            if other.start != session.start or other.recipe.choose_from != session.recipe.choose_from:
                engine = session.recommender_for(other.start, other.recipe.choose_from)
            change = compare_lists(engine.recommend(other.recipe), found)
        except TonearmError as problem:
            st.warning(plain(problem))
            return
        since = "Since the list you remembered" if remembered else "Since your last change"
        st.markdown(f"**{since}:** {change.summary()}")
        for title, songs in (("In", change.entered), ("Out", change.left)):
            names = [f"{plain(row.title)} by {plain(row.artists)}" for row in songs.head(MOST_NAMED).itertuples()]
            if names:
                more = f" and {len(songs) - MOST_NAMED} more" if len(songs) > MOST_NAMED else ""
                st.caption(f"{title}: {' · '.join(names)}{more}")
        for sentence in _differences(other, _settings(session)):
            st.caption(plain(sentence))
        st.button("Back to that list", key="switch_back", on_click=_switch, args=(session, other))


def _differences(then: Settings, now: Settings) -> list[str]:
    """What is set in one of two settings alone, as chips read."""
    says = []
    if then.start != now.start:
        says.append(f"Start: {then.start.in_words} then, {now.start.in_words} now")
    for when, settings in (
        ("then", only_in(then.recipe, now.recipe)),
        ("now", only_in(now.recipe, then.recipe)),
    ):
        if settings:
            says.append(f"Only {when}: {' · '.join(settings)}")
    return says
