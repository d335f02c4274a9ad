"""Which store holds whose rows, which sign-in is offered, and what is built once and closed at the end."""

import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import httpx
import pandas as pd
import pytest

from recsys.app import container as module
from recsys.app.container import Container, running, start
from recsys.auth.models import Visitor
from recsys.core.engine.catalogue import Catalogue
from recsys.core.model.tracks import as_tracks
from recsys.demo import DEMO_NOTE
from recsys.demo.catalogue import demo_catalogue
from recsys.importers.catalogue_file import write_catalogue
from recsys.settings import Settings
from tests.core.small import random_tracks
from tests.fakes.calling import SleepingClock

HOSTED = SimpleNamespace(
    store="the hosted store", accounts="Supabase Auth", project=SimpleNamespace(url="https://abc.supabase.co")
)
SIGNED_IN = "2c9f1c1e-0000-4000-8000-000000000001"


@pytest.fixture
def build(tmp_path):
    """A function: a container on an empty folder, with these parts in place of the configured ones."""
    built = []

    def build(**parts):
        clock = SleepingClock(1_790_000_000.0)
        container = Container(Settings(tmp_path, str(tmp_path / "catalogue.parquet")), clock, clock.sleep)
        vars(container).update(parts)
        built.append(container)
        return container

    yield build
    for container in built:
        container.close()


@pytest.mark.parametrize(
    "hosted, spotify, offered",
    [(None, None, None), (None, "Spotify", "Spotify"), (HOSTED, "Spotify", "Supabase Auth"), (HOSTED, None, None)],
)
def test_the_sign_in_that_is_set_up_is_offered(build, hosted, spotify, offered):
    assert build(hosted=hosted, spotify=spotify).accounts == offered


def test_signed_in_listeners_are_stored_at_supabase_and_guests_here(build):
    container = build(hosted=HOSTED, embedded_store="the embedded store")

    assert container.store_for(SIGNED_IN) == container.app_store == "the hosted store"
    assert container.store_for("guest-1") == "the embedded store"


def test_the_search_index_and_the_clustering_are_ready_before_anybody_asks(build):
    small = Catalogue.from_tracks(random_tracks(60, 1, "song"))
    container = build(catalogue=small, demo_listeners=(), demo_catalogue=())

    container.warm_up()

    assert container.jobs.wait("search index", 60).state == "done"
    assert container.jobs.wait("clustering", 60).result is sys.modules["sklearn.cluster"]


def test_without_supabase_everybody_is_stored_here(build):
    container = build(embedded_store="the embedded store")

    assert container.store_for("spotify-ada") == container.app_store == container.store_for("guest-1")
    assert container.app_store == "the embedded store"


def test_the_account_page_says_where_rows_are(build):
    container = build(hosted=HOSTED)

    hosted = container.storage_place(SIGNED_IN)
    assert "abc.supabase.co" in hosted
    assert "e-mail address" in hosted
    assert container.storage_place("guest-1") == (
        "Stored in a file on this server only. Sign in to reach it from every device."
    )
    assert build(hosted=None).storage_place("guest-1") == "Stored in a file on this server."


def test_without_a_spotify_app_nothing_that_needs_it_is_built(build):
    container = build()

    assert [container.spotify, container.sync, container.playlists, container.probes] == [None] * 4


def test_the_time_is_that_of_the_clock_it_was_built_with(build):
    assert build().now() == datetime.fromtimestamp(1_790_000_000.0, UTC)


def test_without_an_installed_catalogue_lists_are_invented_and_say_so(build):
    container = build()

    assert container.catalogue is container.demo_catalogue
    assert container.dependencies(page="").note() == DEMO_NOTE
    assert container.installed_tracks().empty


def test_an_installed_catalogue_is_used_and_lists_are_not_called_invented(build):
    container = build()
    write_catalogue(as_tracks(demo_catalogue().head(50)), module.Path(container.settings.catalogue))

    assert len(container.catalogue) == 50
    assert container.dependencies(page="").note() is None


def test_a_closed_container_has_closed_its_database(build):
    container = build()
    container.check_stores()
    log = container.database.path.with_name("tonearm.db-wal")
    assert log.exists()

    container.close()

    assert not log.exists(), "SQLite removes it with the last connection"


def test_screens_use_the_container_that_was_started_last(build):
    first, second = build(), build()
    start(first)
    start(second)

    assert running() is second


def test_before_anything_was_started_the_command_is_named(monkeypatch):
    monkeypatch.setattr(module, "_running", [])

    with pytest.raises(RuntimeError, match=r"streamlit run app\.py"):
        running()


def test_guests_without_a_visit_for_thirty_days_are_swept_at_start_and_those_who_came_are_not(build):
    container = build()
    for guest in ("guest-1", "guest-2"):
        container.store_for(guest).save_state(guest, "key", {})
    container._clock.now += 20 * 86_400
    container.note_visit(Visitor("guest-2", is_guest=True))
    container._clock.now += 11 * 86_400

    assert container.sweep_guests() == 1

    assert container.store_for("guest-1").state("guest-1", "key") is None
    assert container.store_for("guest-2").state("guest-2", "key") == {}


def test_a_clock_that_is_set_back_holds_up_no_names(build, monkeypatch):
    now = [30 * 86_400.0]
    container = build(_clock=lambda: now[0])
    container.http = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=[])))
    asked = as_tracks(pd.DataFrame({"track_id": ["name:1"], "title": ["A song"], "artists": ["A band"]}))
    names = container.growing._names

    names.spotify_ids(asked)
    now[0] = 0.0
    assert names.spotify_ids(asked) == {}
