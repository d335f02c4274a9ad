"""A brake on sign-ins, per address."""

from recsys.web.rate_limit import RateLimit


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
    assert len(limit._arrival) <= 4


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
