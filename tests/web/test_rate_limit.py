"""A brake on sign-ins, per address."""

import threading

from recsys.web.rate_limit import RateLimit, Turns


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_the_share_of_a_minute_is_allowed_and_not_more():
    limit = RateLimit(2, 60, Clock())
    assert [limit.allows("1.2.3.4") for _ in range(3)] == [True, True, False]


def test_another_address_has_its_own_share():
    limit = RateLimit(1, 60, Clock())
    assert limit.allows("1.2.3.4")
    assert limit.allows("5.6.7.8")


def test_the_share_comes_back_with_time():
    clock = Clock()
    limit = RateLimit(1, 60, clock)
    limit.allows("1.2.3.4")
    clock.now = 59.0
    assert not limit.allows("1.2.3.4")
    clock.now = 60.0
    assert limit.allows("1.2.3.4")


def test_memory_stays_bounded(monkeypatch):
    monkeypatch.setattr("recsys.web.rate_limit.REMEMBERED", 3)
    limit = RateLimit(1, 60, Clock())
    for number in range(50):
        limit.allows(f"address {number}")
    assert len(limit._paid_at) <= 4


def test_a_refusal_says_how_long_to_wait_and_costs_nothing():
    clock = Clock()
    limit = RateLimit(2, 60, clock)
    assert [limit.wait("a") for _ in range(4)] == [0, 0, 30, 30]
    clock.now = 30.0
    assert [limit.wait("a") for _ in range(2)] == [0, 30]


def test_an_address_that_is_forgotten_is_the_one_unused_for_longest(monkeypatch):
    monkeypatch.setattr("recsys.web.rate_limit.REMEMBERED", 2)
    limit = RateLimit(2, 60, Clock())
    for key in ("busy", "quiet", "busy", "third"):
        limit.allows(key)
    assert not limit.allows("busy")


def test_a_clock_that_is_set_back_blocks_no_longer_than_the_share():
    clock = Clock()
    clock.now = 1_000_000.0
    limit = RateLimit(1, 60, clock)
    limit.allows("a")
    clock.now = 0.0
    assert limit.wait("a") == 60


def test_turns_run_a_few_at_once_let_a_few_wait_and_refuse_the_rest():
    turns, inside, end = Turns(at_once=1, waiting=1, seconds=30), threading.Event(), threading.Event()
    outcomes = []

    def work():
        with turns.turn() as has_turn:
            inside.set()
            end.wait(30)
            outcomes.append(has_turn)

    first, second = threading.Thread(target=work), threading.Thread(target=work)
    first.start()
    inside.wait(30)
    second.start()
    while turns._places._value:  # until the second waits
        end.wait(0.01)
    with turns.turn() as has_turn:
        assert not has_turn
    end.set()
    first.join(30)
    second.join(30)
    assert outcomes == [True, True]
    with turns.turn() as has_turn:
        assert has_turn


def test_a_turn_is_not_waited_for_longer_than_said():
    turns = Turns(at_once=1, waiting=1, seconds=0.01)
    with turns.turn() as first, turns.turn() as second:
        assert (first, second) == (True, False)
    with turns.turn() as third:
        assert third
