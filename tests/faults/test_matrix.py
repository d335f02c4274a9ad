"""A short cut through the fault matrix; `make faults` runs all of it and prints the table."""

import httpx
import pytest

from tests.fakes.spotify import FakeSpotify
from tests.faults.matrix import cases, run

ALL = list(cases())
SHORT_CUT = [case for case in ALL if case[0] != "sync"][::9] + [case for case in ALL if case[0] in ("clock", "kill -9")]
"""The faults of a sync are in `tests/services/test_sync_faults.py`, all of them."""


@pytest.fixture(scope="module")
def spotify():
    with FakeSpotify() as spotify:
        yield spotify


@pytest.fixture(scope="module")
def http():
    with httpx.Client(timeout=30) as client:
        yield client


@pytest.mark.parametrize("case", SHORT_CUT, ids=lambda case: ", ".join(case[:3]))
def test_nothing_is_lost_doubled_or_wrong_after_a_fault(spotify, http, tmp_path, case):
    outcome = run(case[3], spotify, tmp_path, http)

    assert (outcome.lost, outcome.doubled, outcome.wrong) == (0, 0, [])


def test_every_kind_of_fault_is_in_the_matrix():
    assert {kind for kind, *_ in ALL} == {
        *("sync", "sign in", "refresh", "save a playlist", "database file", "clock", "kill -9")
    }
    assert len(ALL) > 250
