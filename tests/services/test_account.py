"""Your data: counted, listed, taken along, and gone."""

import csv
import io
import json
import logging
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from recsys.auth.models import Session
from recsys.errors import Erased, ReconnectSpotify, StorageProblem
from recsys.importers.any_file import read_file
from recsys.services.account import Account
from recsys.services.jobs import Job
from recsys.services.library import origins
from tests.fakes.faults import Fault
from tests.services.tables import tracks

NOW = "2026-11-23T12:00:00Z"


def unzipped(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_is_stored_is_counted_per_table(world):
    world.store.save_tracks("ada", tracks(3))
    counts = world.account.counts("ada")
    assert counts["user_tracks"] == 3
    assert counts["spotify_tokens"] == 1


def test_the_export_has_every_table_twice_and_the_same_rows(world):
    world.synced()
    files = unzipped(world.account.export("ada", NOW))
    tables = world.store.export("ada")

    assert set(files) == {"README.txt", *(f"{t}.csv" for t in tables), *(f"{t}.json" for t in tables)}
    for name, table in tables.items():
        rows = list(csv.DictReader(io.StringIO(files[f"{name}.csv"].decode("utf-8-sig"))))
        assert len(rows) == len(json.loads(files[f"{name}.json"])) == len(table)
    assert f"user_tracks: {len(tables['user_tracks'])} rows\n" in files["README.txt"].decode()
    assert "profiles: 1 row\n" in files["README.txt"].decode()


def test_titles_that_a_spreadsheet_would_run_are_harmless_in_csv_and_whole_in_json(world):
    world.store.save_tracks("ada", tracks(1, title=['=HYPERLINK("http://evil")']))
    files = unzipped(world.account.export("ada", NOW))
    (row,) = csv.DictReader(io.StringIO(files["user_tracks.csv"].decode("utf-8-sig")))
    assert row["title"].startswith("'=")
    assert json.loads(files["user_tracks.json"])[0]["title"] == '=HYPERLINK("http://evil")'


def test_the_same_data_make_the_same_file(world):
    world.store.save_tracks("ada", tracks(3))
    assert world.account.export("ada", NOW) == world.account.export("ada", NOW)


def test_the_export_read_back_is_the_library_and_not_what_was_recommended(world):
    library = tracks(3)
    world.store.save_tracks("ada", library)
    world.store.save_origins("ada", origins(library["track_id"], "saved", NOW))
    listed = pd.DataFrame({"track_id": ["r" * 22], "score": [0.5], "created_at": [NOW]})
    world.store.save_recommendations("ada", listed)
    world.store.save_misses("ada", pd.DataFrame({"track_id": ["m" * 22], "source": ["reccobeats"], "asked_at": [NOW]}))

    imported = read_file(io.BytesIO(world.account.export("ada", NOW)), "tonearm.zip")

    assert imported.tracks["track_id"].tolist() == library["track_id"].tolist()
    assert any("recommendations.csv, recommendations.json" in note for note in imported.report.notes)


def test_an_empty_account_exports_empty_tables(world):
    files = unzipped(world.account.export("nobody", NOW))
    assert json.loads(files["user_tracks.json"]) == []


def test_disconnecting_forgets_the_tokens_and_keeps_the_library(world):
    world.synced()
    world.probes.probe("ada")
    world.account.disconnect("ada")
    assert world.sessions.tokens("ada") is None
    assert world.account.counts("ada")["user_tracks"] > 0
    assert world.probes.known("ada").probed_at is None
    with pytest.raises(ReconnectSpotify):
        world.spotify.library("ada").me()


def test_erasing_leaves_no_row_anywhere_and_nobody_else_is_touched(world):
    world.connect("grace")
    for listener in ("ada", "grace"):
        world.synced(listener)
        world.sessions.create(Session(listener, "spotify", world.now()), world.now())
    graces = world.account.counts("grace")

    counts = world.account.erase("ada")

    assert set(counts.values()) == {0}
    assert set(counts) == set(graces)
    assert not any(len(table) for table in world.store.export("ada").values())
    assert world.account.counts("grace") == graces


def test_erasing_while_a_sync_runs_stops_it_first(world, spotify):
    arrived, go = threading.Event(), threading.Event()

    def hold(seen):
        arrived.set()
        go.wait(10)
        return False

    spotify.fail_when("GET /v1/me/tracks", Fault(), hold)
    world.sync.start("ada")
    assert arrived.wait(10)
    threading.Timer(0.1, go.set).start()

    world.account.erase("ada")

    assert not any(world.account.counts("ada").values())
    assert not world.sync.progress("ada").is_running


def test_erasing_while_features_are_looked_up_stops_that_first(world):
    world.store.save_tracks("ada", tracks(3))
    begun = threading.Event()

    def look_up(job):
        """As a slow source: what it says is stored a little later."""
        begun.set()
        time.sleep(0.2)
        world.store.log_sent("ada", "reccobeats", "track ids", 3, NOW)

    world.jobs.start("features:ada", look_up)
    assert begun.wait(5)
    assert not any(world.account.erase("ada").values())
    assert not world.jobs.snapshot("features:ada").is_active


ASKS_SPOTIFY = {
    "a sync": ("GET /v1/me/tracks", lambda world: world.sync.run("ada", Job())),
    "a list that is saved": ("POST /v1/me/playlists", lambda world: world.playlists.save("ada", "Evening", SONGS)),
    "a probe": ("GET /v1/me", lambda world: world.probes.probe("ada")),
    "the list of playlists": ("GET /v1/me/playlists", lambda world: world.sync.playlists("ada")),
}
SONGS = tracks(3)["track_id"].tolist()


@pytest.mark.parametrize(("call", "work"), ASKS_SPOTIFY.values(), ids=ASKS_SPOTIFY)
def test_nothing_is_stored_of_an_answer_that_spotify_gives_after_everything_was_erased(world, spotify, call, work):
    """In another tab or process, which does not know of that work."""
    arrived, go = threading.Event(), threading.Event()

    def hold(seen):
        arrived.set()
        go.wait(10)
        return False

    spotify.fail_when(call, Fault(), hold)
    with ThreadPoolExecutor() as tabs:
        asking = tabs.submit(work, world)
        assert arrived.wait(10)
        world.store.erase("ada")
        world.store.save_recipe("ada", "Evening", {})
        go.set()
        assert isinstance(asking.exception(30), Erased)

    assert {table for table, count in world.account.counts("ada").items() if count} == {"recipes"}


class ForgetfulStore:
    """Says that it erased, and did not."""

    def erase(self, listener):
        return {"user_tracks": 0}

    def counts(self, listener):
        return {"user_tracks": 2, "plays": 0}

    def remove_state(self, listener, key):
        pass


def test_nothing_is_called_erased_that_is_not_counted_as_zero():
    with pytest.raises(StorageProblem, match="user_tracks"):
        Account(lambda listener: ForgetfulStore()).erase("ada")


def test_no_token_is_in_the_export_the_log_or_any_sentence(world, spotify, caplog):
    with caplog.at_level(logging.DEBUG):
        spotify.fail_next("GET /v1/me/top/tracks", Fault.unauthorized())
        spotify.fail_next("GET /v1/me/tracks", Fault.server_error())
        progress = world.synced()
        world.playlists.save("ada", "A list", list(world.store.tracks("ada")["track_id"][:3]))
        world.probes.probe("ada")
        files = unzipped(world.account.export("ada", NOW))
    stored = world.sessions.tokens("ada")
    shown = caplog.text + repr(progress) + repr(stored) + repr(world.connections.access("ada"))
    content = b"".join(files.values())
    secrets = {*spotify.access_tokens, *spotify.refresh_tokens, stored.access_token, stored.refresh_token}
    assert len(secrets) >= 3
    for secret in secrets:
        assert secret not in shown
        assert secret.encode() not in content
