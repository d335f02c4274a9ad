"""Grow around me: with consent, gently, resumable, and only songs that come with their features."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

import pandas as pd
import pytest

from recsys.core.model.tracks import as_tracks, empty_tracks
from recsys.errors import NotAllowed, NothingToRank, StorageProblem
from recsys.feature_sources.listenbrainz import ListenBrainzIds
from recsys.feature_sources.reccobeats import ReccoBeats
from recsys.feature_sources.source import AUDIO
from recsys.services.features import Features
from recsys.services.growing import (
    NAMES_CONSENT,
    SENT_FOUND,
    SENT_NAMES,
    SENT_SEED,
    Growing,
    registered_in,
    spread_sample,
)
from recsys.services.growth import Growth
from recsys.services.jobs import Cancelled, Job, Jobs
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.store import SqliteStore
from tests.fakes.calling import SleepingClock
from tests.fakes.faults import Fault
from tests.fakes.listenbrainz import CALL, FakeListenBrainz
from tests.fakes.reccobeats import FakeReccoBeats, too_many
from tests.fakes.spotify import music

NEIGHBOURS, FEATURES = "GET /v1/track/recommendation", "GET /v1/audio-features"
OWN = [music.track(number) for number in range(8)]
AROUND = [music.track(number, "around") for number in range(300)]
WITHOUT = {track.id for track in AROUND[::10]}
KNOWN = {track.id: track for track in [*OWN, *AROUND] if track.id not in WITHOUT}


@pytest.fixture(scope="module")
def server():
    with FakeReccoBeats(KNOWN.get) as fake:
        yield fake


@pytest.fixture
def reccobeats(server):
    server.reset()
    server.around = AROUND
    return server


class World:
    """One process of the app, as far as growing is concerned. Two on the same folder are a restart."""

    def __init__(self, folder, url, http, names_url="http://127.0.0.1:9"):
        self.clock = SleepingClock()
        self.store = SqliteStore(Database(folder / "tonearm.sqlite"))
        source = ReccoBeats(url, http, self.clock, self.clock.sleep)
        names = ListenBrainzIds(names_url, http, self.clock, self.clock.sleep)
        self.jobs = Jobs()
        features = Features(self.store_for, lambda listener, library: [], self.now)
        self.catalogue, self.of_the_app = empty_tracks(), None
        self.growing = Growing(
            self.store_for, features, source, names, lambda: self.catalogue, self.app_store, self.jobs, self.now
        )

    def store_for(self, listener):
        return self.store

    def app_store(self):
        """Of the whole app; a guest's rows are elsewhere, so that it may fail alone."""
        return self.of_the_app or self.store

    def now(self):
        return datetime.fromtimestamp(self.clock(), UTC)


@pytest.fixture
def make(reccobeats, tmp_path, http):
    worlds = []

    def make(**options):
        worlds.append(World(tmp_path, reccobeats.url, http, **options))
        return worlds[-1]

    yield make
    for world in worlds:
        world.jobs.close()


@pytest.fixture
def world(make):
    """Ann has eight songs and agreed."""
    world = make()
    world.store.save_tracks("ann", library(OWN))
    world.growing.agree("ann", True)
    return world


def library(tracks):
    rows = {
        "track_id": [t.id for t in tracks],
        "title": [t.name for t in tracks],
        "artists": [t.artists[0] for t in tracks],
    }
    return as_tracks(pd.DataFrame(rows))


def stopped_after(songs):
    """A job that the listener cancels when so many songs were asked about."""
    job = Job()
    report = job.report

    def reporting(growth):
        if growth.position >= songs:
            job.cancel()
        report(growth)

    job.report = reporting
    return job


def test_growing_ends_and_leaves_nothing_when_everything_is_erased_through_another_instance(world, make):
    other, job = make().store, Job()
    report = job.report

    def reporting(growth):
        if growth.position == 2:
            assert other.counts("ann")["pool_tracks"]
            assert not any(other.erase("ann").values())
        report(growth)

    job.report = reporting
    with pytest.raises(StorageProblem, match="was erased"):
        world.growing.run("ann", job)

    assert not any(other.counts("ann").values())


def test_nobody_is_asked_before_the_listener_agrees(make, reccobeats):
    world = make()
    world.store.save_tracks("ann", library(OWN))

    with pytest.raises(NotAllowed, match="Agree first"):
        world.growing.start("ann")

    assert reccobeats.requests == []


def test_the_consent_to_look_up_features_is_not_the_consent_to_grow(make):
    world = make()
    world.growing._features.agree("ann", "reccobeats", True)

    assert not world.growing.has_agreed("ann")


def test_songs_that_come_with_features_enter_the_listeners_own_pool(world):
    grown = world.growing.run("ann", Job())

    pool = world.store.pool("ann")
    assert grown.state == "done" and grown.added == grown.pool == len(pool) > 250
    assert pool[AUDIO].notna().any(axis=1).all(), "what comes without features is not taken"
    assert set(pool["source"]) == {"reccobeats"}
    assert not set(pool["track_id"]) & {track.id for track in OWN}
    assert pool["year"].isna().all(), "the source tells no years, and none is guessed"
    assert world.store.pool("bob").empty


def test_what_was_sent_is_logged_to_the_song(world, reccobeats):
    world.growing.run("ann", Job())

    sent = world.store.sent("ann").groupby("what")["rows"].sum()
    seeds = [seen.params["seeds"] for seen in reccobeats.requests if seen.call == NEIGHBOURS]
    asked = [seen.params["ids"].split(",") for seen in reccobeats.requests if seen.call == FEATURES]
    assert set(seeds) == {track.id for track in OWN}
    assert sent[SENT_SEED] == len(seeds)
    assert sent[SENT_FOUND] == sum(len(ids) for ids in asked)
    assert max(Counter(one for ids in asked for one in ids).values()) == 1, "each new song is asked about once"


def test_a_run_ends_when_little_is_new(world, reccobeats):
    world.growing.run("ann", Job())

    assert reccobeats.count(NEIGHBOURS) == 2 * len(OWN), "the second round brought nothing new"


def test_a_source_that_has_named_everything_is_left_in_peace_within_a_round(world, reccobeats):
    world.store.save_tracks("ann", library(AROUND[:80]))

    world.growing.run("ann", Job())

    assert reccobeats.count(NEIGHBOURS) < 88, "most songs were not asked about: twenty in a row brought nothing new"


def test_ten_thousand_songs_take_less_than_five_minutes_at_two_requests_a_second(world, reccobeats, monkeypatch):
    many = [music.track(number, "many") for number in range(14_000)]
    reccobeats.around = many
    known = [*many, *(music.track(number) for number in range(60))]
    monkeypatch.setattr(reccobeats, "_known", {track.id: track for track in known}.get)
    world.store.save_tracks("ann", library([music.track(number) for number in range(8, 60)]))
    began = world.clock.now

    grown = world.growing.run("ann", Job())

    gaps = [wait for wait in world.clock.slept if wait]
    assert grown.added >= 10_000 and len(world.store.pool("ann")) == grown.pool
    assert min(gaps) >= 0.5, "never faster than two a second"
    assert world.clock.now - began < 300


def test_cancelling_keeps_what_was_found_and_the_next_start_goes_on(world, reccobeats):
    with pytest.raises(Cancelled):
        world.growing.run("ann", stopped_after(3))
    before = world.growing.progress("ann")
    found = len(world.store.pool("ann"))
    world.growing.run("ann", Job())

    seeds = [seen.params["seeds"] for seen in reccobeats.requests if seen.call == NEIGHBOURS]
    assert (before.state, before.position, before.added) == ("new", 3, found)
    assert Counter(seeds[:8]) == Counter(track.id for track in OWN), "no song is asked about twice in a round"


def test_a_killed_process_repeats_at_most_one_song_and_loses_none(world, reccobeats, tmp_path, make):
    arguments = [sys.executable, "-m", "tests.services.crashing_growth", tmp_path, reccobeats.url, 5]
    died = subprocess.run([*map(str, arguments)], env=os.environ, timeout=60)
    assert died.returncode == -signal.SIGKILL
    stored, position = world.store.pool("ann"), world.growing.progress("ann").position
    asked_before = reccobeats.count(NEIGHBOURS)

    restarted = make()
    grown = restarted.growing.run("ann", Job())

    assert 0 < position == asked_before - 1, "the song at hand is asked about again"
    assert set(stored["track_id"]) <= set(restarted.store.pool("ann")["track_id"])
    assert grown.added == grown.pool == len(restarted.store.pool("ann")) > 250


def test_a_long_wait_is_a_state_with_a_time(world, reccobeats):
    reccobeats.fail_when(NEIGHBOURS, too_many(retry_after=3_600))

    blocked = world.growing.run("ann", Job())

    assert (blocked.state, blocked.position) == ("blocked", 0)
    assert blocked.message == "ReccoBeats asks us to slow down."
    assert blocked.blocked_until == world.growing.progress("ann").blocked_until is not None
    reccobeats.clear_faults()
    world.clock.sleep(3_600)
    assert world.growing.run("ann", Job()).state == "done"


@pytest.mark.parametrize(
    "fault", [Fault.html(), Fault.cut_before(), Fault.cut_midway(), Fault.server_error(), Fault(200, '{"content": 1}')]
)
@pytest.mark.parametrize("call", [NEIGHBOURS, FEATURES])
def test_a_broken_answer_stops_without_losing_anything(world, reccobeats, call, fault):
    reccobeats.fail_when(call, fault)

    stopped = world.growing.run("ann", Job())

    assert stopped.state == "blocked" and stopped.message
    reccobeats.clear_faults()
    world.clock.sleep(3_600)
    assert world.growing.run("ann", Job()).added == len(world.store.pool("ann")) > 250


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_song_that_the_source_does_not_know_is_passed_over(world, reccobeats, status):
    reccobeats.fail_next(NEIGHBOURS, Fault.json(status, "no such seed"))

    assert world.growing.run("ann", Job()).state == "done"


@pytest.mark.parametrize(
    "entry",
    [
        "1",
        "{}",
        '{"href": "https://open.spotify.com/track/x", "trackTitle": "A", "artists": [{"name": "B"}]}',
        f'{{"href": "https://open.spotify.com/track/{"a" * 22}", "trackTitle": 1, "artists": [{{"name": "B"}}]}}',
        f'{{"href": "https://open.spotify.com/track/{"a" * 22}", "trackTitle": "A", "artists": "B"}}',
        f'{{"href": "https://open.spotify.com/track/{"a" * 22}", "trackTitle": "A", "artists": [1, {{}}]}}',
    ],
)
def test_what_is_no_song_is_left_out(world, reccobeats, entry):
    reccobeats.fail_when(NEIGHBOURS, Fault(200, f'{{"content": [{entry}]}}'))

    grown = world.growing.run("ann", Job())

    assert grown.state == "done" and world.store.pool("ann").empty


def test_impossible_numbers_are_unknown(world, reccobeats):
    number = "9" * 400
    entry = (
        f'{{"href": "https://open.spotify.com/track/{AROUND[1].id}", "trackTitle": "A", "artists": [{{"name": "B"}}]'
    )
    reccobeats.fail_when(
        NEIGHBOURS, Fault(200, f'{{"content": [{entry}, "durationMs": {number}, "popularity": -3}}]}}')
    )

    world.growing.run("ann", Job())

    (only,) = world.store.pool("ann").itertuples()
    assert only.title == "A" and pd.isna(only.popularity)


def test_a_library_without_spotify_ids_is_a_sentence(make):
    world = make()
    world.store.save_tracks("ann", as_tracks(pd.DataFrame({"track_id": ["name:x"], "title": "A", "artists": "B"})))
    world.growing.agree("ann", True)

    with pytest.raises(NothingToRank, match="None of your songs has a Spotify id that we know"):
        world.growing.run("ann", Job())


@pytest.fixture
def named():
    """Sixty songs known by name only; ListenBrainz knows two thirds of them."""
    tracks = [music.track(number) for number in range(60)]
    table = library(tracks).assign(track_id=[f"name:{number:016x}" for number in range(60)])
    known = {(track.artists[0], track.name): track.id for track in tracks[:40]}
    return table, known


def test_songs_known_by_name_are_asked_about_once_listenbrainz_may_learn_their_names(
    make, reccobeats, named, monkeypatch
):
    table, known = named
    monkeypatch.setattr(reccobeats, "_known", KNOWN.get)
    with FakeListenBrainz(known) as listenbrainz:
        world = make(names_url=listenbrainz.url)
        world.store.save_tracks("ann", table)
        world.growing.agree("ann", True)
        with pytest.raises(NothingToRank, match="let ListenBrainz look"):
            world.growing.run("ann", Job())
        assert listenbrainz.asked == []

        world.growing.agree("ann", True, NAMES_CONSENT)
        grown = world.growing.run("ann", Job())

    assert set(grown.seeds) == set(known.values())
    assert [set(row) for row in listenbrainz.asked] == [{"artist_name", "release_name", "track_name"}] * 60
    assert listenbrainz.count(CALL) == 3, "25 songs a request"
    assert world.store.sent("ann").groupby("what")["rows"].sum()[SENT_NAMES] == 60
    assert grown.state == "done" and grown.added > 250


def test_taking_consent_back_ends_the_search_for_ids_by_name(make, named):
    with FakeListenBrainz(named[1]) as listenbrainz:
        world = make(names_url=listenbrainz.url)
        world.store.save_tracks("ann", named[0])
        world.growing.agree("ann", True)
        world.growing.agree("ann", True, NAMES_CONSENT)

        def taken_back(seen):
            world.growing.agree("ann", False, NAMES_CONSENT)
            return False

        listenbrainz.fail_when(CALL, Fault(), taken_back)
        world.growing.run("ann", Job())

        assert listenbrainz.count(CALL) == 1, "of three"


def test_no_more_names_are_sent_and_none_logged_once_everything_is_erased(make, named):
    table, known = named
    with FakeListenBrainz(known) as listenbrainz:
        world = make(names_url=listenbrainz.url)
        world.store.save_tracks("ann", table)
        world.growing.agree("ann", True)
        world.growing.agree("ann", True, NAMES_CONSENT)
        listenbrainz.fail_when(CALL, Fault(), lambda seen: not world.store.erase("ann"))

        world.growing.run("ann", Job())

        assert listenbrainz.count(CALL) == 1
    assert not any(world.store.counts("ann").values())


@pytest.mark.parametrize("fault", [too_many(retry_after=3_600), Fault.html(), Fault.cut_before(), Fault(200, "{}")])
def test_when_listenbrainz_is_busy_the_songs_with_ids_still_count(make, reccobeats, named, fault):
    with FakeListenBrainz(named[1]) as listenbrainz:
        listenbrainz.fail_when(CALL, fault)
        world = make(names_url=listenbrainz.url)
        world.store.save_tracks("ann", library(OWN))
        world.store.save_tracks("ann", named[0])
        world.growing.agree("ann", True)
        world.growing.agree("ann", True, NAMES_CONSENT)

        grown = world.growing.run("ann", Job())

    assert set(grown.seeds) == {track.id for track in OWN} and grown.state == "done"


def test_taking_consent_back_stops_the_run(world, reccobeats):
    job = Job()
    report = job.report

    def reporting(growth):
        if growth.position == 2:
            world.growing.agree("ann", False)
        report(growth)

    job.report = reporting
    world.growing.run("ann", job)

    assert reccobeats.count(NEIGHBOURS) == 3


def test_a_job_shows_progress_and_ends_done(world):
    world.growing.start("ann")
    world.jobs.wait("growing:ann", 30)

    done = world.growing.progress("ann")
    assert (done.state, done.share, world.growing.is_running("ann")) == ("done", 1.0, False)


class Down:
    """A store that does not answer, to reading, or to writing alone."""

    def __init__(self, *failing):
        self.failing = failing

    def __getattr__(self, name):
        def call(*_):
            if name in self.failing:
                raise StorageProblem("The database does not answer. Try again later.")

        return call


@pytest.mark.parametrize("failing", [("app_state", "save_app_state"), ("save_app_state",)])
def test_a_guests_run_goes_on_while_the_store_of_the_app_does_not_answer(world, reccobeats, failing):
    world.catalogue = library(AROUND[:250])
    world.of_the_app = Down(*failing)

    done = world.growing.run("ann", Job())

    assert done.state == "done"
    assert done.pool == len(world.store.pool("ann")) > 100
    assert world.growing.anchors().empty

    world.of_the_app = None
    world.growing.run("ann", Job())
    assert len(world.growing.anchors()) == 225


def test_the_sources_scale_is_learned_once_from_songs_of_the_catalogue(world, reccobeats):
    world.catalogue = library(AROUND[:250])

    world.growing.run("ann", Job())
    first = len(reccobeats.requests)
    anchors = world.growing.anchors()
    world.growing.run("ann", Job())

    assert set(anchors["track_id"]) == {track.id for track in AROUND[:250]} - WITHOUT
    assert anchors.set_index("track_id").loc[AROUND[1].id, "energy"] == AROUND[1].features["energy"]
    asked = [one for seen in reccobeats.requests[:7] for one in seen.params["ids"].split(",")]
    assert asked == [track.id for track in AROUND[:250]]
    later = [seen.params["ids"].split(",") for seen in reccobeats.requests[first:] if seen.call == FEATURES]
    assert sum(map(len, later)) < 10, "the second run learns no scale, and finds nearly nothing new"
    assert SENT_SEED in set(world.store.sent("ann")["what"])


def test_what_was_found_can_be_forgotten(world):
    world.growing.run("ann", Job())

    world.growing.remove("ann")

    assert world.store.pool("ann").empty
    assert world.growing.progress("ann") == Growth()


def test_the_sample_is_spread_over_artists_and_liked_songs_come_first():
    ids = [f"{number:022d}" for number in range(6)]
    own = as_tracks(pd.DataFrame({"track_id": ids, "title": ids, "artists": ["A", "A", "A", "A", "B", "C"]}))
    thumbs = own.iloc[[1, 3]].assign(liked=[True, False], at="2026-11-01T00:00:00Z")

    drawn = spread_sample(own, thumbs)

    assert drawn[0] == ids[1]
    assert set(drawn[1:4]) & {ids[4], ids[5]} == {ids[4], ids[5]}, "every artist once before anybody twice"
    assert ids[3] not in drawn, "no song is looked for around one that was disliked"
    assert drawn == spread_sample(own.iloc[::-1], thumbs) and len(spread_sample(own, thumbs, count=2)) == 2
    assert len({spread_sample(own, thumbs, salt=str(number)) for number in range(20)}) > 1


def test_the_year_of_registration_is_read_from_the_isrc():
    pool = pd.DataFrame({"isrc": ["DEAA12600001", "deaa12600002", "USUM71900001", None, "broken"]}, dtype="str")

    assert registered_in(pool, 2026) == 2
