"""What a listener can be recommended: everybody's songs, and those found around their own."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.pool import AROUND_YOU, POOL
from recsys.core.model.tracks import as_tracks, empty_tracks
from recsys.services import listener_catalogues
from recsys.services.listener_catalogues import ListenerCatalogues
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.store import SqliteStore

START = datetime(2026, 11, 28, 12, tzinfo=UTC)


def songs(name, count):
    rows = range(count)
    table = {"track_id": [f"{name}{n}" for n in rows], "title": [f"{name} {n}" for n in rows], "artists": name}
    return as_tracks(pd.DataFrame({**table, "energy": [n / count for n in rows], "valence": 0.5}))


class World:
    """A shared catalogue that can be exchanged, a real store and a clock that stands."""

    def __init__(self, folder):
        self.shared, self.now = Catalogue.from_tracks(songs("shared", 20)), START
        self.store = SqliteStore(Database(folder / "tonearm.db"))
        self.catalogues = ListenerCatalogues(
            lambda: self.shared, lambda listener: self.store, empty_tracks, lambda: self.now
        )

    def grow(self, listener, name, count=5):
        self.store.save_pool(listener, songs(name, count), "2026-11-28T12:00:00Z")


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def found_around(catalogue):
    return set(catalogue.tracks.loc[catalogue.tracks[POOL] == AROUND_YOU, "track_id"])


def test_without_a_pool_it_is_everybodys(world):
    world.grow("ada", "near")

    assert world.catalogues.of("grace") is world.shared


def test_songs_found_around_a_listener_are_theirs_alone_and_marked(world):
    world.grow("ada", "near")

    catalogue = world.catalogues.of("ada")

    assert len(catalogue) == 25
    assert found_around(catalogue) == set(songs("near", 5)["track_id"])
    assert world.catalogues.of("ada") is catalogue


def test_a_pool_that_grows_or_is_erased_is_noticed_at_once_and_one_of_the_same_size_soon(world):
    world.grow("ada", "near")
    first = world.catalogues.of("ada")
    world.grow("ada", "further")
    assert len(world.catalogues.of("ada")) == 30

    world.store.remove_pool("ada")
    assert world.catalogues.of("ada") is world.shared
    world.grow("ada", "elsewhere")
    world.now += timedelta(minutes=2)
    assert found_around(world.catalogues.of("ada")) == set(songs("elsewhere", 5)["track_id"])
    assert found_around(first) == set(songs("near", 5)["track_id"])


def test_another_shared_catalogue_replaces_the_one_below(world):
    world.grow("ada", "near")
    world.catalogues.of("ada")
    world.shared = Catalogue.from_tracks(songs("new", 40))
    assert len(world.catalogues.of("ada")) == 45

    world.shared = None
    assert len(world.catalogues.of("ada")) == 5
    assert world.catalogues.of("grace") is None


def test_only_the_catalogues_asked_for_last_are_cached(world):
    names = [f"listener {number}" for number in range(listener_catalogues.MAX_CACHED)]
    for listener in (*names, names[0], "another"):
        world.grow(listener, listener)
        world.catalogues.of(listener)
    assert list(world.catalogues._places) == [*names[2:], names[0], "another"]


def test_nobody_waits_while_the_catalogue_of_somebody_else_is_made(world, monkeypatch):
    for name in ("ada", "grace"):
        world.grow(name, name)
    is_making, may_end, really = threading.Event(), threading.Event(), listener_catalogues.around

    def slow_for_ada(shared, pool, anchors):
        if "ada0" in set(pool["track_id"]):
            is_making.set()
            assert may_end.wait(30)
        return really(shared, pool, anchors)

    monkeypatch.setattr(listener_catalogues, "around", slow_for_ada)
    with ThreadPoolExecutor(2) as threads:
        hers = threads.submit(world.catalogues.of, "ada")
        assert is_making.wait(30)
        others = threads.submit(world.catalogues.of, "grace")
        try:
            assert len(others.result(timeout=30)) == 25
        finally:
            may_end.set()
        assert found_around(hers.result()) == set(songs("ada", 5)["track_id"])
