"""A stand-in for ReccoBeats on loopback: audio features by Spotify id, and songs like one, drawn by chance."""

import json
import random

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.fakes.faults import Fault, Faults, Faulty
from tests.fakes.loopback import Loopback
from tests.fakes.spotify.music import spotify_id

MOST = 40


class FakeReccoBeats:
    """
    `with FakeReccoBeats(known) as fake:`; `known` gives the invented track of an id, or None. `around` are the songs
    that it names as neighbours of any song it knows, each time others of them.

    Faults and records as `FakeSpotify`: `fail_next("GET /v1/audio-features", too_many(retry_after=1))`.
    """

    def __init__(self, known, port=0):
        self._known = known
        self.faults = Faults()
        self.fail_next, self.fail_when = self.faults.fail_next, self.faults.fail_when
        self.clear_faults, self.count, self.reset = self.faults.clear_faults, self.faults.count, self.faults.forget
        self.around = []
        routes = [
            Route("/v1/audio-features", self._audio_features),
            Route("/v1/track/recommendation", self._recommendation),
        ]
        app = Starlette(routes=routes)
        self._server = Loopback(Faulty(app, self.faults, "reccobeats"), port)
        self.url = self._server.url

    @property
    def requests(self):
        return self.faults.requests

    async def _audio_features(self, request):
        ids = [i for given in request.query_params.getlist("ids") for i in given.split(",") if i]
        if not 1 <= len(ids) <= MOST:
            return _error(400, 4004, "size must be between 1 and 40")
        known = (self._known(track_id) for track_id in reversed(ids))
        return JSONResponse({"content": [_entry(track) for track in known if track]})

    async def _recommendation(self, request):
        """https://reccobeats.com/docs/apis/get-recommendation"""
        seeds = [i for given in request.query_params.getlist("seeds") for i in given.split(",") if i]
        size = request.query_params.get("size", "")
        if not size.isdigit() or not 1 <= int(size) <= 100:
            return _error(400, 4004, "size must be between 1 and 100")
        if not 1 <= len(seeds) <= 5 or not any(self._known(seed) for seed in seeds):
            return _error(400, 4001, "seeds need at least one track")
        drawn = random.Random(f"{seeds} {len(self.requests)}").sample(self.around, min(int(size), len(self.around)))
        return JSONResponse({"content": [_song(track) for track in drawn]})

    def start(self):
        self._server.start()
        return self

    def stop(self):
        self._server.stop()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def knows_most_of(spotify):
    """ReccoBeats for an invented Spotify: its tracks but for every seventh, by the last character of the id."""

    def known(track_id):
        track = spotify.tracks.get(track_id)
        return track if track and ord(track_id[-1]) % 7 else None

    return known


def too_many(retry_after=None):
    """429 as ReccoBeats says it."""
    headers = () if retry_after is None else (("retry-after", str(retry_after)),)
    body = json.dumps({"status": 4290, "errors": [{"message": "too many requests"}]})
    return Fault(429, body, (("content-type", "application/json"), *headers))


def _entry(track):
    """Their own id, and the Spotify one only inside the link. No time signature."""
    identity = spotify_id("reccobeats", track.id)
    link = f"https://open.spotify.com/track/{track.id}"
    return {"id": identity, "href": link, "isrc": track.isrc} | track.features


def _song(track):
    """A track as search and recommendation answer it, without audio features and without a year."""
    return {
        "id": spotify_id("reccobeats", track.id),
        "trackTitle": track.name,
        "artists": [{"id": spotify_id("artist", name), "name": name, "href": ""} for name in track.artists],
        "durationMs": track.duration_ms,
        "isrc": track.isrc,
        "href": f"https://open.spotify.com/track/{track.id}",
        "availableCountries": "DE,FR,GB",
        "popularity": random.Random(track.id).randrange(101),
    }


def _error(status, code, message):
    return JSONResponse({"status": code, "errors": [{"message": message}]}, status)
