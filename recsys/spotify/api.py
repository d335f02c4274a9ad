"""One call to Spotify's Web API: what is asked, who may ask, and spotipy underneath.

Everything that makes calling safe (waiting, budgets, retries, a fresh token) wraps `Api` and is an `Api` itself; see
`client`. spotipy is built without its own retries, caches and prompts, each of which is unsound on a server.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

import requests
import spotipy

from recsys.errors import SpotifyUnreachable
from recsys.spotify.error_mapping import problem

# spotipy writes bearer tokens into its DEBUG log, at any level the rest of the program logs.
logging.getLogger("spotipy").setLevel(logging.WARNING)

Method = Literal["GET", "POST", "PUT", "DELETE"]
TIMEOUT: Final = 10.0
"""Seconds to wait for a connection, and for each part of an answer."""

UNUSABLE: Final = "Spotify sent an answer that Tonearm cannot use; nothing was lost."


@dataclass(frozen=True)
class Request:
    """One call. `path` is below `/v1/`, without a leading slash; `params` go into the address, `body` into JSON."""

    method: Method
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


class Api(Protocol):
    """Answers calls: Spotify itself, or a wrapper that adds retries to another `Api`."""

    def send(self, request: Request) -> Any:
        """The decoded JSON of the answer; every call made here has one. Raises a `SpotifyProblem`."""


class Access(Protocol):
    """A listener's right to call. Implemented where tokens are stored, under that listener's lock."""

    def token(self) -> str:
        """The access token to try now, refreshed beforehand when it is about to end. Raises `ReconnectSpotify`."""

    def renew(self, refused: str) -> str:
        """A token to use instead of the `refused` one; already there when another tab was faster."""


class SpotifyApi:
    """Sends each call once through spotipy. For one listener and one thread: `requests.Session` promises no more."""

    def __init__(self, api_url: str, access: Access, timeout: float = TIMEOUT) -> None:
        session = requests.Session()
        session.auth = lambda prepared: prepared  # or a .netrc on the server would replace the listener's token
        session.hooks["response"] = [_judge]
        self._access = access
        self._spotify = spotipy.Spotify(requests_session=session, requests_timeout=timeout)
        self._spotify.prefix = f"{api_url}/v1/"

    def send(self, request: Request) -> Any:
        self._spotify.set_auth(self._access.token())
        call = getattr(self._spotify, f"_{request.method.lower()}")
        try:
            answer = call(request.path, args=dict(request.params), payload=request.body)
        except (requests.RequestException, RecursionError) as broken:  # JSON may be nested too deeply to be read
            raise SpotifyUnreachable("The connection to Spotify broke; nothing was lost.") from broken
        if answer is None:  # what spotipy makes of a body that is not JSON, such as a captive portal's page
            raise SpotifyUnreachable(UNUSABLE)
        return answer


def _judge(response: requests.Response, **_: Any) -> None:
    """Name what went wrong before spotipy sees it: spotipy drops headers, and falls over text where it expects JSON."""
    if not 200 <= response.status_code < 300:
        path = str(response.request.path_url).removeprefix("/v1/")
        raise problem(response.status_code, response.headers, response.text, path)
