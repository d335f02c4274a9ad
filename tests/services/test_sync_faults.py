"""The fault matrix: everything that can go wrong, in every stage. Nothing lost, nothing doubled, a sentence to read."""

import re

import pandas as pd
import pytest

from recsys.services.sync import LISTS, STATE
from recsys.services.sync_progress import Stage, SyncProgress
from recsys.times import to_iso
from tests.fakes.faults import HTML, Fault
from tests.fakes.reccobeats import too_many
from tests.services.spotify_world import SpotifyWorld, entries, ids, on_list

# What goes wrong, and what becomes of the stage while it does: it waits for a time, or it stops with a sentence.
FAULTS = {
    "429 with a short wait": (Fault.too_many_requests(retry_after=3), "blocked"),
    "429 with a long wait": (Fault.too_many_requests(retry_after=7200), "blocked"),
    "429 without saying how long": (Fault.too_many_requests(), "blocked"),
    "a daily limit with a time": (Fault.quota_exceeded(retry_after=61_389), "blocked"),
    "a daily limit without a time": (Fault.quota_exceeded(), "blocked"),
    "500 in JSON": (Fault.server_error(500, is_html=False), "failed"),
    "502 in HTML": (Fault.server_error(502), "failed"),
    "HTML with status 200": (Fault.html(), "failed"),
    "a number of 5,000 digits": (Fault(200, "9" * 5_000), "failed"),
    "an error as a bare string": (Fault.error_as_text(), "failed"),
    "a redirect elsewhere": (Fault.redirect("http://127.0.0.1:1/"), "failed"),
    "a connection cut before the answer": (Fault.cut_before(), "failed"),
    "a connection cut midway": (Fault.cut_midway(), "failed"),
    "an answer that was lost": (Fault.answer_lost(), "failed"),
    "a scope that was not granted": (Fault.scope(), "failed"),
    "forbidden": (Fault.forbidden(), "failed"),
    "not found": (Fault.not_found(), "failed"),
    "a listener who is not registered": (Fault.not_registered(), "failed"),
    "an owner without Premium": (Fault.premium_required(), "failed"),
    "a token that is never accepted": (Fault.unauthorized(), "failed"),
}
CALLS = {
    "top_short": "GET /v1/me/top/tracks",
    "top_medium": "GET /v1/me/top/tracks",
    "top_long": "GET /v1/me/top/tracks",
    "saved": "GET /v1/me/tracks",
    "recent": "GET /v1/me/player/recently-played",
    "playlist": "GET /v1/playlists/*/items",
    "the list of playlists": "GET /v1/me/playlists",
}
JARGON = re.compile(r"Traceback|Error\b|Exception|None|[{}<>]|https?:|\bstatus 4|429|401|403", re.ASCII)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("matrix")


@pytest.fixture
def world(spotify, folder, http):
    """One database for the whole matrix, emptied before each case: making one costs more than a case."""
    world = SpotifyWorld(spotify, folder, http)
    world.store.erase("ada")
    world.store.save_app_state("closed_feature_sources", {})
    for bucket in ("top", "saved", "recent", "playlist_list", "playlist_items", "other"):
        world.store.save_app_state(f"spotify_quota:{bucket}", {})
    world.connect()
    yield world
    world.close()


def only(world, place):
    """A sync of which one stage is left to do; the name of that stage."""
    name = place if place in LISTS else f"playlist:{world.fake.listeners['ada'].playlists[0].id}"
    if name not in LISTS:
        world.sync.choose_playlists("ada", [name.removeprefix("playlist:")])
    done = tuple(Stage(other, other, "done") for other in (*LISTS, "features") if other != name)
    progress = SyncProgress((*done, Stage(name, name)), started_at=to_iso(world.now()))
    world.store.save_state("ada", STATE, progress.as_json())
    return name


def plan(spotify, place, fault, times):
    """Let the fault happen on the second page where there is one, so that something was stored before."""
    pages = {"saved": "50", "playlist": "50"}
    later = pages.get(place)

    def fits(seen):
        nonlocal times
        is_here = later is None or seen.params.get("offset") == later
        times -= is_here
        return is_here and times >= 0

    spotify.fail_when(CALLS[place], fault, fits)


def assert_adds_up(world, stage):
    assert stage.found == stage.stored + sum(stage.skipped.values()) + stage.pending
    assert stage.stored == len(on_list(world, stage.name))
    assert min(stage.stored, stage.pending) >= 0


def assert_complete(world, stage):
    there = entries(world.fake, stage.name)
    assert (stage.state, stage.pending, stage.message) == ("done", 0, "")
    assert stage.found == len(there)
    assert on_list(world, stage.name) == ids(there)
    tracks = world.store.tracks("ada")
    assert not tracks["track_id"].duplicated().any()
    assert set(tracks["track_id"]) == ids(there)


def assert_readable(sentence):
    assert re.fullmatch(r"[A-Z].*\.", sentence), sentence
    assert not JARGON.search(sentence), sentence


@pytest.mark.parametrize("place", CALLS)
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_lasts_stops_one_stage_with_a_sentence_and_the_next_sync_completes_it(world, spotify, name, place):
    fault, state = FAULTS[name]
    stage_name = only(world, place)
    plan(spotify, place, fault, times=float("inf"))

    stage = world.synced().stage(stage_name)

    assert stage.state == state
    assert_adds_up(world, stage)
    assert_readable(stage.message)
    assert on_list(world, stage_name) <= ids(entries(spotify, stage_name))
    assert (stage.blocked_until is not None) == (state == "blocked")

    spotify.clear_faults()
    world.clock.now += 2 * 86_400  # whatever was blocked is open again, and every access token has run out
    world.connect()
    only_left = world.store.state("ada", STATE)
    assert [one["state"] for one in only_left["stages"] if one["name"] == stage_name] == [state]
    stages = [{**one, "is_refused": False} for one in only_left["stages"]]  # or the other lists would be read as well
    goes_on = {"stages": stages, "started_at": to_iso(world.now()), "finished_at": None}
    world.store.save_state("ada", STATE, {**only_left, **goes_on})
    assert_complete(world, world.synced().stage(stage_name))


@pytest.mark.parametrize("place", CALLS)
@pytest.mark.parametrize(
    "fault",
    [
        Fault.slow(0.02),
        Fault.too_many_requests(retry_after=3),
        Fault.too_many_requests(),
        Fault.server_error(500, is_html=False),
        Fault.server_error(502),
        Fault.html(),
        Fault.cut_before(),
        Fault.cut_midway(),
        Fault.answer_lost(),
        Fault.unauthorized(),
    ],
    ids=lambda fault: str(fault.status or fault.cut or "slow"),
)
def test_a_fault_that_passes_is_not_noticed(world, spotify, fault, place):
    stage_name = only(world, place)
    plan(spotify, place, fault, times=1)
    assert_complete(world, world.synced().stage(stage_name))


@pytest.mark.parametrize("place", CALLS)
def test_a_consent_that_ended_says_why_and_a_new_one_goes_on(world, spotify, place):
    stage_name = only(world, place)

    def withdraw(seen):
        spotify.revoke("ada")
        return False

    spotify.fail_when(CALLS[place], Fault(), withdraw)
    progress = world.synced()
    stage = progress.stage(stage_name)

    assert stage.state == "failed"
    assert_readable(stage.message)
    assert progress.message == stage.message
    assert_adds_up(world, stage)
    spotify.clear_faults()
    world.connect()
    assert_complete(world, world.synced().stage(stage_name))


@pytest.mark.parametrize("place", CALLS)
def test_a_token_that_runs_out_on_the_way_is_renewed_unnoticed(world, spotify, place):
    stage_name = only(world, place)

    def expire(seen):
        spotify.access_tokens.clear()
        spotify.clear_faults()
        return False

    spotify.fail_when(CALLS[place], Fault(), expire)
    assert_complete(world, world.synced().stage(stage_name))
    assert spotify.count("POST /api/token") == 1


RECCOBEATS = {
    "429 with a short wait": too_many(retry_after=2),
    "429 with a long wait": too_many(retry_after=7200),
    "429 without saying how long": too_many(),
    "500 in JSON": Fault.server_error(500, is_html=False),
    "502 in HTML": Fault.server_error(502),
    "HTML with status 200": Fault.text(200, HTML, "text/html"),
    "a connection cut midway": Fault.cut_midway(),
    "a connection cut before the answer": Fault.cut_before(),
}


@pytest.mark.parametrize("name", RECCOBEATS)
def test_a_fault_of_a_feature_source_leaves_tracks_waiting_and_the_next_sync_asks_again(
    spotify, reccobeats, tmp_path, http, name
):
    world = SpotifyWorld(spotify, tmp_path, http, reccobeats.url)
    world.connect()
    world.features.agree("ada", "reccobeats", True)
    reccobeats.fail_when("GET /v1/audio-features", RECCOBEATS[name])
    stage = world.synced().stage("features")

    assert stage.state == "blocked"
    assert_readable(stage.message)
    assert (stage.stored, stage.pending) == (0, len(world.store.tracks("ada")))
    assert stage.found == stage.pending

    reccobeats.clear_faults()
    world.clock.now += 86_400
    stage = world.synced().stage("features")
    has_energy = world.store.tracks("ada")["energy"].notna()
    assert stage.state == "done"
    assert stage.pending == 0
    assert stage.stored == has_energy.sum() == pd.Series(has_energy).sum() > 0
    assert stage.found == len(has_energy)
    world.close()
