"""One invented ReccoBeats for all tests here, knowing four of six tracks of the shelf."""

import httpx
import pytest

from recsys.feature_sources.reccobeats import ReccoBeats
from tests.fakes.calling import SleepingClock
from tests.fakes.reccobeats import FakeReccoBeats
from tests.fakes.spotify import music

SHELF = {track.id: track for track in (music.track(number) for number in range(60))}


@pytest.fixture(scope="session")
def running_reccobeats():
    with FakeReccoBeats(SHELF.get) as fake:
        yield fake


@pytest.fixture
def service(running_reccobeats):
    running_reccobeats.reset()
    return running_reccobeats


@pytest.fixture
def clock():
    return SleepingClock()


@pytest.fixture
def http():
    """Patient: on a loaded machine a right answer takes its time."""
    with httpx.Client(timeout=10) as client:
        yield client


@pytest.fixture
def reccobeats(service, clock, http):
    return ReccoBeats(service.url, http, clock, clock.sleep)
