"""The recommend page: mixer and list in one fragment, so that a move redraws nothing else."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from recsys.core.engine.recommender import Recommendations
from recsys.core.insights.placement import medians
from recsys.errors import TonearmError
from recsys.metrics import RANKING_SECONDS
from recsys.ui.parts.fragment import fragment
from recsys.ui.parts.text import plain
from recsys.ui.recommend.filters import filters
from recsys.ui.recommend.history import comparison_panel, history_buttons, record
from recsys.ui.recommend.list_facts import actions, facts
from recsys.ui.recommend.list_rows import list_positions
from recsys.ui.recommend.list_state import list_state
from recsys.ui.recommend.listener_view import listener_view
from recsys.ui.recommend.mixer import mixer, take_move
from recsys.ui.recommend.ranked_list import ranked_list, take_action
from recsys.ui.recommend.ratings import proposal_panel
from recsys.ui.recommend.rules import rules
from recsys.ui.recommend.share import link_notice, take_shared_recipe
from recsys.ui.recommend.weights import restore_positions
from recsys.ui.session import ListenerSession

_LOOK: Final = """<style>
.st-key-instrument { align-items: flex-start }
div:has(> .st-key-steering) { flex: 0 0 23rem; order: -1 }
div:has(> .st-key-steered) { flex: 1 1 26rem; min-width: 0 }
@media (max-width: 760px) {
  div:has(> .st-key-steered) { flex: 1 1 100% }
  div:has(> .st-key-steering) { flex: 0 0 0; height: 0; overflow: visible; margin: 0 }
  .st-key-steering { position: fixed; inset: auto 0 0 0; z-index: 1000; max-height: 56dvh; overflow-y: auto;
    visibility: hidden; transform: translateY(105%); transition: transform .2s ease-out, visibility .2s;
    padding: .6rem 1rem 1.2rem; border-radius: 18px 18px 0 0; border-top: 1px solid rgba(128,128,128,.4);
    background: light-dark(#fff, #0f1512); box-shadow: 0 -8px 30px rgba(0,0,0,.3) }
  [data-tonearm-sheet=open] .st-key-steering { visibility: visible; transform: none; transition: transform .2s }
}
@media (prefers-reduced-motion: reduce) { .st-key-steering { transition: none } }
</style>"""
"""The list comes first in the page, for the keyboard and for a phone; on a wide screen the mixer is left of it. On
a phone the mixer is a sheet at the foot, which the button "Steer" opens."""


@fragment
def instrument(session: ListenerSession) -> None:
    """Take what was moved or pressed, rank, and show."""
    take_shared_recipe(session)
    _take_events(session)
    restore_positions(session)
    st.html(_LOOK)
    row = st.container(horizontal=True, gap="medium", key="instrument")
    steered, steering = row.container(key="steered"), row.container(key="steering")
    view = listener_view(session)
    settings = steering.container()  # drawn below the mixer, read before the list is made
    below = steering.expander("More settings", icon=":material/tune:")
    with below:
        filters(session)
        rules(session)
    record(session)
    found = _ranked(session)
    of_list: Mapping[str, float | None] = medians(list_positions(view, found)) if found else {}
    with steered:
        with st.container(horizontal=True, gap="xsmall"):
            history_buttons(session)
        if found is not None:
            link_notice(session, found)
            proposal_panel(session)
            comparison_panel(session, found)
            list_state().shown(found, (session.listener, session.demo_listener, id(session.catalogue)))
            ranked_list(session, view, found, of_list)
            actions(session, found)
            facts(session, found)
    with settings:
        mixer(session, view, of_list)


def _take_events(session: ListenerSession) -> None:
    state = list_state()
    events, state.events = state.events, []
    if events:
        state.notice, state.serial = "", state.serial + 1
    for event in events:
        if "kind" in event:
            take_action(session, event)
        else:
            list_state().rated = list_state().blocked = None
            take_move(session, event)


def _ranked(session: ListenerSession) -> Recommendations | None:
    """The list; None where there is none, with the sentence that says why."""
    session.app.last_recipes.save(session.listener, session.recipe)
    try:
        with RANKING_SECONDS.labels("screen").time():
            found = session.recommender.recommend(session.recipe)
    except TonearmError as problem:
        st.warning(plain(problem), icon=":material/info:")
        return None
    if found.table.empty:
        st.info("Nothing is left after your filters. Loosen one of them.", icon=":material/info:")
        return None
    return found
