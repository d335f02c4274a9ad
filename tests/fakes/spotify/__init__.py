"""A faithful stand-in for Spotify on loopback. `python -m tests.fakes.spotify` starts it for trying the app by hand."""

from tests.fakes.faults import Fault, Seen
from tests.fakes.spotify.fake import CLIENT_ID, CLIENT_SECRET, FakeSpotify

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "FakeSpotify", "Fault", "Seen"]
