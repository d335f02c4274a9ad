"""Saved recipes: settings and what the list starts from, stored under a name and brought back with a click."""

from functools import partial
from typing import Any, Final

import streamlit as st

from recsys.core.engine.recipe import Recipe
from recsys.errors import TonearmError
from recsys.services.weekly import START
from recsys.ui.parts.text import plain
from recsys.ui.recommend.controls import set_recipe
from recsys.ui.recommend.list_state import list_state
from recsys.ui.recommend.start_from import restore_start
from recsys.ui.session import Brought, ListenerSession

_NAME: Final = "recipe_name"
_SAVED: Final = "recipe_saved"
_FORGOTTEN: Final = "recipe_forgotten"


def recipes_panel(session: ListenerSession) -> None:
    """Save the settings and the songs that the list starts from, or bring back saved ones."""
    if st.session_state.pop(_SAVED, False):
        st.session_state[_NAME] = ""
    # Persisted until a recipe is saved, since the panel is drawn only while it is open.
    name = st.text_input("Name", max_chars=60, key=_NAME, placeholder="Sunday morning", persist_state="session")
    if st.button("Save these settings", key="recipe_save", disabled=not name.strip()):
        stored = session.settings_to_store
        session.store.save_recipe(session.listener, name.strip(), stored)
        session.bring(Brought(session.recipe, partial(_use, stored=stored)))
        session.forget("recipes")
        st.session_state[_SAVED] = True
        st.rerun()
    if (forgotten := st.session_state.pop(_FORGOTTEN, None)) is not None:
        session.store.remove_recipe(session.listener, forgotten)
        session.forget("recipes")
    if not session.recipes:
        st.caption("None saved yet.")
    for number, (saved, stored) in enumerate(session.recipes.items()):
        use, forget = st.columns([4, 1])
        use.button(plain(saved), key=f"recipe_use_{number}", on_click=_press, args=(session, stored), width="stretch")
        name = f"Forget {plain(saved)}"  # page.css shows the icon alone
        # The name of the button that was pressed: by its number it may be another's, if the recipes were read again.
        pressed: dict[str, Any] = {"on_click": _note_forgotten, "args": (saved,)}
        forget.button(name, icon=":material/delete:", key=f"recipe_forget_{number}", help=name, **pressed)


def _note_forgotten(name: str) -> None:
    st.session_state[_FORGOTTEN] = name


def _press(session: ListenerSession, stored: dict[str, Any]) -> None:
    """Use a saved recipe: a callback, since it moves controls. The list shows its problem, as Streamlit would not."""
    try:
        _use(session, stored)
    except TonearmError as problem:
        state = list_state()
        state.say(str(problem))
        state.drawn_with = ()  # drawn again


def _use(session: ListenerSession, stored: dict[str, Any]) -> None:
    set_recipe(session, Recipe.from_json(stored))
    session.bring(Brought(session.recipe, partial(_use, stored=stored)))
    restore_start(session, stored.get(START))
