"""A project whose Spotify is the fake one, and what a browser does between the click and the return."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.database.gateway.server import Gateway, running_gateway
from tests.database.postgres import Cluster
from tests.fakes.spotify import CLIENT_ID, CLIENT_SECRET, FakeSpotify

REDIRECT_URI = "http://127.0.0.1/auth/v1/callback"


@contextmanager
def gateway_at(spotify: FakeSpotify, cluster: Cluster, database: str, **settings: Any) -> Iterator[Gateway]:
    """A project that sends browsers to the fake Spotify, where it must be registered with `REDIRECT_URI`."""
    hosts = {"spotify_accounts_url": spotify.accounts_url, "spotify_api_url": spotify.api_url}
    keys = {"spotify_client_id": CLIENT_ID, "spotify_client_secret": CLIENT_SECRET}
    with running_gateway(cluster, database, **hosts, **keys, **settings) as gateway:
        yield gateway


def browse(url: str, spotify: FakeSpotify, listener: str = "ada") -> tuple[dict[str, str], str]:
    """Follow a sign-in; "" cancels at Spotify. The query the browser returns with, and where it returns to."""
    at_spotify = httpx.get(url).headers["location"]
    returned = urlsplit(httpx.get(spotify.approve(at_spotify, listener)).headers["location"])
    query = {key: values[0] for key, values in parse_qs(returned.query).items()}
    return query, f"{returned.scheme}://{returned.netloc}{returned.path}"
