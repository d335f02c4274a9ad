"""Sliders outlive a reload of the page and a restart, each listener's own; erasures are counted per listener."""

import threading

import pytest

from recsys.app import process_state
from recsys.app.process_state import STATE, LastRecipes, ListenerCounts, OpenedLinks
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recipe_link import RecipeLink
from recsys.errors import ReconnectSpotify
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.store import SqliteStore

LOUD = Recipe().with_weight("loudness", 3.0)


def test_an_erasure_is_counted_for_its_own_listener_alone():
    erasures = ListenerCounts()
    erasures.add("ada")
    erasures.add("ada")

    assert (erasures.of("ada"), erasures.of("grace")) == (2, 0)


def test_of_many_listeners_those_to_whom_nothing_happened_for_longest_are_dropped(monkeypatch):
    monkeypatch.setattr(process_state, "AT_MOST_COUNTED", 2)
    edits = ListenerCounts()
    before = []
    for listener in ("ada", "grace", "ada", "joan"):
        edits.add(listener)
        before.append(edits.of(listener))

    assert [edits.of(listener) for listener in ("ada", "grace", "joan")] == [before[2], 0, before[3]]
    edits.add("grace")
    assert edits.of("grace") not in (0, *before), "a number she had before would hide the edit from her tabs"


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


@pytest.fixture
def store(tmp_path):
    database = Database(tmp_path / "tonearm.db")
    yield SqliteStore(database)
    database.close()


def test_sliders_come_back_after_a_restart_where_there_is_a_library(store):
    recipes = LastRecipes(lambda listener: store)
    recipes.save("ada", Recipe(), is_stored=True)
    recipes.save("ada", LOUD, is_stored=True)
    recipes.save("guest", LOUD)
    recipes.write()

    restarted = LastRecipes(lambda listener: store)
    assert restarted.of("ada") == LOUD
    assert restarted.of("guest") == Recipe()


def test_of_a_drag_only_the_end_is_stored(store, monkeypatch):
    written = threading.Event()
    stored = []

    def save_state(listener, name, value):
        stored.append(value)
        written.set()

    monkeypatch.setattr(process_state, "WRITE_DELAY_S", 0.2)
    monkeypatch.setattr(store, "save_state", save_state)
    recipes = LastRecipes(lambda listener: store)
    for weight in (1.5, 2.0, 3.0):
        recipes.save("ada", Recipe().with_weight("loudness", weight), is_stored=True)

    assert written.wait(30)
    assert stored == [LOUD.as_json()]


def test_sliders_are_stored_although_another_listener_has_to_sign_in_again(store):
    class Hosted(SqliteStore):
        def save_state(self, listener, key, value):
            if listener == "grace":
                raise ReconnectSpotify("Your sign-in has ended.")
            super().save_state(listener, key, value)

    hosted = Hosted(store._database)
    recipes = LastRecipes(lambda listener: hosted)
    for listener in ("grace", "ada"):
        recipes.save(listener, LOUD, is_stored=True)
    recipes.write()

    assert store.state("ada", STATE) == LOUD.as_json()


def test_who_erased_everything_has_no_sliders_written_afterwards(store):
    recipes = LastRecipes(lambda listener: store)
    recipes.save("ada", LOUD, is_stored=True)
    recipes.forget("ada")
    store.remove_state("ada", STATE)

    recipes.write()

    assert store.state("ada", STATE) is None


def test_sliders_that_another_tab_moves_while_everything_is_erased_are_not_written(store):
    recipes = LastRecipes(lambda listener: store)
    recipes.save("ada", Recipe(length=7), is_stored=True)
    with recipes.forgotten("ada"):
        recipes.save("ada", LOUD, is_stored=True)
        recipes.save("grace", LOUD, is_stored=True)

    recipes.write()

    assert (store.state("ada", STATE), recipes.of("ada")) == (None, Recipe())
    assert store.state("grace", STATE) == LOUD.as_json()
    recipes.save("ada", LOUD)
    assert recipes.of("ada") == LOUD, "the next ones are"


@pytest.mark.parametrize("stored", [{"weights": {"energy": "loud"}}, {"weights": ["energy"]}, {"filters": 5}])
def test_stored_sliders_that_cannot_be_read_are_the_default_ones(store, stored):
    store.save_state("ada", STATE, stored)

    assert LastRecipes(lambda listener: store).of("ada") == Recipe()


def test_the_sliders_of_another_instance_are_those_used_last(store):
    here, there = (LastRecipes(lambda listener: store) for _ in range(2))
    here.save("ada", Recipe(length=7), is_stored=True)
    here.write()
    there.save("ada", LOUD, is_stored=True)
    there.write()

    assert here.of("ada") == LOUD

    here.save("ada", Recipe(length=7), is_stored=True)
    assert here.of("ada") == Recipe(length=7), "also before it is written"
    here.write()
    there.forget("ada")
    store.remove_state("ada", STATE)
    assert here.of("ada") == Recipe(), "erased at the other"


def test_while_the_store_does_not_answer_the_sliders_of_this_process_are_used(store, tmp_path):
    recipes = LastRecipes(lambda listener: store)
    recipes.save("ada", LOUD, is_stored=True)
    recipes.write()
    (tmp_path / "tonearm.db").write_bytes(b"this is not a database" * 1000)

    assert recipes.of("ada") == LOUD


def test_what_a_guest_opened_is_returned_once_to_the_listener_they_signed_in_as():
    links, opened = OpenedLinks(), RecipeLink(LOUD)
    links.save("guest", RecipeLink(Recipe()))
    links.save("guest", opened)
    assert links.take("guest") is None, "a guest has it on the screen"

    links.hand_over("guest", "ada")
    links.hand_over("another guest", "ada")

    assert [links.take(who) for who in ("guest", "grace", "ada", "ada")] == [None, None, opened, None]


def test_what_a_guest_put_away_or_a_listener_erased_is_returned_to_nobody():
    links = OpenedLinks()
    links.save("guest", RecipeLink(LOUD))
    links.save("guest", None)
    links.hand_over("guest", "ada")
    links.save("other guest", RecipeLink(LOUD))
    links.hand_over("other guest", "grace")
    links.forget("grace")

    assert [links.take(who) for who in ("ada", "grace")] == [None, None]
