"""The app renews weekly lists by a timer where it is asked to, for everybody whose rows it can reach."""

import time
from types import SimpleNamespace

import pytest

from recsys.app.container import Container
from recsys.app.weekly_lists import renew_due, stored_libraries
from recsys.core.engine.query import EMPTY_LIBRARY
from recsys.core.engine.recipe import Recipe
from recsys.errors import ReconnectSpotify, ServerBusy
from recsys.importers.catalogue_file import write_catalogue
from recsys.services.weekly import Report
from recsys.settings import Settings
from recsys.storage.hosted.store import SupabaseStore
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.store import SqliteStore
from recsys.storage.store import WeeklyList
from tests.core.small import random_tracks

ASKED = WeeklyList(Recipe(length=4).as_json(), 0, 4)


@pytest.fixture
def build(tmp_path):
    """A function: a container with a catalogue and these settings."""
    built = []

    def build(**settings):
        write_catalogue(random_tracks(60, 1, "song"), tmp_path / "catalogue.parquet")
        built.append(Container(Settings(tmp_path, str(tmp_path / "catalogue.parquet"), **settings)))
        return built[-1]

    yield build
    for container in built:
        container.close()


def asking(store, *names):
    for name in names:
        store.save_tracks(name, random_tracks(12, 2, "own"))
        store.save_weekly(name, ASKED)


def until(happens, seconds=30):
    deadline = time.monotonic() + seconds
    while not happens() and time.monotonic() < deadline:
        time.sleep(0.02)
    return happens()


def test_a_timer_of_the_app_renews_what_is_due(build):
    app = build()
    asking(app.embedded_store, "ada", "guest-a")

    app.warm_up()

    assert until(lambda: all(app.weekly.change(name) is not None for name in ("ada", "guest-a")))


@pytest.mark.parametrize("who", ["cron", "off"])
def test_where_the_app_is_not_asked_to_it_starts_no_timer(build, who, monkeypatch):
    started = []
    monkeypatch.setattr("recsys.app.container.repeat", lambda work, seconds, name: started.append(name) or _Over())
    build(weekly_lists=who).warm_up()
    assert started == ["sweep"]


class _Over:
    def set(self):
        pass


def test_a_run_that_another_process_keeps_from_is_left_to_the_next_look():
    def refuse():
        raise ServerBusy("Elsewhere.")

    assert renew_due(SimpleNamespace(refresh=refuse)) is None
    assert renew_due(SimpleNamespace(refresh=lambda: Report(1, 1))) == Report(1, 1)


def test_beside_a_hosted_store_the_guests_of_this_server_are_renewed_too(build, tmp_path):
    app = build()
    hosted = SqliteStore(Database(tmp_path / "hosted.db"))
    vars(app)["hosted"] = SimpleNamespace(store=hosted, sessions=app.sessions)
    asking(hosted, "2c9f1c1e-0000-4000-8000-000000000001")
    asking(app.embedded_store, "guest-a")

    assert list(app.weekly_listeners()) == ["2c9f1c1e-0000-4000-8000-000000000001", "guest-a"]
    assert app.weekly.refresh() == Report(2, 2)


def test_a_listener_who_must_sign_in_again_is_named_and_keeps_nobody_from_a_list(build, tmp_path):
    class Ended(SqliteStore):
        def tracks(self, listener):
            if listener == "gone":
                raise ReconnectSpotify("Your sign-in has ended. Log in again; your library is still here.")
            return super().tracks(listener)

    app = build()
    vars(app)["embedded_store"] = Ended(app.database)
    asking(app.embedded_store, "ada", "gone")

    report = app.weekly.refresh()

    assert (report.asked, report.renewed, list(report.failed)) == (2, 1, ["gone"])
    assert app.embedded_store.weekly("gone").problem == report.failed["gone"]
    assert stored_libraries(app, Recipe()).problems == report.failed


def test_a_weekly_list_and_a_batch_run_say_the_same_of_an_empty_library(build):
    app = build()
    app.embedded_store.save_weekly("ada", ASKED)

    assert stored_libraries(app, Recipe()).problems == app.weekly.refresh().failed == {"ada": EMPTY_LIBRARY}


def test_in_a_hosted_store_a_list_is_renewed_as_the_listener_and_an_ended_sign_in_is_said(
    build, gateway, supabase, supabase_store
):
    def token(listener):
        if listener == grace:
            raise ReconnectSpotify("Your sign-in has ended. Log in again; your library is still here.")
        return gateway.access_token(listener)

    ada, grace = gateway.listener("ada"), gateway.listener("grace")
    asking(supabase_store, ada, grace)
    app = build()
    vars(app)["hosted"] = SimpleNamespace(store=SupabaseStore(supabase, token), sessions=app.sessions)

    report = app.weekly.refresh()

    assert (report.asked, report.renewed, list(report.failed)) == (2, 1, [grace])
    assert report.failed[grace].startswith("Your sign-in has ended")
    assert len(app.weekly.change(ada).songs) == len(supabase_store.recommendations(ada)) == 4
    assert supabase_store.weekly(grace).renewed_week is None
