"""A list asked for again is not computed again, and never out of date."""

from dataclasses import replace

import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.pool import around
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.demo.catalogue import demo_catalogue
from recsys.demo.listeners import demo_listeners
from recsys.errors import NothingToRank
from recsys.services.recent_lists import RecentLists
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.store import SqliteStore
from recsys.storage.store import Store

POOLS = {"ada": 900, "grace": 1_000}


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.from_tracks(demo_catalogue().head(800))


@pytest.fixture(scope="module")
def music():
    return demo_listeners()[0].library


@pytest.fixture
def store(tmp_path, music):
    database = Database(tmp_path / "tonearm.db")
    store = SqliteStore(database)
    store.save_tracks("ada", music)
    yield store
    database.close()


@pytest.fixture
def ranked(monkeypatch):
    """The recipes that were ranked so far."""
    recipes, really = [], Recommender.recommend
    monkeypatch.setattr(
        Recommender, "recommend", lambda engine, recipe: recipes.append(recipe) or really(engine, recipe)
    )
    return recipes


def assert_same(found, expected):
    pd.testing.assert_frame_equal(found.table, expected.table)
    pd.testing.assert_frame_equal(found.contributions, expected.contributions)
    assert found.counts == expected.counts


def test_the_same_list_is_computed_once(catalogue, store, ranked):
    lists = RecentLists()
    first = lists.recommend(catalogue, store, "ada", Recipe())
    again = lists.recommend(catalogue, store, "ada", Recipe(length=30))
    assert len(ranked) == 1
    assert_same(again, first)
    assert_same(again, RecentLists().recommend(catalogue, store, "ada", Recipe()))


@pytest.mark.parametrize(
    "change",
    [
        lambda store, music: store.remove_tracks("ada", [music["track_id"].iloc[0]]),
        lambda store, music: store.save_tracks("ada", music.head(1).assign(energy=0.123)),
        lambda store, music: store.save_feedback("ada", demo_catalogue().head(1), True, "2026-11-28T00:00:00Z"),
        lambda store, music: store.save_feedback("ada", demo_catalogue().head(1), False, "2026-11-28T00:00:00Z"),
    ],
)
def test_a_changed_library_or_thumb_makes_another_list(catalogue, store, music, ranked, change):
    lists = RecentLists()
    lists.recommend(catalogue, store, "ada", Recipe())
    change(store, music)
    found = lists.recommend(catalogue, store, "ada", Recipe())
    assert len(ranked) == 2
    assert_same(found, RecentLists().recommend(catalogue, store, "ada", Recipe()))


def test_rows_are_read_once_while_nothing_is_written(catalogue, store, monkeypatch):
    read, really = [], SqliteStore.tracks
    monkeypatch.setattr(SqliteStore, "tracks", lambda store, listener: read.append(listener) or really(store, listener))
    lists = RecentLists()
    for length in (30, 30, 10):
        lists.recommend(catalogue, store, "ada", Recipe(length=length))
    assert read == ["ada"]


def test_a_store_without_fingerprints_is_read_for_every_list(catalogue, store, music, ranked, monkeypatch):
    monkeypatch.setattr(SqliteStore, "fingerprint", Store.fingerprint)
    lists = RecentLists()
    for _ in range(2):
        lists.recommend(catalogue, store, "ada", Recipe())
    store.save_tracks("ada", music.head(1).assign(energy=0.123))
    found = lists.recommend(catalogue, store, "ada", Recipe())
    assert len(ranked) == 2
    assert_same(found, RecentLists().recommend(catalogue, store, "ada", Recipe()))


def test_a_list_of_rows_written_after_the_first_look_is_not_cached_for_those_before(catalogue, store, monkeypatch):
    thumb, really = demo_catalogue().head(1), SqliteStore.feedback

    def written_then_read(store, listener):
        store.save_feedback(listener, thumb, True, "2026-11-28T00:00:00Z")
        return really(store, listener)

    lists = RecentLists()
    with monkeypatch.context() as patched:
        patched.setattr(SqliteStore, "feedback", written_then_read)
        lists.recommend(catalogue, store, "ada", Recipe())
    store.remove_feedback("ada", thumb["track_id"].iloc[0])
    found = lists.recommend(catalogue, store, "ada", Recipe())
    assert_same(found, RecentLists().recommend(catalogue, store, "ada", Recipe()))


def test_another_recipe_seed_or_catalogue_makes_another_list(catalogue, store, music, ranked):
    lists = RecentLists()
    other = Catalogue.from_tracks(demo_catalogue().tail(800))
    for place, recipe, seeds in (
        (catalogue, Recipe(), ()),
        (catalogue, Recipe(variety=0.5), ()),
        (catalogue, Recipe(), (music["track_id"].iloc[0],)),
        (other, Recipe(), ()),
    ):
        assert_same(
            lists.recommend(place, store, "ada", recipe, seeds),
            RecentLists().recommend(place, store, "ada", recipe, seeds),
        )
    assert len(ranked) == 8


def test_an_erased_library_has_no_list(catalogue, store):
    lists = RecentLists()
    lists.recommend(catalogue, store, "ada", Recipe())
    store.erase("ada")
    with pytest.raises(NothingToRank):
        lists.recommend(catalogue, store, "ada", Recipe())


def test_only_the_last_lists_are_held(catalogue, store, ranked):
    lists = RecentLists(max_lists=2)
    for length in (5, 6, 5, 7, 5, 6):
        lists.recommend(catalogue, store, "ada", Recipe(length=length))
    assert [recipe.length for recipe in ranked] == [5, 6, 7, 6]


def test_another_recipe_is_ranked_by_the_engine_at_hand_and_gets_the_list_of_a_new_one(catalogue, store, monkeypatch):
    built, really = [], Recommender.__init__
    monkeypatch.setattr(Recommender, "__init__", lambda *of, **more: built.append(of) or really(*of, **more))
    lists = RecentLists()
    for length, weight in ((30, 1.0), (10, 3.0), (50, 0.5)):
        recipe = replace(Recipe(length=length), weights={**Recipe().weights, "energy": weight})
        found = lists.recommend(catalogue, store, "ada", recipe)
        assert_same(found, RecentLists().recommend(catalogue, store, "ada", recipe))
    assert len(built) == 1 + 3


def test_few_engines_are_held_and_none_of_another_catalogue(catalogue, store, music, monkeypatch):
    monkeypatch.setattr("recsys.services.recent_lists.ENGINE_SONGS", 2 * len(catalogue))
    lists = RecentLists()
    for seed in music["track_id"].head(5):
        lists.recommend(catalogue, store, "ada", Recipe(), [seed])
    assert len(lists._engines) == 2
    other = Catalogue.from_tracks(demo_catalogue().tail(800))
    lists.recommend(other, store, "ada", Recipe())
    assert [engine.catalogue for engine in lists._engines.values()] == [other]


def test_engines_of_listeners_with_their_own_pools_are_held_beside_each_other(catalogue, store, music):
    lists = RecentLists()
    store.save_tracks("grace", music.head(50))
    pools = {name: around(catalogue, demo_catalogue().iloc[start : start + 50]) for name, start in POOLS.items()}
    for _ in range(2):
        for listener, with_pool in pools.items():
            lists.recommend(with_pool, store, listener, Recipe(length=7))
            lists.recommend(catalogue, store, listener, Recipe(length=7))
    assert [engine.catalogue for engine in lists._engines.values()] == [
        *(one for name in pools for one in (pools[name], catalogue))
    ]
