"""Buckets, budgets and waits."""

import pytest

from recsys.errors import SpotifyBusy
from recsys.spotify.api import Request
from recsys.spotify.error_mapping import busy
from recsys.spotify.quota import BUCKETS, DAY, WithinQuota, bucket_of
from tests.fakes.calling import QuotaInMemory, SleepingClock
from tests.spotify.test_wrappers import Scripted

SAVED = Request("GET", "me/tracks")
MIDNIGHT = 20_000 * DAY


def within(*script, now=MIDNIGHT, **given):
    clock, quota, inner = SleepingClock(now), QuotaInMemory(), Scripted(*script)
    return WithinQuota(inner, quota, clock, clock.sleep, **given), clock, quota, inner


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "me", "profile"),
        ("GET", "me/tracks", "saved"),
        ("GET", "me/top/tracks", "top"),
        ("GET", "me/player/recently-played", "recent"),
        ("GET", "me/playlists", "playlist_list"),
        ("POST", "me/playlists", "playlist_write"),
        ("GET", "playlists/x/items", "playlist_items"),
        ("POST", "playlists/x/items", "playlist_write"),
        ("PUT", "playlists/x/items", "playlist_write"),
        ("GET", "albums/x/tracks", "albums"),
        ("GET", "audio-features", "features"),
        ("GET", "search", "other"),
        ("DELETE", "me/library", "other"),
    ],
)
def test_a_request_counts_in_its_bucket(method, path, name):
    assert bucket_of(Request(method, path)).name == name


def test_a_bucket_has_one_budget():
    budgets = {}
    for bucket in BUCKETS:
        assert budgets.setdefault(bucket.name, bucket.budget) == bucket.budget


def test_our_own_budget_stops_before_spotify_does():
    api, clock, quota, inner = within("one", "two", "three", now=MIDNIGHT + DAY - 3600, budgets={"saved": 2})
    api.send(SAVED)
    api.send(SAVED)

    with pytest.raises(SpotifyBusy, match="own daily allowance for saved tracks") as caught:
        api.send(SAVED)

    assert inner.calls == 2
    assert caught.value.retry_after == 3600 and caught.value.is_quota
    assert quota.blocked == {}, "it ends by itself at midnight"

    clock.now += 3600
    assert api.send(SAVED) == "three"


def test_a_retry_is_counted_like_any_other_request():
    api, _, quota, _ = within(SpotifyBusy("Slow down.", 3), "answer")

    assert api.send(SAVED) == "answer"
    assert quota.spent.total() == 2


def test_the_budget_may_end_while_waiting():
    api, _, quota, inner = within(SpotifyBusy("Slow down.", 3), budgets={"saved": 1})

    with pytest.raises(SpotifyBusy, match="allowance"):
        api.send(SAVED)

    assert inner.calls == 1 and quota.blocked == {"saved": MIDNIGHT + 3}


def test_another_listener_waits_too():
    quota, clock = QuotaInMemory(), SleepingClock(MIDNIGHT)
    moments = []

    def sleep(seconds):
        if not moments:
            moments.append("asked meanwhile")
            assert WithinQuota(Scripted("theirs"), quota, clock, clock.sleep).send(SAVED) == "theirs"

    api = WithinQuota(Scripted(SpotifyBusy("Slow down.", 7), "mine"), quota, clock, sleep)

    assert api.send(SAVED) == "mine"
    assert clock.slept == [7.0]


def test_a_person_is_not_kept_waiting():
    api, clock, _, inner = within(SpotifyBusy("Slow down.", 20), longest_wait=5)

    with pytest.raises(SpotifyBusy) as caught:
        api.send(SAVED)

    assert caught.value.retry_after == 20 and clock.slept == [] and inner.calls == 1


def test_a_short_remembered_block_is_waited_for():
    api, clock, quota, _ = within("answer")
    quota.block("saved", clock.now, 20)

    assert api.send(SAVED) == "answer"
    assert clock.slept == [20.0]


def test_a_block_of_another_bucket_does_not_matter():
    api, clock, quota, _ = within("answer")
    quota.block("top", clock.now, 9_999)

    assert api.send(SAVED) == "answer"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second"),
        (1, "1 second"),
        (40, "40 seconds"),
        (300, "5 minutes"),
        (61_389, "17 hours"),
        (86_400, "24 hours"),
    ],
)
def test_a_wait_is_said_in_words(seconds, words):
    api, _, _, _ = within(SpotifyBusy("Quota.", seconds, is_quota=True))

    with pytest.raises(SpotifyBusy, match=rf"saved tracks again in {words}\."):
        api.send(SAVED)


@pytest.mark.parametrize(
    ("header", "is_quota", "seconds"),
    [
        ("17", False, 17),
        (None, False, 30),
        (None, True, 86_400),
        ("", False, 30),
        ("soon", False, 30),
        ("0", False, 0),
        ("0", True, 86_400),
        ("-5", False, 30),
        ("-5", True, 86_400),
        ("Wed, 21 Oct 2026 08:28:07 GMT", False, 3607),
        ("Wed, 21 Oct 2026 07:00:00 GMT", False, 30),
        ("Wed, 21 Oct 2026 08:28:07", False, 30),
        ("inf", False, 604_800),
        ("1e300", True, 604_800),
        ("nan", False, 30),
    ],
)
def test_whatever_a_header_says_the_wait_is_a_time_that_can_be_shown(header, is_quota, seconds):
    date = {"Date": "Wed, 21 Oct 2026 07:28:00 GMT"}
    problem = busy(date if header is None else {**date, "Retry-After": header}, is_quota)
    assert problem.retry_after == seconds
    assert str(problem).endswith(".")
