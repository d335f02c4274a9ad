"""An invented Spotify: an accounts host and an API host on loopback, in one object that tests can look into."""

import itertools
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette

from recsys.auth.models import Tokens
from recsys.auth.spotify import SCOPES
from tests.fakes.faults import Faults, Faulty
from tests.fakes.loopback import Loopback
from tests.fakes.spotify import accounts, music, reading, writing
from tests.fakes.spotify.answers import Refused

CLIENT_ID, CLIENT_SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "invented-client-secret"
REDIRECT_URIS = ("http://127.0.0.1/callback",)


class WithoutTrailingSlash:
    """`/v1/me/` is `/v1/me`: spotipy asks for both."""

    def __init__(self, app):
        self._app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and len(scope["path"]) > 1:
            scope = {**scope, "path": scope["path"].rstrip("/")}
        await self._app(scope, receive, send)


class FakeSpotify:
    """
    `with FakeSpotify() as fake:` answers on `fake.accounts_url` and `fake.api_url` (no trailing slashes).

    Plan faults with `fake.fail_next("GET /v1/me/tracks", Fault.too_many_requests(retry_after=2))` or `fail_when`, look
    at `fake.requests` and `fake.count("POST /v1/me/playlists")`, move time with `fake.advance(seconds)`. Everything
    else is plain attributes, to be changed at will; `reset` puts all back.
    """

    def __init__(self, saved=120, accounts_port=0, api_port=0, client_id=CLIENT_ID, redirect_uris=REDIRECT_URIS):
        self._saved, self.client_id, self.client_secret = saved, client_id, CLIENT_SECRET
        self.redirect_uris = set(redirect_uris)
        self.faults = Faults()
        self.fail_next, self.fail_when = self.faults.fail_next, self.faults.fail_when
        self.clear_faults, self.count = self.faults.clear_faults, self.faults.count
        # Never begun again: a request that is slower than its test must not be known after `reset`.
        self._grants = itertools.count()
        self.reset()
        self._accounts = Loopback(Faulty(accounts.accounts_app(self), self.faults, "accounts"), accounts_port)
        api = Starlette(routes=[*reading.routes(self), *writing.routes(self), *writing.gone(self)])
        self._api = Loopback(Faulty(WithoutTrailingSlash(api), self.faults, "api"), api_port)
        self.accounts_url, self.api_url = self._accounts.url, self._api.url

    def reset(self):
        """Everything as at the start, faults and recorded requests included."""
        self.faults.forget()
        self.legacy = self.rotates_refresh_tokens = self.serves_audio_features = False
        self.owner_has_premium = True
        self._passed = 0.0
        self.codes, self.access_tokens, self.refresh_tokens = {}, {}, {}
        self.listeners = music.listeners(self._saved)
        self.tracks = music.tracks_of(self.listeners)

    @property
    def requests(self):
        """Every request so far, in order: `call`, `params`, `body`, `status`, `host`, `at`."""
        return self.faults.requests

    def track(self, track_id):
        """The track of that id; one that nobody has is invented on the spot, as every catalogue id should work."""
        if len(track_id) != 22:
            raise Refused(404, "Resource not found")
        return self.tracks.get(track_id) or music.Track(
            track_id, "From the catalogue", (music.PEOPLE[0],), "Catalogue", None, "2001", 200_000, False
        )

    def like(self, listener, track, added_at=None):
        """The listener saves one more track."""
        self.tracks[track.id] = track
        self.listeners[listener].saved.insert(0, (added_at or music.iso(music.START + timedelta(hours=1)), track))

    def playlist(self, playlist_id):
        for listener in self.listeners.values():
            for one in listener.playlists:
                if one.id == playlist_id:
                    return one
        raise Refused(404, "Resource not found")

    def album(self, album_id):
        """The tracks of an album; there is none without any."""
        on_it = [one for one in self.tracks.values() if music.spotify_id("album", one.album) == album_id]
        if not on_it:
            raise Refused(404, "Resource not found")
        return on_it

    def now(self):
        return time.time() + self._passed

    def advance(self, seconds):
        """Let time pass at Spotify: tokens and consents end."""
        self._passed += seconds

    def approve(self, authorize_url, listener="ada"):
        """What the browser does when the listener agrees ("" for cancel): the address it is sent back to."""
        asked = dict(parse_qsl(urlsplit(authorize_url).query))
        wrong = accounts.complaint(self, asked)
        if wrong:
            raise ValueError(wrong)
        return accounts.decide(self, asked, listener)

    def grant(self, listener="ada", scopes=SCOPES):
        """A grant as sign-in would bring, without the way there."""
        now, scope = self.now(), " ".join(scopes)
        access, refresh = (f"{kind}-{listener}-secret-{next(self._grants)}" for kind in ("BQ", "AQ"))
        self.access_tokens[access] = accounts.Right(listener, scope, now, now + accounts.TOKEN_LASTS)
        self.refresh_tokens[refresh] = accounts.Right(listener, scope, now, accounts.consent_ends_at(now))
        made_at = datetime.fromtimestamp(now, UTC)
        return Tokens(access, refresh, made_at + timedelta(seconds=accounts.TOKEN_LASTS), scope, made_at)

    def revoke(self, listener="ada"):
        """The listener removes the app on spotify.com: nothing of theirs works any more."""
        for tokens in (self.access_tokens, self.refresh_tokens):
            for token in [t for t, right in tokens.items() if right.listener == listener]:
                del tokens[token]

    def start(self):
        self._accounts.start()
        self._api.start()
        return self

    def stop(self):
        self._accounts.stop()
        self._api.stop()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
