"""Limits remembered for the whole app."""

import threading

import pytest

from recsys.errors import StorageProblem
from recsys.services.quota import StoredQuota

NOON = 1_790_000_000.0
DAY = 86_400


@pytest.fixture
def quota(world):
    return StoredQuota(world.store)


def test_a_bucket_nobody_blocked_is_open(quota):
    assert quota.blocked_until("saved", NOON) is None


def test_a_block_is_remembered_by_bucket_and_over_a_restart(quota, world):
    quota.block("saved", NOON, 60)
    assert StoredQuota(world.store).blocked_until("saved", NOON) == NOON + 60
    assert quota.blocked_until("top", NOON) is None


def test_a_shorter_block_does_not_open_a_longer_one(quota):
    quota.block("saved", NOON, 600)
    quota.block("saved", NOON, 60)
    assert quota.blocked_until("saved", NOON) == NOON + 600


def test_a_days_budget_is_spent_and_comes_back_the_next_day(quota):
    assert [quota.spend("top", NOON, 2) for _ in range(3)] == [True, True, False]
    assert quota.spent("top", NOON) == 2
    assert quota.spend("top", NOON + DAY, 2)
    assert quota.spent("top", NOON + DAY) == 1


def test_counting_leaves_a_block_alone(quota):
    quota.block("top", NOON, 60)
    quota.spend("top", NOON, 5)
    assert quota.blocked_until("top", NOON) == NOON + 60


def test_threads_that_count_at_once_lose_no_count(quota):
    threads = [threading.Thread(target=lambda: [quota.spend("top", NOON, 100) for _ in range(5)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert quota.spent("top", NOON) == 20


class NeverTheSame:
    def app_state(self, key):
        return None

    def replace_app_state(self, key, expected, value):
        return False


def test_a_counter_that_cannot_be_changed_is_a_sentence_not_an_endless_loop():
    with pytest.raises(StorageProblem, match="counted at once"):
        StoredQuota(NeverTheSame()).spend("top", NOON, 5)


def test_a_wait_from_a_clock_that_was_ahead_blocks_nobody(quota):
    quota.block("saved", NOON + 20 * DAY, 120)

    assert quota.blocked_until("saved", NOON) is None
    quota.block("saved", NOON, 60)
    assert quota.blocked_until("saved", NOON) == NOON + 60


def test_nobody_waits_longer_than_a_week_whatever_the_store_says(quota, world):
    world.store.save_app_state("spotify_quota:saved", {"blocked_until": NOON + 400 * DAY})

    assert quota.blocked_until("saved", NOON) == NOON + 7 * DAY
