"""One at a time with a gap, a bounded second try for reads, a fresh token once."""

import threading
from contextlib import contextmanager

import pytest

from recsys.errors import ReconnectSpotify, SpotifyBusy, SpotifyRefused, SpotifyUnreachable
from recsys.spotify.api import Request
from recsys.spotify.wrappers import Pacer, RefreshingApi, RetryingApi, ThrottledAccess, ThrottledApi
from tests.fakes.calling import AccessInMemory, SleepingClock

READ, WRITE = Request("GET", "me"), Request("POST", "me/playlists")


class Scripted:
    """An `Api` that raises or answers as listed."""

    def __init__(self, *script):
        self.script, self.calls = list(script), 0

    def send(self, request):
        self.calls += 1
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step


def broken():
    return SpotifyUnreachable("Broken.")


def test_a_gap_is_kept_between_requests_and_not_before_the_first():
    clock = SleepingClock()
    api = ThrottledApi(Scripted("a", "b", "c"), Pacer(gap=0.3, clock=clock, sleep=clock.sleep))

    api.send(READ)
    clock.now += 0.25
    api.send(READ)
    clock.now += 5
    api.send(READ)

    assert clock.slept == [pytest.approx(0.05)]


def test_the_gap_counts_for_all_listeners_together():
    clock = SleepingClock()
    pacer = Pacer(gap=0.3, clock=clock, sleep=clock.sleep)

    ThrottledApi(Scripted("a"), pacer).send(READ)
    ThrottledApi(Scripted("b"), pacer).send(READ)

    assert clock.slept == [pytest.approx(0.3)]


def test_two_threads_never_ask_at_the_same_moment(spotify, dial):
    pacer = Pacer(gap=0.0)
    line = dial()
    apis = [ThrottledApi(line.api, pacer), ThrottledApi(dial("grace").api, pacer)]
    threads = [threading.Thread(target=lambda api=api: [api.send(READ) for _ in range(5)]) for api in apis]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert spotify.count("GET /v1/me") == 10
    assert spotify.faults.most_at_once == 1


def test_a_turn_is_taken_with_other_processes_too_and_given_back_also_when_the_request_fails():
    log = []

    @contextmanager
    def locked():
        log.append("taken")
        try:
            yield
        finally:
            log.append("given back")

    api = ThrottledApi(Scripted("a", broken()), Pacer(gap=0.0, locked=locked))
    api.send(READ)
    with pytest.raises(SpotifyUnreachable):
        api.send(READ)

    assert log == ["taken", "given back"] * 2


def test_a_cancelled_wait_leaves_the_queue_open():
    clock = SleepingClock()

    def cancelled(seconds):
        raise KeyboardInterrupt

    pacer = Pacer(gap=0.3, clock=clock, sleep=cancelled)
    api = ThrottledApi(Scripted("a", "b"), pacer)
    api.send(READ)
    with pytest.raises(KeyboardInterrupt):
        api.send(READ)

    clock.now += 1

    assert api.send(READ) == "b"


def test_a_failed_request_leaves_the_queue_open():
    api = ThrottledApi(Scripted(broken(), "b"), Pacer(gap=0.0))

    with pytest.raises(SpotifyUnreachable):
        api.send(READ)

    assert api.send(READ) == "b"


def test_a_read_is_tried_three_times_with_longer_pauses():
    clock, inner = SleepingClock(), Scripted(broken(), broken(), "third")

    assert RetryingApi(inner, clock.sleep).send(READ) == "third"
    assert clock.slept == [1.0, 4.0]


def test_a_write_is_never_repeated():
    clock, inner = SleepingClock(), Scripted(broken(), "again")

    with pytest.raises(SpotifyUnreachable):
        RetryingApi(inner, clock.sleep).send(WRITE)

    assert inner.calls == 1 and clock.slept == []


def test_a_refusal_is_not_asked_twice():
    inner = Scripted(SpotifyRefused("No.", "forbidden"), "again")

    with pytest.raises(SpotifyRefused):
        RetryingApi(inner, SleepingClock().sleep).send(READ)

    assert inner.calls == 1


def test_a_refused_token_is_renewed_once():
    access = AccessInMemory("old", spare="new")

    assert RefreshingApi(Scripted(ReconnectSpotify("Over."), "answer"), access).send(WRITE) == "answer"
    assert access.renewals == 1 and access.token() == "new"


def test_a_new_token_that_is_refused_too_means_connecting_again():
    access = AccessInMemory("old", spare="new")

    with pytest.raises(ReconnectSpotify):
        RefreshingApi(Scripted(ReconnectSpotify("Over."), ReconnectSpotify("Over.")), access).send(READ)

    assert access.renewals == 1


class Renewals:
    """An `Access` that raises or answers as listed."""

    def __init__(self, *script):
        self.api = Scripted(*script)

    def token(self):
        return self.api.send(READ)

    def renew(self, refused):
        return self.api.send(READ)


@pytest.mark.parametrize("ask", [lambda access: access.token(), lambda access: access.renew("old")])
def test_a_short_wait_before_a_token_is_renewed_is_sat_out(ask):
    clock = SleepingClock()
    access = ThrottledAccess(Renewals(SpotifyBusy("Slow.", 7), "new"), clock, clock.sleep, 60)

    assert ask(access) == "new"
    assert clock.slept == [7]


@pytest.mark.parametrize("busy", [SpotifyBusy("Slow.", 3600), SpotifyBusy("Quota.", 50, is_quota=True)])
def test_during_a_long_wait_no_token_is_asked_for(busy):
    clock, inner = SleepingClock(), Renewals(busy, "new")
    access = ThrottledAccess(inner, clock, clock.sleep, 60)
    with pytest.raises(SpotifyBusy):
        access.token()

    clock.now += 40
    with pytest.raises(SpotifyBusy) as caught:
        access.token()
    assert caught.value.retry_after == busy.retry_after - 40
    assert (inner.api.calls, clock.slept) == (1, [])

    clock.now += busy.retry_after
    assert access.token() == "new"


def test_a_clock_that_is_set_back_ends_the_wait_for_a_token():
    clock, inner = SleepingClock(), Renewals(SpotifyBusy("Slow.", 3600), "new")
    access = ThrottledAccess(inner, clock, clock.sleep, 60)
    with pytest.raises(SpotifyBusy):
        access.token()

    clock.now -= 20 * 86_400
    assert access.token() == "new"
