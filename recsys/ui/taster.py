"""The product at work on the welcome page: lists of an invented listener, ranked for every position of one control."""

from functools import partial
from typing import Any, Final

import streamlit as st

from recsys.app.container import Container
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.insights.placement import medians
from recsys.core.model.features import feature
from recsys.ui.components import mount
from recsys.ui.recommend.changes import Changes
from recsys.ui.recommend.comparison import compared_in_words, compared_radar
from recsys.ui.recommend.levels import AIMS, aim_in_words
from recsys.ui.recommend.list_rows import list_rows, listed_songs
from recsys.ui.recommend.listener_view import view_of

SONGS: Final = 4
_SHOWN: Final = ("title", "artists", "match", "mode", "sleeve")
_ENERGY: Final = feature("energy")


def taster(app: Container, number: int) -> None:
    """Draw the radar, the list and their control for one of the invented listeners."""
    positions = st.cache_data(show_spinner=False)(_positions_of)(number, partial(_ranked, app))
    mount("taster", key="taster", data={"start": AIMS.index(0.0), "positions": positions})


def _positions_of(number: int, _ranked: Any) -> list[dict[str, Any]]:
    return list(_ranked(number))


def _ranked(app: Container, number: int) -> list[dict[str, Any]]:
    """What the component shows at each aim of energy, calmest first."""
    listener = app.demo_listeners[number]
    view = view_of(app.demo_catalogue, listener.library)
    recommender = Recommender(app.demo_catalogue, listener.library)
    shown = []
    for aim in AIMS:
        found = recommender.recommend(Recipe(shifts={"energy": aim} if aim else {}))
        listed = listed_songs(view, found)
        of_list = medians(listed.positions)
        rows = list_rows(found, listed, Changes(), {})[:SONGS]
        says = f"{aim_in_words(_ENERGY, aim)} than {listener.name}" if aim else f"Like {listener.name}"
        radar = compared_radar(view.you, of_list, compared_in_words(view.you, of_list))
        songs = [{name: row[name] for name in _SHOWN} for row in rows]
        shown.append({"says": f"{says[0].upper()}{says[1:]}", "radar": radar, "songs": songs})
    return shown
