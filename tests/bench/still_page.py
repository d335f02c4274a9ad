"""
What the pages of the app are measured against, run by Streamlit: a page that shows the mixer and a list as Recommend
does and computes nothing, a page to come from, and an empty one.
"""

from types import SimpleNamespace
from typing import Any, cast

import streamlit as st

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.insights.placement import medians
from recsys.ui.components import mount
from recsys.ui.recommend.changes import Changes
from recsys.ui.recommend.comparison import compared_in_words, compared_radar
from recsys.ui.recommend.list_facts import compared, made_of
from recsys.ui.recommend.list_rows import list_rows, listed_songs, shared_in_words
from recsys.ui.recommend.list_state import list_state
from recsys.ui.recommend.listener_view import ListenerView, view_of
from recsys.ui.recommend.mixer import mixer, mixer_data
from recsys.ui.session import ListenerSession
from tests.bench.invented import invented

Shown = tuple[Recipe, dict[str, float | None], dict[str, Any]]


@st.cache_resource
def _stills() -> tuple[ListenerView, list[Shown]]:
    """A listener, and two lists of theirs with their recipes, ready to be shown."""
    catalogue, library = Catalogue.from_tracks(invented(5_000)), invented(698, seed=1)
    view, recommender = view_of(catalogue, library), Recommender(catalogue, library)
    return view, [_still(view, recommender, Recipe(shifts={"energy": aim})) for aim in (-0.5, 0.5)]


def _still(view: ListenerView, recommender: Recommender, recipe: Recipe) -> Shown:
    found = recommender.recommend(recipe)
    songs = listed_songs(view, found)
    of_list = medians(songs.positions)
    sentence = compared_in_words(view.you, of_list)
    texts = dict.fromkeys(("facts", "notice", "said"), "")
    nothing = dict.fromkeys(("was_moved", "undo", "needs_modes", "cannot_rate", "order"))
    steps = {"history": {"back": "", "forward": ""}}
    lists: dict[str, list[str]] = {"chips": [], "entered": [], "left": [], "before": []}
    data = {"who": "you", "radar": compared_radar(view.you, of_list, sentence), "sentence": sentence, "explained": {}}
    rows, below = list_rows(found, songs, Changes(), {}), [*made_of(found), compared(found.counts)]
    drawn = {"rows": rows, "shared": shared_in_words(rows), "below": below}
    return recipe, of_list, {**texts, **nothing, **lists, **steps, **data, **drawn}


@st.fragment
def _instrument() -> None:
    state = list_state()
    if state.events:
        state.events, state.serial = [], state.serial + 1
    view, shown = _stills()
    recipe, of_list, data = shown[state.serial % 2]
    mount("list", key="list", data=data | {"serial": state.serial}, on_action_change=lambda: None)
    mixer(mixer_data(cast("ListenerSession", SimpleNamespace(recipe=recipe)), view, of_list))


def _recommend() -> None:
    st.title("Recommend")
    _instrument()


def _titled(title: str, key: str) -> Any:
    return st.Page(lambda: st.container(key=key).title(title), title=title, url_path=title.lower())


st.set_page_config(layout="wide", initial_sidebar_state="expanded")
_list = st.Page(_recommend, title="Recommend", url_path="recommend")
st.navigation([_titled("Account", "start"), _list, _titled("Taste", "empty")]).run()
