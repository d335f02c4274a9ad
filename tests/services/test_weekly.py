"""Fresh lists: new songs every week, once a week, in the store and in one playlist, whatever dies in between."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.errors import BadRecipe, BadValue, NothingToRank, ReconnectSpotify, ServerBusy, StorageProblem
from recsys.services.weekly import START, WeeklyLists, due
from recsys.storage.store import WeeklyList
from tests.core.small import random_tracks
from tests.fakes.faults import Fault
from tests.fakes.spotify.music import spotify_id
from tests.services.test_playlists import contents, made

SATURDAY = datetime(2026, 11, 28, 12, tzinfo=UTC)
NAME = "Fresh"


def real(count, seed, what):
    """Tracks with drawn features and ids as Spotify's."""
    tracks = random_tracks(count, seed, what)
    return tracks.assign(track_id=[spotify_id(what, number) for number in range(count)])


SONGS = Catalogue.from_tracks(real(60, 1, "song"))


class Weekly(WeeklyLists):
    """The service around an invented Spotify, on a Saturday noon that can be moved."""

    def __init__(self, world, catalogue=SONGS, **parts):
        self.now, self.store, self.world = SATURDAY, world.store, world
        parts = {"playlists": world.playlists, "locked": world.sessions.locked, "jobs": world.jobs, **parts}
        super().__init__(
            world.store_for,
            world.store.weekly_listeners,
            lambda listener: catalogue,
            clock=lambda: self.now,
            **parts,
        )

    def asked(self, listener="ada", playlist=None, length=5, weekday=0, **more):
        self.ask(listener, Recipe(length=length).as_json() | more, weekday, playlist)
        assert self.wait(listener, 30)

    def list_of(self, week, listener="ada"):
        given = self.store.weekly_songs(listener)
        return given.loc[given["week"] == week, "track_id"].tolist()


@pytest.fixture
def weekly(world):
    for listener in ("ada", "bob"):
        world.store.save_tracks(listener, real(12, 2, "own"))
    return Weekly(world)


@pytest.mark.parametrize(
    ("day", "weekday", "expected"), [(28, 0, 23), (30, 0, 30), (29, 6, 29), (28, 5, 28), (27, 5, 21)]
)
def test_a_list_is_of_the_last_day_that_is_its_weekday(day, weekday, expected):
    assert due(datetime(2026, 11, day, 0, 0, tzinfo=UTC), weekday) == date(2026, 11, expected)


def test_the_first_list_is_there_at_once_and_the_next_on_its_day(weekly):
    weekly.asked()
    first = weekly.list_of("2026-11-23")
    assert list(weekly.store.recommendations("ada")["track_id"]) == first
    assert len(first) == 5

    weekly.now += timedelta(days=1, hours=11, minutes=59)
    assert weekly.renew("ada") == "fresh"
    weekly.now += timedelta(minutes=1)
    assert weekly.renew("ada") == "renewed"

    second = weekly.list_of("2026-11-30")
    assert len(second) == 5 and not set(first) & set(second)
    assert list(weekly.store.recommendations("ada")["track_id"]) == second
    assert weekly.list_of("2026-11-23") == first


def test_a_list_is_what_the_recipe_ranks_next(weekly):
    whole = Recipe(length=15)
    weekly.asked(length=15)
    expected = weekly.list_of("2026-11-23")
    weekly.stop("ada")

    for _ in range(3):
        weekly.asked(length=5) if not weekly.store.weekly("ada") else weekly.renew("ada")
        weekly.now += timedelta(days=7)

    parts = [weekly.list_of(week) for week in ("2026-11-23", "2026-11-30", "2026-12-07")]
    assert whole.per_artist == 2  # counted within a list, so that only whole lists without it are comparable
    assert parts[0] == expected[:5]
    assert len({track for part in parts for track in part}) == 15


def test_what_changed_is_told_with_names(weekly):
    assert weekly.change("ada") is None
    weekly.asked(length=2)
    first = weekly.change("ada")
    assert (first.week, first.is_first, len(first.entered), len(first.left)) == (date(2026, 11, 23), True, 2, 0)

    weekly.now += timedelta(days=7)
    weekly.renew("ada")
    change = weekly.change("ada")

    assert (change.week, change.is_first, change.same) == (date(2026, 11, 30), False, 0)
    assert list(change.left["title"]) == list(first.songs["title"])
    assert list(change.entered["track_id"]) == weekly.list_of("2026-11-30") == list(change.songs["track_id"])
    assert change.entered["artists"].str.startswith("Artist").all()


def test_a_missed_month_is_one_list(weekly):
    weekly.asked()
    weekly.now += timedelta(days=30)

    assert weekly.renew("ada") == "renewed"
    assert sorted(weekly.store.weekly_songs("ada")["week"].unique()) == ["2026-11-23", "2026-12-28"]


def test_when_no_song_is_left_the_last_list_stays_and_the_reason_is_stored(weekly):
    weekly.asked(length=60, per_artist=None)
    first = weekly.list_of("2026-11-23")
    weekly.now += timedelta(days=7)

    with pytest.raises(NothingToRank, match="You were given every song"):
        weekly.renew("ada")

    assert "You were given every song" in weekly.store.weekly("ada").problem
    assert list(weekly.change("ada").songs["track_id"]) == first
    assert set(weekly.store.recommendations("ada")["track_id"]) == set(first)


def test_a_start_is_used_and_one_that_nothing_is_known_of_is_a_problem(weekly):
    song = SONGS.tracks["track_id"].iloc[0]
    weekly.asked(**{START: {"parts": [{"name": "One song", "songs": [song]}], "minus": []}})
    assert song not in weekly.list_of("2026-11-23")

    weekly.ask("ada", Recipe().as_json() | {START: {"parts": [{"name": "Gone", "songs": ["gone"]}]}}, 0)
    weekly.wait("ada", 30)
    weekly.now += timedelta(days=7)
    with pytest.raises(NothingToRank, match="Gone"):
        weekly.renew("ada")


def test_without_real_songs_nothing_invented_is_listed(world, weekly):
    Weekly(world, None).asked()
    assert "no real songs" in weekly.store.weekly("ada").problem
    assert weekly.change("ada") is None


@pytest.mark.parametrize("wrong", [{"weekday": 7}, {"weekday": -1}, {"playlist": "  "}, {"playlist": "x" * 101}])
def test_what_cannot_be_meant_is_refused_and_nothing_is_stored(weekly, wrong):
    with pytest.raises(BadValue):
        weekly.ask("ada", Recipe().as_json(), **{"weekday": 0, **wrong})
    with pytest.raises(BadRecipe):
        weekly.ask("ada", {"length": 0}, 0)
    assert weekly.store.weekly("ada") is None


# The playlist


def test_the_same_playlist_holds_the_list_of_the_week(weekly, spotify):
    weekly.asked(playlist=NAME)
    assert contents(spotify, NAME) == weekly.list_of("2026-11-23")
    playlist = made(spotify, NAME)[0].id

    weekly.now += timedelta(days=7)
    assert weekly.refresh().renewed == 1

    assert contents(spotify, NAME) == weekly.list_of("2026-11-30")
    assert [one.id for one in made(spotify, NAME)] == [playlist]
    assert weekly.store.weekly("ada").saved_week == "2026-11-30"


def test_a_consent_that_ended_is_said_and_the_list_is_stored_and_saved_once_it_is_back(weekly, world, spotify):
    weekly.asked(playlist=NAME)
    world.sessions.remove_tokens("ada")
    weekly.now += timedelta(days=7)

    report = weekly.refresh()

    assert (report.asked, report.renewed, len(report.failed)) == (1, 0, 1)
    assert "Connect Spotify" in report.failed["ada"]
    assert weekly.store.weekly("ada").problem == report.failed["ada"]
    assert len(weekly.list_of("2026-11-30")) == 5
    with pytest.raises(ReconnectSpotify):
        weekly.renew("ada")

    world.connect()
    assert weekly.refresh().renewed == 1
    assert weekly.store.weekly("ada") == WeeklyList(
        Recipe(length=5).as_json(), 0, 5, NAME, "2026-11-30", "2026-11-30", None
    )
    assert contents(spotify, NAME) == weekly.list_of("2026-11-30")


def test_another_playlist_gets_the_list_of_this_week_too(weekly, spotify):
    weekly.asked(playlist=NAME)
    weekly.asked(playlist="Another")

    assert contents(spotify, "Another") == contents(spotify, NAME) == weekly.list_of("2026-11-23")
    assert len(weekly.store.weekly_songs("ada")) == 5


# All listeners


def test_a_playlist_that_is_asked_for_while_another_is_filled_gets_the_list_of_this_week_too(weekly, spotify):
    arrived, go = threading.Event(), threading.Event()

    def hold(seen):
        arrived.set()
        go.wait(10)
        return False

    spotify.fail_when("POST /v1/me/playlists", Fault(), hold)
    weekly.ask("ada", Recipe(length=5).as_json(), 0, NAME)
    assert arrived.wait(10)
    weekly.ask("ada", Recipe(length=5).as_json(), 0, "Elsewhere")
    go.set()
    assert weekly.wait("ada", 30)

    assert contents(spotify, "Elsewhere") == weekly.list_of("2026-11-23")
    assert weekly.renew("ada") == "fresh"


def test_a_run_counts_everybody_and_one_problem_stops_nobody(weekly, world):
    for listener in ("ada", "bob"):
        weekly.asked(listener)
    world.store.save_weekly("cleo", WeeklyList(Recipe().as_json(), 0, 30))  # has no library
    assert weekly.refresh().fresh == 2
    weekly.now += timedelta(days=7)

    report = weekly.refresh()

    assert (report.asked, report.renewed, report.fresh, report.stopped) == (3, 2, 0, 0)
    assert list(report.failed) == ["cleo"] and report.failed["cleo"].endswith(".")
    assert report.asked == report.renewed + report.fresh + report.stopped + len(report.failed)
    again = weekly.refresh()
    assert (again.renewed, again.fresh, len(again.failed)) == (0, 2, 1)


def test_two_processes_renew_a_list_once(world, weekly):
    weekly.asked(playlist=NAME)
    other = Weekly(world.elsewhere())
    weekly.now = other.now = SATURDAY + timedelta(days=7)

    assert sorted([weekly.renew("ada"), other.renew("ada")]) == ["fresh", "renewed"]
    assert len(weekly.list_of("2026-11-30")) == 5


def test_two_processes_that_go_through_all_listeners_at_once_share_nobody(world, weekly):
    names = [f"listener-{number}" for number in range(6)]
    for name in names:
        world.store.save_tracks(name, real(12, 2, "own"))
        world.store.save_weekly(name, WeeklyList(Recipe(length=5).as_json(), 0, 5))
    other = Weekly(world.elsewhere())

    with ThreadPoolExecutor(2) as threads:
        reports = list(threads.map(lambda one: one.refresh(), (weekly, other)))

    assert sum(report.renewed for report in reports) == 6
    for report in reports:
        assert report.asked == report.renewed + report.fresh + report.stopped + len(report.failed) == 6
    assert all(len(weekly.store.weekly_songs(name)) == 5 for name in names)


def test_while_another_process_is_at_it_a_run_says_so(world):
    @contextmanager
    def taken(name):
        raise StorageProblem("Taken.")
        yield

    with pytest.raises(ServerBusy, match="by another process"):
        Weekly(world, locked=taken).refresh()


def test_stopped_or_erased_is_stopped(weekly, world):
    weekly.asked()
    weekly.stop("ada")
    assert weekly.renew("ada") == "stopped"
    assert (weekly.store.weekly("ada"), weekly.change("ada")) == (None, None)

    weekly.asked()
    world.account.erase("ada")
    assert weekly.refresh().asked == 0
    assert not any(world.account.counts("ada").values())
