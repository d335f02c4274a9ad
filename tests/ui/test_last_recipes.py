"""Sliders outlive a reload of the page, each listener's own."""

from recsys.core.engine.recipe import Recipe
from recsys.ui import last_recipes
from recsys.ui.last_recipes import LastRecipes

LOUD = Recipe().with_weight("loudness", 3.0)


def test_sliders_are_found_where_their_own_listener_left_them():
    kept = LastRecipes()
    kept.keep("ada", LOUD)

    assert kept.of("ada") == LOUD
    assert kept.of("grace") == Recipe()


def test_nothing_is_left_of_a_listener_who_erased_everything():
    kept = LastRecipes()
    kept.keep("ada", LOUD)
    kept.forget("ada")
    kept.forget("nobody")

    assert kept.of("ada") == Recipe()


def test_the_listener_longest_away_is_forgotten_first(monkeypatch):
    monkeypatch.setattr(last_recipes, "AT_MOST", 2)
    kept = LastRecipes()
    for listener in ("ada", "grace", "ada", "joan"):
        kept.keep(listener, LOUD)

    assert kept.of("ada") == kept.of("joan") == LOUD
    assert kept.of("grace") == Recipe()
