"""The recommend page: mixer and list in one fragment, so that a move redraws nothing else."""

from collections.abc import Mapping

import streamlit as st

from recsys.core.engine.recommender import Recommendations
from recsys.core.insights.placement import medians
from recsys.errors import TonearmError
from recsys.metrics import RANKING_SECONDS
from recsys.ui.parts.fragment import fragment
from recsys.ui.parts.text import plain
from recsys.ui.recommend.filters import filters
from recsys.ui.recommend.history import compare_buttons, comparison_panel, record
from recsys.ui.recommend.list_facts import facts
from recsys.ui.recommend.list_rows import listed_songs
from recsys.ui.recommend.list_state import list_state, settings_of
from recsys.ui.recommend.listener_view import listener_view
from recsys.ui.recommend.mixer import mixer, take_move
from recsys.ui.recommend.ranked_list import list_data, ranked_list, take_action
from recsys.ui.recommend.ratings import proposal_panel
from recsys.ui.recommend.rules import rules
from recsys.ui.recommend.share import link_notice, take_shared_recipe
from recsys.ui.recommend.weights import restore_positions
from recsys.ui.session import ListenerSession


@fragment
def instrument(session: ListenerSession) -> None:
    """
    Take what was moved or pressed, rank, and show.

    What a move does not change is in the toolbar, and what is folded away is not drawn: each element that a run sends
    before the list is ranked makes the list later.
    """
    take_shared_recipe(session)
    _take_events(session)
    restore_positions(session)
    row = st.container(horizontal=True, gap="medium", key="instrument")
    steered, steering = row.container(key="steered"), row.container(key="steering")
    place = steering.container()  # drawn above the settings, which are read before the list is made
    settings = steering.expander("More settings", icon=":material/tune:", key="more_settings", on_change="rerun")
    if settings.open:
        with settings:
            filters(session)
            rules(session)
    record(session)
    state = list_state()
    state.found, state.drawn_with = None, settings_of(session)
    with session.app.ranking.turn():
        view = listener_view(session)
        with steered:
            found = _ranked(session)
        songs = listed_songs(view, found) if found else None
        of_list: Mapping[str, float | None] = medians(songs.positions) if songs else {}
        data = None
        if found is not None and songs is not None:
            with steered:
                link_notice(session, found)
                proposal_panel(session)
                comparison_panel(session, found)
                state.shown(found, (session.listener, session.demo_listener, id(session.catalogue)))
                data = list_data(session, view, found, songs, of_list)
        with place:
            mixer(session, view, of_list)
        if data is not None:
            with steered:
                ranked_list(data)  # both are sent at once, so that the browser paints once
    state.found = found
    if found is not None:
        with steered:
            facts(session, found)
            with st.container(horizontal=True, vertical_alignment="center"):
                compare_buttons(session)
    session.app.last_recipes.save(session.listener, session.recipe, is_stored=not session.own_library.empty)


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
