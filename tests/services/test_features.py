"""Audio features for a library: who may be asked, who answered, and what is still to come."""

from datetime import timedelta

import pandas as pd
import pytest

from recsys.errors import NotOffered, SourceBusy, StorageProblem
from recsys.feature_sources.known_tracks import KnownTracks
from recsys.feature_sources.reccobeats import ReccoBeats
from recsys.feature_sources.source import AUDIO
from recsys.services.feature_run import UnavailableSources
from recsys.services.features import NOT_ASKED, NOT_FOUND, Features, Given
from recsys.services.jobs import Job
from recsys.times import to_iso
from tests.fakes.faults import Fault
from tests.fakes.reccobeats import too_many
from tests.services.spotify_world import SpotifyWorld
from tests.services.tables import tracks

DAY = 86_400


@pytest.fixture
def world(spotify, reccobeats, tmp_path, http):
    world = SpotifyWorld(spotify, tmp_path, http, reccobeats.url)
    world.connect()
    yield world
    world.close()


def ignore(stage):
    pass


def agreed(world, listener="ada"):
    world.features.agree(listener, "reccobeats", True)
    return world


def test_nobody_is_asked_before_the_listener_agrees(world, reccobeats):
    world.store.save_tracks("ada", tracks(3))
    assert not world.features.has_agreed("ada", "reccobeats")
    stage = world.features.fill("ada", ignore)
    assert reccobeats.requests == []
    assert stage.skipped == {NOT_ASKED: 3}


def filled(world, monkeypatch, after_the_first):
    """A look-up of three tracks in three batches; something happens once the first of them is stored."""
    monkeypatch.setattr("recsys.services.features.BATCH", 1)
    agreed(world).store.save_tracks("ada", tracks(3))
    stages = []

    def save(stage):
        stages.append(stage)
        if len(stages) == 2:  # the first of three batches is stored
            after_the_first()

    return world.features.fill("ada", save)


def test_a_look_up_ends_and_leaves_nothing_when_everything_is_erased_meanwhile(world, reccobeats, monkeypatch):
    def erase():
        assert not any(world.store.erase("ada").values())

    with pytest.raises(StorageProblem, match="was erased"):
        filled(world, monkeypatch, erase)

    assert len(reccobeats.requests) >= 2
    assert not any(world.store.counts("ada").values())


def test_agreeing_can_be_taken_back(world, reccobeats):
    agreed(world)
    assert world.features.has_agreed("ada", "reccobeats")
    world.features.agree("ada", "reccobeats", False)
    world.synced()
    assert reccobeats.requests == []


def test_nothing_more_is_sent_once_consent_is_withdrawn_during_a_look_up(world, reccobeats, monkeypatch):
    stage = filled(world, monkeypatch, lambda: world.features.agree("ada", "reccobeats", False))

    sent = world.store.sent("ada")
    assert sent.loc[sent["recipient"] == "reccobeats", "rows"].tolist() == [1]
    assert len({seen.params["ids"] for seen in reccobeats.requests if "ids" in seen.params}) == 1
    assert (stage.state, stage.skipped[NOT_ASKED]) == ("done", 2)


def test_one_listeners_agreement_is_not_anothers(world):
    agreed(world)
    assert not world.features.has_agreed("grace", "reccobeats")


def test_after_agreeing_a_sync_fills_in_what_the_source_knows(world, reccobeats):
    stage = agreed(world).synced().stage("features")
    library = world.store.tracks("ada")
    known = library["energy"].notna()
    assert 0 < stage.stored == known.sum() < len(library)
    assert set(library.loc[known, "source"]) == {"reccobeats"}
    assert stage.found == len(library)
    assert stage.skipped == {NOT_FOUND: (~known).sum()}
    assert stage.pending == 0


def test_what_a_later_look_up_found_is_what_the_last_sync_tells(world, reccobeats):
    assert world.synced().stage("features").skipped == {NOT_ASKED: len(world.store.tracks("ada"))}

    found = world.sync.look_up("ada", Job())

    assert found.skipped[NOT_ASKED] > 0, "nobody has agreed yet"
    agreed(world).sync.look_up("ada", Job())
    reported, covered = world.sync.progress("ada").stage("features"), world.features.coverage("ada")
    assert (reported.stored, reported.skipped) == (covered.known, {NOT_FOUND: covered.not_found})
    assert reported.stored > 0


def test_a_look_up_ends_a_sync_of_which_only_a_busy_source_was_left(world, reccobeats):
    reccobeats.fail_next("GET /v1/audio-features", too_many(retry_after=900))
    assert agreed(world).synced().is_interrupted
    world.clock.now += 901

    world.sync.look_up("ada", Job())

    progress = world.sync.progress("ada")
    assert progress.stage("features").state == "done"
    assert not progress.is_interrupted


def test_a_look_up_that_meets_a_busy_source_leaves_a_finished_sync_finished(world, reccobeats):
    finished = world.synced().finished_at
    reccobeats.fail_when("GET /v1/audio-features", too_many(retry_after=900))

    assert agreed(world).sync.look_up("ada", Job()).state == "blocked"

    progress = world.sync.progress("ada")
    assert (progress.stage("features").state, progress.finished_at) == ("done", finished)


def test_what_was_sent_is_written_down_as_it_was_sent(world, reccobeats):
    agreed(world).synced()
    asked = sum(len(seen.params["ids"].split(",")) for seen in reccobeats.requests)
    sent = world.account.sent("ada")
    assert sent.loc[sent["recipient"] == "reccobeats", "rows"].sum() == asked
    assert set(sent["what"]) == {"track ids"}


def test_ids_are_written_down_as_sent_even_when_no_answer_came(world, reccobeats):
    world.store.save_tracks("ada", tracks(3))
    reccobeats.fail_when("GET /v1/audio-features", too_many(retry_after=900))
    agreed(world).features.fill("ada", ignore)
    sent = world.account.sent("ada")
    assert list(sent.loc[sent["recipient"] == "reccobeats", "rows"]) == [3]


def test_nothing_is_written_down_as_sent_while_a_wait_is_kept(spotify, reccobeats, tmp_path, http):
    busy = SpotifyWorld(spotify, tmp_path, http, reccobeats.url)
    one = ReccoBeats(reccobeats.url, http, busy.clock, busy.clock.sleep)
    busy.store.save_tracks("ada", tracks(3))
    features = features_from(busy, one)
    features.agree("ada", "reccobeats", True)
    reccobeats.fail_when("GET /v1/audio-features", too_many(retry_after=900))

    for _ in range(2):
        assert features.fill("ada", ignore).message == "ReccoBeats asks us to slow down."

    assert reccobeats.count("*") == 1
    assert list(busy.account.sent("ada")["rows"]) == [3]
    busy.close()


def test_a_day_on_which_spotify_was_asked_enough_is_no_day_on_which_ids_were_sent(world, spotify):
    spotify.fail_when("GET /v1/audio-features", Fault.quota_exceeded(retry_after=7200))
    world.store.save_tracks("ada", tracks(3))

    for _ in range(2):
        world.features.fill("ada", ignore)

    assert spotify.count("GET /v1/audio-features") == 1
    sent = world.account.sent("ada")
    assert list(sent.loc[sent["recipient"] == "spotify", "rows"]) == [3]


def test_a_track_nobody_knows_is_not_asked_about_again_for_thirty_days(world, reccobeats):
    agreed(world).synced()
    asked = len(reccobeats.requests)
    world.features.fill("ada", ignore)
    assert len(reccobeats.requests) == asked

    world.clock.now += 29 * DAY
    world.features.fill("ada", ignore)
    assert len(reccobeats.requests) == asked

    world.clock.now += 2 * DAY
    world.features.fill("ada", ignore)
    assert len(reccobeats.requests) > asked


def test_spotifys_own_source_is_asked_once_and_remembered_as_closed(world, spotify):
    world.synced()
    world.store.save_tracks("ada", tracks(3))
    world.features.fill("ada", ignore)
    world.connect("grace")
    world.synced("grace")
    assert spotify.count("GET /v1/audio-features") == 1


def test_an_older_app_still_gets_features_from_spotify(world, spotify):
    spotify.serves_audio_features = True
    stage = world.synced().stage("features")
    assert stage.stored == stage.found == len(world.store.tracks("ada"))
    assert world.features.coverage("ada").by_source == {"spotify": stage.stored}


def test_progress_is_reported_after_every_batch_and_adds_up(world, monkeypatch):
    monkeypatch.setattr("recsys.services.features.BATCH", 50)
    agreed(world).synced()
    world.store.remove_tracks("ada", list(world.store.tracks("ada")["track_id"]))
    world.store.save_tracks("ada", tracks(120))
    seen = []
    world.features.fill("ada", seen.append)
    assert len(seen) == 4
    assert {stage.found for stage in seen} == {120}
    assert [stage.pending for stage in seen] == [120, 70, 20, 0]


def test_stopping_keeps_the_batches_that_were_done(world, monkeypatch):
    monkeypatch.setattr("recsys.services.features.BATCH", 40)
    spotify_tracks = [track for _, track in world.fake.listeners["ada"].saved]
    table = tracks(120, track_id=[track.id for track in spotify_tracks])
    world.store.save_tracks("ada", table)
    agreed(world)

    class Stop(Exception):
        pass

    def stop(stage):
        if stage.pending <= 80:
            raise Stop

    with pytest.raises(Stop):
        world.features.fill("ada", stop)
    assert world.store.tracks("ada")["energy"][:40].notna().sum() > 20
    assert world.store.tracks("ada")["energy"][40:].notna().sum() == 0


class BusySource:
    """Cannot answer now."""

    name, at_once, is_online = "busy", 10, True

    def __init__(self):
        self.asked = 0

    def can_be_asked(self, table):
        return pd.Series(True, index=table.index)

    def look_up(self, table):
        self.asked += 1
        raise SourceBusy("Busy until later.", 600)


class ClosedSource(BusySource):
    """Does not serve this app."""

    name = "closed"

    def look_up(self, table):
        self.asked += 1
        raise NotOffered("Closed.")


def features_from(world, *sources):
    return Features(world.store_for, lambda listener, library: sources, world.now)


def test_a_busy_source_is_left_in_peace_for_the_rest_of_the_run_and_says_when(world, monkeypatch):
    monkeypatch.setattr("recsys.services.features.BATCH", 2)
    world.store.save_tracks("ada", tracks(6))
    source = BusySource()
    stage = features_from(world, source).fill("ada", ignore)
    assert source.asked == 1
    assert (stage.state, stage.message) == ("blocked", "Busy until later.")
    assert (stage.pending, stage.stored) == (6, 0)
    assert stage.blocked_until > "2026"


def test_once_a_busy_source_has_answered_nothing_says_that_it_is_busy(world):
    world.store.save_tracks("ada", tracks(2))
    busy = features_from(world, BusySource()).fill("ada", ignore)
    shown = []

    answers = KnownTracks("catalogue", tracks(2, energy=[0.5, 0.6]))
    done = features_from(world, answers).fill("ada", shown.append, busy)

    assert (busy.state, done.state) == ("blocked", "done")
    assert {(one.message, one.blocked_until) for one in (*shown, done)} == {("", None)}


class BusierSource(BusySource):
    """Busy for longer than the other."""

    name = "busier"

    def look_up(self, table):
        raise SourceBusy("Busy until tomorrow.", 86_400)


def test_of_two_busy_sources_the_one_that_can_be_asked_first_says_why_and_until_when(world):
    world.store.save_tracks("ada", tracks(1))
    stage = features_from(world, BusySource(), BusierSource()).fill("ada", ignore)
    assert stage.message == "Busy until later."
    assert stage.blocked_until < to_iso(world.now() + timedelta(seconds=600))


def test_a_closed_source_is_remembered_and_a_later_one_still_asked(world):
    catalogue = KnownTracks("catalogue", tracks(2, energy=[0.5, 0.6], source=["dump", None]))
    world.store.save_tracks("ada", tracks(3))
    closed = ClosedSource()
    for _ in range(2):
        stage = features_from(world, closed, catalogue).fill("ada", ignore)
    assert closed.asked == 1
    assert stage.stored == 2


class CountingSource(KnownTracks):
    """A catalogue that counts how often it is asked."""

    def __init__(self, known):
        super().__init__("catalogue", known)
        self.asked = []

    def look_up(self, table):
        self.asked.append(len(table))
        return super().look_up(table)


def test_a_source_at_hand_is_asked_once_about_the_whole_library(world, monkeypatch):
    monkeypatch.setattr("recsys.services.features.BATCH", 10)
    world.store.save_tracks("ada", tracks(35))
    catalogue = CountingSource(tracks(30, energy=0.5))
    stage = features_from(world, catalogue).fill("ada", ignore)
    assert catalogue.asked == [35]
    assert (stage.stored, stage.skipped) == (30, {NOT_ASKED: 5})


def test_online_sources_are_asked_only_about_what_is_not_known_here(world, reccobeats):
    saved = [one for _, one in world.fake.listeners["ada"].saved]
    world.store.save_tracks("ada", tracks(120, track_id=[one.id for one in saved]))
    heard = dict.fromkeys(AUDIO, 0.5) | {"tempo": 120.0}
    catalogue = KnownTracks("catalogue", world.store.tracks("ada").head(100).assign(**heard))
    online = ReccoBeats(reccobeats.url, world.http, world.clock, world.clock.sleep)
    agreed(world)
    features_from(world, online, catalogue).fill("ada", ignore)
    (asked,) = [seen.params["ids"].split(",") for seen in reccobeats.requests]
    assert asked == [one.id for one in saved[100:]]


def test_a_closed_source_is_asked_again_after_a_month(world):
    world.store.save_tracks("ada", tracks(3))
    closed = ClosedSource()
    for _ in range(2):
        features_from(world, closed).fill("ada", ignore)
        world.clock.now += 31 * DAY
    assert closed.asked == 2


def test_who_gave_features_is_stored_per_track_with_its_date(world, reccobeats):
    agreed(world).synced()
    library, origins = world.store.tracks("ada"), world.store.origins("ada")
    given = origins[origins["origin"] == "features:reccobeats"]
    assert set(given["track_id"]) == set(library.loc[library["source"] == "reccobeats", "track_id"])
    assert given["seen_at"].nunique() == 1


def test_the_library_can_say_who_gave_how_many_features_and_when_the_last(world):
    table = tracks(6, energy=[0.1, 0.2, 0.3, None, None, None], source=["likes.csv", "likes.csv", None, *[None] * 3])
    world.store.save_tracks("ada", table)
    world.clock.now = 1_790_000_000.0
    features_from(world, KnownTracks("catalogue", tracks(5, energy=0.5, valence=0.5))).fill("ada", ignore)
    given = world.features.given("ada")
    assert [(one.source, one.tracks) for one in given] == [("catalogue", 3), ("likes.csv, catalogue", 2)]
    assert {one.last_at[:19] for one in given} == {"2026-09-21T14:13:20"}
    assert sum(one.tracks for one in given) == world.features.coverage("ada").known


def test_features_that_came_with_a_file_have_no_date_of_their_own(world):
    world.store.save_tracks("ada", tracks(2, energy=[0.5, None], source=["likes.csv", None]))
    assert world.features.given("ada") == [Given("likes.csv", 1, None)]
    assert world.features.given("nobody") == []


def test_a_track_that_was_taken_out_meanwhile_stays_out(world):
    world.store.save_tracks("ada", tracks(3))

    class Slow(CountingSource):
        """Takes so long that the listener removes a track."""

        def look_up(self, table):
            world.store.remove_tracks("ada", [table["track_id"].iloc[0]])
            return super().look_up(table)

    features_from(world, Slow(tracks(3, energy=0.5))).fill("ada", ignore)
    assert list(world.store.tracks("ada")["title"]) == ["Song 1", "Song 2"]
    assert set(world.store.origins("ada")["track_id"]) == set(world.store.tracks("ada")["track_id"])


def test_coverage_says_who_gave_the_features_and_the_rest_adds_up(world):
    world.store.save_tracks("ada", tracks(4, energy=[0.5, 0.6, None, None], source=["reccobeats", None, None, None]))
    coverage = world.features.coverage("ada")
    assert coverage.by_source == {"reccobeats": 1, "file": 1}
    assert (coverage.total, coverage.known) == (4, 2)
    assert coverage.total == coverage.known + coverage.waiting + coverage.not_found + coverage.not_asked


def test_what_an_agreed_source_was_not_asked_yet_is_waiting(world):
    agreed(world)
    world.store.save_tracks("ada", tracks(4, track_id=["demo-1", "demo-2", *tracks(2)["track_id"]]))
    world.store.save_app_state("closed_feature_sources", {"spotify": to_iso(world.now())})
    coverage = world.features.coverage("ada")
    assert (coverage.waiting, coverage.not_asked) == (2, 2)


@pytest.mark.parametrize(("ahead", "is_asked"), [(timedelta(days=365), True), (timedelta(seconds=30), False)])
def test_what_was_found_by_a_clock_that_was_far_ahead_does_not_count(world, reccobeats, ahead, is_asked):
    """A year ahead: the songs were not asked about again for thirteen months."""
    agreed(world).store.save_tracks("ada", tracks(1))
    world.store.save_app_state("closed_feature_sources", {"spotify": to_iso(world.now())})
    at = to_iso(world.now() + ahead)
    missed = pd.DataFrame({"track_id": tracks(1)["track_id"], "source": "reccobeats", "asked_at": at})
    world.store.save_misses("ada", missed)
    assert world.features.coverage("ada").not_found == (0 if is_asked else 1)

    world.features.fill("ada", ignore)
    assert bool(reccobeats.requests) is is_asked


def test_a_source_that_a_clock_far_ahead_found_closed_is_asked(world):
    closed = UnavailableSources(world.store)
    closed.add("spotify", world.now() + timedelta(days=365))
    assert closed.names(world.now()) == set()

    closed.add("spotify", world.now())
    assert closed.names(world.now()) == {"spotify"}


def test_consent_is_asked_only_for_songs_that_it_would_help(world):
    world.store.save_tracks("ada", tracks(4, track_id=["demo-1", "demo-2", *tracks(2)["track_id"]]))
    world.store.save_app_state("closed_feature_sources", {"spotify": to_iso(world.now())})
    before = world.features.coverage("ada")
    assert (before.not_asked, before.could_ask) == (4, 2)  # ReccoBeats knows no id but Spotify's

    agreed(world)

    after = world.features.coverage("ada")
    assert (after.waiting, after.not_asked, after.could_ask) == (2, 2, 0)


def test_an_empty_library_is_finished_at_once(world):
    stage = agreed(world).features.fill("ada", ignore)
    assert (stage.state, stage.found) == ("done", 0)
    assert world.features.coverage("ada").total == 0
