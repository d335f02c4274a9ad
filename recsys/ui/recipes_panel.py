"""Saved recipes: sliders and filters kept under a name, brought back with a click."""

import streamlit as st

from recsys.core.recipe import Recipe
from recsys.ui.session import ListenerSession
from recsys.ui.text import plain
from recsys.ui.weights_panel import set_recipe


def recipes_panel(session: ListenerSession) -> None:
    """Save the sliders and filters as they stand, or bring back saved ones."""
    with st.popover("Recipes", icon=":material/bookmark:"):
        name = st.text_input("Name", max_chars=60, key="recipe_name", placeholder="Sunday morning")
        if st.button("Save these sliders and filters", key="recipe_save", disabled=not name.strip()):
            session.store.save_recipe(session.listener, name.strip(), session.recipe.as_json())
        saved = session.store.recipes(session.listener)
        if not saved:
            st.caption("None saved yet.")
        for number, (saved_name, stored) in enumerate(saved.items()):
            use, forget = st.columns([4, 1])
            use.button(
                plain(saved_name), key=f"recipe_use_{number}", on_click=_use, args=(session, stored), width="stretch"
            )
            forget.button(
                "",
                icon=":material/delete:",
                key=f"recipe_forget_{number}",
                help=f"Forget {plain(saved_name)}",
                on_click=session.store.remove_recipe,
                args=(session.listener, saved_name),
            )


def _use(session: ListenerSession, stored: dict[str, object]) -> None:
    set_recipe(session, Recipe.from_json(stored))
