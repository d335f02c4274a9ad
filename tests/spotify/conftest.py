"""One invented Spotify for all tests here, put back to its beginning before each."""

from types import SimpleNamespace

import pytest

from recsys.spotify.client import build_api
from recsys.spotify.library import SpotifyLibrary
from recsys.spotify.playlists import SpotifyPlaylists
from recsys.spotify.wrappers import Pacer
from tests.fakes.calling import AccessInMemory, QuotaInMemory, SleepingClock
from tests.fakes.spotify import FakeSpotify


@pytest.fixture(scope="session")
def running_spotify():
    with FakeSpotify(saved=120) as fake:
        yield fake


@pytest.fixture
def spotify(running_spotify):
    running_spotify.reset()
    return running_spotify


@pytest.fixture
def dial(spotify):
    """`dial("ada")` connects as a listener; the result holds the api and everything it was given."""

    def dial(listener="ada", *, scopes=None, spare=True, budgets=None, timeout=10.0):
        given = {} if scopes is None else {"scopes": scopes}
        grant, second = spotify.grant(listener, **given), spotify.grant(listener, **given)
        access = AccessInMemory(grant.access_token, second.access_token if spare else None)
        clock, quota = SleepingClock(), QuotaInMemory()
        pacer = Pacer(gap=0.3, clock=SleepingClock(), sleep=lambda seconds: None)
        api = build_api(
            spotify.api_url,
            access,
            pacer,
            quota,
            clock=clock,
            sleep=clock.sleep,
            budgets=budgets,
            timeout=timeout,
        )
        tokens = {grant.access_token, second.access_token}
        return SimpleNamespace(
            api=api,
            access=access,
            clock=clock,
            quota=quota,
            tokens=tokens,
            library=SpotifyLibrary(api),
            playlists=SpotifyPlaylists(api),
        )

    return dial
