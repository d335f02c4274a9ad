"""Saved recipes: settings and what the list starts from, stored under a name and brought back with a click."""

from functools import partial
from typing import Any

import streamlit as st

from recsys.core.engine.recipe import Recipe
from recsys.services.weekly import START
from recsys.ui.parts.text import plain
from recsys.ui.recommend.start_from import restore_start
from recsys.ui.recommend.weights import set_recipe
from recsys.ui.session import Brought, ListenerSession


def recipes_panel(session: ListenerSession) -> None:
    """Save the settings and the songs that the list starts from, or bring back saved ones."""
    name = st.text_input("Name", max_chars=60, key="recipe_name", placeholder="Sunday morning")
    if st.button("Save these settings", key="recipe_save", disabled=not name.strip()):
        stored = session.settings_to_store
        session.store.save_recipe(session.listener, name.strip(), stored)
        session.brought = Brought(session.recipe, partial(_use, stored=stored))
        session.forget("recipes")
    if not session.recipes:
        st.caption("None saved yet.")
    for number, (saved, stored) in enumerate(session.recipes.items()):
        use, forget = st.columns([4, 1])
        use.button(plain(saved), key=f"recipe_use_{number}", on_click=_use, args=(session, stored), width="stretch")
        if forget.button("", icon=":material/delete:", key=f"recipe_forget_{number}", help=f"Forget {plain(saved)}"):
            session.store.remove_recipe(session.listener, saved)
            session.forget("recipes")
            st.rerun()


def _use(session: ListenerSession, stored: dict[str, Any]) -> None:
    set_recipe(session, Recipe.from_json(stored))
    session.brought = Brought(session.recipe, partial(_use, stored=stored))
    restore_start(session, stored.get(START))
