"""Sliders outlive a reload of the page, each listener's own; erasures are counted per listener."""

from recsys.app import process_state
from recsys.app.process_state import Erasures, LastRecipes
from recsys.core.engine.recipe import Recipe

LOUD = Recipe().with_weight("loudness", 3.0)


def test_an_erasure_is_counted_for_its_own_listener_alone():
    erasures = Erasures()
    erasures.add("ada")
    erasures.add("ada")

    assert (erasures.of("ada"), erasures.of("grace")) == (2, 0)


def test_sliders_are_found_where_their_own_listener_left_them():
    recipes = LastRecipes()
    recipes.save("ada", LOUD)

    assert recipes.of("ada") == LOUD
    assert recipes.of("grace") == Recipe()


def test_nothing_is_left_of_a_listener_who_erased_everything():
    recipes = LastRecipes()
    recipes.save("ada", LOUD)
    recipes.forget("ada")
    recipes.forget("nobody")

    assert recipes.of("ada") == Recipe()


def test_the_listener_longest_away_is_forgotten_first(monkeypatch):
    monkeypatch.setattr(process_state, "AT_MOST", 2)
    recipes = LastRecipes()
    for listener in ("ada", "grace", "ada", "joan"):
        recipes.save(listener, LOUD)

    assert recipes.of("ada") == recipes.of("joan") == LOUD
    assert recipes.of("grace") == Recipe()
