"""The recommend page: mixer and list in one fragment, so that a move redraws nothing else; the settings around it."""

from collections.abc import Mapping
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from recsys.core.engine.recommender import Recommendations
from recsys.core.insights.placement import medians
from recsys.errors import TonearmError
from recsys.metrics import RANKING_SECONDS
from recsys.ui.parts.fragment import fragment
from recsys.ui.parts.text import plain
from recsys.ui.parts.together import sent_together
from recsys.ui.recommend.chips import chips
from recsys.ui.recommend.controls import positions, restore_positions
from recsys.ui.recommend.filters import filters
from recsys.ui.recommend.history import compare_buttons, comparison_panel, drop_settings_of_demo, record
from recsys.ui.recommend.list_rows import listed_songs
from recsys.ui.recommend.list_state import list_state, settings_of
from recsys.ui.recommend.listener_view import listener_view
from recsys.ui.recommend.mixer import mixer, mixer_data, take_move
from recsys.ui.recommend.ranked_list import list_data, ranked_list, take_action
from recsys.ui.recommend.ratings import proposal_panel
from recsys.ui.recommend.rules import rules
from recsys.ui.recommend.share import link_notice, take_shared_recipe
from recsys.ui.session import ListenerSession

MOST_UNSET: Final = 20
"""Settings that can be removed one by one where no list is left."""


@fragment
def instrument(session: ListenerSession) -> None:
    """
    Two columns: the list, and what steers it.

    List and mixer are a fragment of their own in here, so that a move draws nothing else; what is set under "More
    settings" draws both of them again.
    """
    take_shared_recipe(session)
    _take_events(session)  # before the settings are drawn: what was pressed may move them
    restore_positions(session)
    row = st.container(horizontal=True, gap="medium", key="instrument")
    steered, steering = row.container(key="steered"), row.container(key="steering")
    place = steering.container()  # drawn above the settings, which are read before the list is made
    settings = steering.expander("More settings", icon=":material/tune:", key="more_settings", on_change="rerun")
    if settings.open:
        with settings:
            filters(session)
            rules(session)
    with steered:
        list_and_mixer(session, place, has_open_settings=bool(settings.open))
        if list_state().found is not None:
            with st.container(horizontal=True, vertical_alignment="center"):
                compare_buttons(session)


@fragment
def list_and_mixer(session: ListenerSession, place: DeltaGenerator, has_open_settings: bool) -> None:
    """
    Take what was moved or pressed, rank, and show; the mixer goes to its place in the other column.

    Everything that is sent makes the list later, so both components are all that a move sends.
    """
    before = positions(session.recipe) if has_open_settings else None
    _take_events(session)
    if before is not None and before != positions(session.recipe):
        st.rerun()  # a chip was removed, or a step taken back: the settings that are open follow
    record(session)
    state = list_state()
    state.found, state.drawn_with = None, settings_of(session)
    with session.app.ranking.turn():
        view = listener_view(session)
        found = _ranked(session)
        songs = listed_songs(view, found) if found else None
        of_list: Mapping[str, float | None] = medians(songs.positions) if songs else {}
        steering = mixer_data(session, view, of_list)
        link_notice(session, found)
        if found is not None and songs is not None:
            proposal_panel(session)
            state.shown(found, (session.listener, session.demo_listener, session.catalogue.number))
        shown = list_data(session, view, found, songs, of_list) if found and songs else None
    state.found = found
    session.remember_recipe()
    with sent_together():
        if shown is not None:
            ranked_list(shown)
        with place:
            mixer(steering)
    if found is not None:
        comparison_panel(session, found)  # below the list, beside the switch that asks for it
    else:
        _unset_buttons(session)


def _unset_buttons(session: ListenerSession) -> None:
    """A button for each setting that removes it, where no list is drawn: its chips do that elsewhere."""
    with st.container(horizontal=True, gap="small", key="unset"):
        for chip in chips(session)[:MOST_UNSET]:
            label = f"{plain(chip.name)} {plain(chip.value)}"
            if st.button(label, key=f"unset_{chip.id}", icon=":material/close:", help="Remove this setting"):
                list_state().events.append({"kind": "unset", "track": chip.id})
                st.rerun()  # the whole page, which may have a list now: what stands below one is drawn with it


def _take_events(session: ListenerSession) -> None:
    drop_settings_of_demo(session)
    state = list_state()
    events, state.events = state.events, []
    if any(event.get("kind") != "modes" for event in events):  # the list asks for modes by itself, after its first draw
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
