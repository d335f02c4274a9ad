"""The Spotify adapters, joined to store and services."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from recsys.app.spotify import Spotify
from recsys.errors import SettingsProblem
from recsys.settings import Settings
from tests.fakes.faults import Fault
from tests.fakes.spotify import FakeSpotify
from tests.services.spotify_world import SpotifyWorld


@pytest.fixture(scope="module")
def spotify_server():
    with FakeSpotify() as fake:
        yield fake


@pytest.fixture
def world(spotify_server, tmp_path):
    spotify_server.reset()
    with httpx.Client(timeout=30) as http:
        world = SpotifyWorld(spotify_server, tmp_path, http)
        world.connect()
        yield world
        world.close()


def test_without_a_client_id_the_missing_setting_is_named(world, tmp_path):
    with pytest.raises(SettingsProblem, match="SPOTIFY_CLIENT_ID"):
        Spotify(Settings(tmp_path, ""), world.sessions, world.store_for, world.store, world.http)


def test_limits_show_what_was_spent_today_and_what_is_blocked_until_when(world):
    assert {limit.spent for limit in world.spotify.limits()} == {0}
    world.fake.fail_when("GET /v1/me/tracks", Fault.quota_exceeded(retry_after=7200))
    world.synced()

    limits = {limit.says: limit for limit in world.spotify.limits()}
    blocked = limits["saved tracks"].blocked_until
    assert timedelta(hours=1.9) < blocked - datetime.fromtimestamp(world.clock(), UTC) <= timedelta(hours=2)
    assert limits["top tracks"].spent == 3
    assert limits["top tracks"].blocked_until is None
    assert len(limits) == len(world.spotify.limits())


def test_a_block_in_the_past_is_not_shown(world):
    world.spotify.quota.block("saved", world.clock() - 2, 1)
    assert not any(limit.blocked_until for limit in world.spotify.limits())
