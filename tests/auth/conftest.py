"""The world of the services' tests: a real store and services around an invented Spotify."""

from tests.services.conftest import http, reccobeats, reccobeats_server, spotify, spotify_server, world

__all__ = ["http", "reccobeats", "reccobeats_server", "spotify", "spotify_server", "world"]
