"""The product at work on the welcome page: lists ranked beforehand for every position of one control."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import streamlit as st

from recsys.app.container import Container
from recsys.core.engine.filters import Filters
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.insights.placement import medians
from recsys.core.model.features import feature
from recsys.errors import TonearmError
from recsys.services.start import Start
from recsys.ui.components import mount
from recsys.ui.recommend.changes import Changes
from recsys.ui.recommend.comparison import compared_in_words, compared_radar
from recsys.ui.recommend.levels import AIMS, aim_in_words
from recsys.ui.recommend.list_rows import list_rows, listed_songs
from recsys.ui.recommend.listener_view import ListenerView, view_of
from recsys.ui.session import ListenerSession

SONGS: Final = 4
_SHOWN: Final = ("title", "artists", "match", "mode", "sleeve")
_ENERGY: Final = feature("energy")
_OF_KNOWN_ENERGY: Final = Filters(ranges={"energy": (_ENERGY.low, _ENERGY.high)})
_FEW_AIMS: Final = AIMS[::2]


def taster(app: Container, number: int) -> None:
    """Draw the radar, the list and their control for one of the invented listeners."""
    _mount(st.cache_data(show_spinner=False)(_invented)(number, partial(_of_invented, app)))


def own_taster(session: ListenerSession) -> None:
    """The same for the listener's own library, with fewer positions; nothing where it cannot be ranked by energy."""

    def ranked() -> dict[str, Any] | None:
        view = view_of(session.catalogue, session.library)
        if view.you["energy"] is None:
            return None
        try:
            with session.app.ranking.turn():
                return _ranked(view, session.recommender_for(Start()), "you", _FEW_AIMS)
        except TonearmError:  # Recommend says why; the rest of the page works without
            return None

    data = session.known(f"taster {session.catalogue.number}", ranked)
    if data is not None:
        st.markdown("A list from your songs. Move the slider:")
        _mount(data)


def _mount(data: dict[str, Any]) -> None:
    mount("taster", key="taster", data=data)


def _invented(number: int, _of_listener: Any) -> dict[str, Any]:
    return dict(_of_listener(number))


def _of_invented(app: Container, number: int) -> dict[str, Any]:
    listener = app.demo_listeners[number]
    view = view_of(app.demo_catalogue, listener.library)
    return _ranked(view, Recommender(app.demo_catalogue, listener.library), listener.name, AIMS)


def _ranked(view: ListenerView, recommender: Recommender, whom: str, aims: Sequence[float]) -> dict[str, Any]:
    """What the component shows at each aim of energy, calmest first."""
    shown = []
    for aim in aims:
        found = recommender.recommend(Recipe(shifts={"energy": aim} if aim else {}, filters=_OF_KNOWN_ENERGY))
        listed = listed_songs(view, found)
        of_list = medians(listed.positions)
        rows = list_rows(found, listed, Changes(), {})[:SONGS]
        says = f"{aim_in_words(_ENERGY, aim)} than {whom}" if aim else f"Like {whom}"
        radar = compared_radar(view.you, of_list, compared_in_words(view.you, of_list))
        songs = [{name: row[name] for name in _SHOWN} for row in rows]
        shown.append({"says": f"{says[0].upper()}{says[1:]}", "radar": radar, "songs": songs})
    return {"start": list(aims).index(0.0), "who": whom, "positions": shown}
