"""
What every `SessionStore` and `TokenStore` promises. A test module inherits `SessionsContract` and gives the fixtures
`store`, `new_listener`, and `open_sessions`: a function that gives an implementation on the rows of `store`, timed by
what it is given of `clock`, `sleep` and `patience` (seconds).
"""

import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from recsys.auth.models import Session, Tokens
from recsys.errors import StorageProblem
from tests.storage.tables import everything, fill_everything

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MONTH = timedelta(days=30)
ISSUERS = ("spotify", "supabase")


class FakeClock:
    """A clock that goes only by sleeping, so that no test waits."""

    def __init__(self):
        self.elapsed = 0.0

    def __call__(self):
        return 1_000_000.0 + self.elapsed

    def sleep(self, seconds):
        self.elapsed += seconds


def session_of(listener, **values):
    return Session(**{"listener": listener, "kind": "spotify", "expires_at": NOW + MONTH, **values})


def tokens_named(name, **values):
    return Tokens(
        **{
            "access_token": f"access-{name}",
            "refresh_token": f"refresh-{name}",
            "expires_at": NOW + timedelta(hours=1),
            "scope": "user-library-read",
            "authorized_at": NOW,
            **values,
        }
    )


class SessionsContract:
    """Run against every implementation, unchanged."""

    @pytest.fixture
    def sessions(self, open_sessions):
        return open_sessions()

    @pytest.fixture
    def clock(self):
        return FakeClock()

    @pytest.fixture
    def timed(self, open_sessions, clock):
        return open_sessions(clock=clock, sleep=clock.sleep)

    @pytest.fixture
    def impatient(self, open_sessions, clock):
        return open_sessions(clock=clock, sleep=clock.sleep, timeout_s=1.0)

    @pytest.fixture
    def listener(self, new_listener):
        return new_listener()

    @pytest.fixture
    def other(self, new_listener):
        return new_listener()

    # Sessions

    def test_a_session_is_found_by_its_id(self, sessions, listener):
        session = session_of(listener, display_name="Ada 🎧", avatar_url="https://i.scdn.co/image/1")

        session_id = sessions.create(session, NOW)

        assert sessions.get(session_id, NOW) == session
        assert sessions.get(session_id, NOW + MONTH - timedelta(seconds=1)) == session

    def test_a_guest_has_a_session_like_anybody(self, sessions, listener):
        session_id = sessions.create(session_of(listener, kind="guest"), NOW)

        assert sessions.get(session_id, NOW).kind == "guest"
        assert sessions.get(sessions.create(session_of(listener), NOW), NOW).kind == "spotify"

    def test_ids_are_long_random_and_differ(self, sessions, listener):
        ids = {sessions.create(session_of(listener), NOW) for _ in range(20)}

        assert len(ids) == 20
        assert {len(session_id) for session_id in ids} == {43}

    def test_a_session_ends_when_its_time_is_up(self, sessions, listener):
        session_id = sessions.create(session_of(listener), NOW)

        assert sessions.get(session_id, NOW + MONTH) is None

    def test_times_of_other_zones_mean_the_same_moment(self, sessions, listener):
        tokyo = timezone(timedelta(hours=9))
        session_id = sessions.create(session_of(listener, expires_at=(NOW + MONTH).astimezone(tokyo)), NOW)

        for zone in (UTC, tokyo):
            assert sessions.get(session_id, (NOW + MONTH).astimezone(zone)) is None
            assert sessions.get(session_id, (NOW + MONTH - timedelta(seconds=1)).astimezone(zone)) is not None

    def test_a_time_without_a_zone_is_refused(self, sessions, listener):
        with pytest.raises(ValueError, match="time zone"):
            sessions.create(session_of(listener), NOW.replace(tzinfo=None))

    def test_a_new_session_sweeps_out_expired_ones(self, sessions, store, listener):
        sessions.create(session_of(listener), NOW)

        sessions.create(session_of(listener, expires_at=NOW + 3 * MONTH), NOW + 2 * MONTH)

        assert store.counts(listener)["sessions"] == 1

    def test_an_ended_session_is_gone_and_others_are_not(self, sessions, listener, other):
        first, second, third = (sessions.create(session_of(who), NOW) for who in (listener, listener, other))

        sessions.end(first)
        sessions.end(first)

        assert sessions.get(first, NOW) is None
        assert sessions.get(second, NOW) is not None
        assert sessions.get(third, NOW) is not None

    def test_all_sessions_of_a_listener_end_together(self, sessions, listener, other):
        mine = [sessions.create(session_of(listener), NOW) for _ in range(3)]
        theirs = sessions.create(session_of(other), NOW)

        assert sessions.end_all(listener) == 3
        assert sessions.end_all(listener) == 0
        assert [sessions.get(session_id, NOW) for session_id in mine] == [None] * 3
        assert sessions.get(theirs, NOW) is not None

    def test_signing_in_ends_the_session_the_browser_came_with(self, sessions, listener, other):
        guest = sessions.create(session_of(listener, kind="guest"), NOW)

        signed_in = sessions.create(session_of(other), NOW, replaces=guest)

        assert signed_in != guest
        assert sessions.get(guest, NOW) is None
        assert sessions.get(signed_in, NOW).listener == other

    @pytest.mark.parametrize(
        "wrong", [None, "", 7, b"x" * 43, "x" * 42, "x" * 44, "é" * 43, "x" * 43, object(), ["x"] * 43]
    )
    def test_what_the_app_did_not_issue_is_nobody(self, sessions, listener, wrong):
        created = sessions.create(session_of(listener), NOW, replaces=wrong)

        sessions.end(wrong)

        assert sessions.get(wrong, NOW) is None
        assert sessions.get(created, NOW) is not None

    # Tokens

    @pytest.mark.parametrize("issuer", ISSUERS)
    def test_tokens_come_back_as_they_were_given(self, sessions, listener, issuer):
        tokens = tokens_named("one")

        sessions.save_tokens(listener, tokens, issuer)

        assert sessions.tokens(listener, issuer) == tokens

    @pytest.mark.parametrize("issuer", ISSUERS)
    def test_a_refresh_without_a_new_refresh_token_keeps_the_known_one(self, sessions, listener, issuer):
        sessions.save_tokens(listener, tokens_named("one"), issuer)
        later = NOW + timedelta(hours=2)

        sessions.save_tokens(listener, Tokens("access-two", None, later), issuer)

        assert sessions.tokens(listener, issuer) == tokens_named("one", access_token="access-two", expires_at=later)

    def test_a_refresh_with_a_new_refresh_token_replaces_the_known_one(self, sessions, listener):
        sessions.save_tokens(listener, tokens_named("one"))

        sessions.save_tokens(listener, tokens_named("two", scope=None, authorized_at=None))

        assert sessions.tokens(listener) == tokens_named("two")

    def test_tokens_of_two_issuers_and_two_listeners_are_separate(self, sessions, listener, other):
        sessions.save_tokens(listener, tokens_named("spotify"))
        sessions.save_tokens(listener, tokens_named("supabase"), "supabase")

        assert sessions.tokens(listener) == tokens_named("spotify")
        assert sessions.tokens(listener, "supabase") == tokens_named("supabase")
        assert sessions.tokens(other) is None
        assert sessions.tokens(other, "supabase") is None

    def test_tokens_can_be_forgotten_twice(self, sessions, listener, other):
        sessions.save_tokens(listener, tokens_named("one"))
        sessions.save_tokens(listener, tokens_named("one"), "supabase")
        sessions.save_tokens(other, tokens_named("two"))

        sessions.remove_tokens(listener)
        sessions.remove_tokens(listener)

        assert sessions.tokens(listener) is None
        assert sessions.tokens(listener, "supabase") is not None
        assert sessions.tokens(other) is not None

    def test_tokens_do_not_show_when_printed(self):
        tokens = tokens_named("secret")

        assert "secret" not in f"{tokens!r} {tokens} {[tokens]}"

    # Together with the listener's rows

    def test_sessions_and_tokens_are_counted_and_erased_with_the_rest(self, sessions, store, listener, other):
        for who in (listener, other):
            fill_everything(store, who)
            sessions.create(session_of(who), NOW)
            for issuer in ISSUERS:
                sessions.save_tokens(who, tokens_named("one"), issuer)
        before = everything(store, other)
        assert 0 not in store.counts(listener).values()

        counts = store.erase(listener)

        assert set(counts.values()) == {0}
        assert sessions.tokens(listener) is None
        assert everything(store, other) == before
        assert sessions.tokens(other) == tokens_named("one")

    def test_an_export_holds_no_token_and_no_session(self, sessions, store, listener):
        session_id = sessions.create(session_of(listener), NOW)
        sessions.save_tokens(listener, tokens_named("secret"))

        exported = "".join(table.to_csv() for table in store.export(listener).values())

        assert "secret" not in exported
        assert "enc:v1:" not in exported
        assert session_id not in exported

    # Turns

    def test_one_at_a_time_is_inside(self, sessions, listener):
        inside, most = [], []

        def work():
            with sessions.locked(listener):
                inside.append(1)
                time.sleep(0.005)
                most.append(len(inside))
                inside.pop()

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert most == [1] * 6

    def test_two_listeners_do_not_wait_for_each_other(self, timed, clock, listener, other):
        with timed.locked(listener), timed.locked(other):
            assert clock.elapsed == 0

    def test_a_turn_is_given_back_when_its_work_fails(self, timed, clock, listener):
        with pytest.raises(RuntimeError), timed.locked(listener):
            raise RuntimeError

        with timed.locked(listener):
            assert clock.elapsed == 0

    def test_a_turn_that_does_not_come_is_a_sentence(self, timed, impatient, clock, listener):
        with timed.locked(listener), pytest.raises(StorageProblem, match="Another tab"), impatient.locked(listener):
            pytest.fail("two were inside")

        assert clock.elapsed == pytest.approx(1, abs=0.1)

    def test_a_holder_that_died_is_waited_for_at_most_half_a_minute(self, timed, clock, listener):
        dead = timed.locked(listener)
        dead.__enter__()

        with timed.locked(listener):
            assert clock.elapsed == pytest.approx(30, abs=0.1)

    def test_a_holder_whose_clock_was_an_hour_ahead_is_not_waited_for_an_hour(
        self, open_sessions, timed, clock, listener
    ):
        ahead = open_sessions(clock=lambda: clock() + 3600, sleep=clock.sleep)
        dead = ahead.locked(listener)
        dead.__enter__()

        with timed.locked(listener):
            assert clock.elapsed == 0

    def test_a_holder_that_lives_keeps_its_turn_however_long_its_work_takes(
        self, open_sessions, impatient, clock, listener
    ):
        lively = open_sessions(clock=clock, sleep=clock.sleep, heartbeat_s=0.01)

        with lively.locked(listener):
            for _ in range(3):
                clock.sleep(25)
                time.sleep(0.4)  # many beats
            with pytest.raises(StorageProblem), impatient.locked(listener):
                pytest.fail("two were inside")

    def test_a_holder_that_came_back_too_late_does_not_end_the_turn_of_another(self, timed, impatient, listener):
        slow = timed.locked(listener)
        slow.__enter__()

        with timed.locked(listener):
            slow.__exit__(None, None, None)
            with pytest.raises(StorageProblem), impatient.locked(listener):
                pytest.fail("two were inside")
