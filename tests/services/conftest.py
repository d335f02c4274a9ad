"""An invented Spotify for the services, one for all tests of this folder, put back before each."""

import httpx
import pytest

from tests.fakes.reccobeats import FakeReccoBeats, knows_most_of
from tests.fakes.spotify import FakeSpotify
from tests.services.spotify_world import SpotifyWorld


@pytest.fixture(scope="session")
def spotify_server():
    with FakeSpotify() as fake:
        yield fake


@pytest.fixture(scope="session")
def reccobeats_server(spotify_server):
    with FakeReccoBeats(knows_most_of(spotify_server)) as fake:
        yield fake


@pytest.fixture(scope="session")
def http():
    with httpx.Client(timeout=30) as client:
        yield client


@pytest.fixture
def spotify(spotify_server):
    spotify_server.reset()
    return spotify_server


@pytest.fixture
def reccobeats(reccobeats_server):
    reccobeats_server.reset()
    return reccobeats_server


@pytest.fixture
def world(spotify, tmp_path, http):
    world = SpotifyWorld(spotify, tmp_path, http)
    world.connect()
    yield world
    world.close()
