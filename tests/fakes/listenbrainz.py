"""A stand-in for ListenBrainz labs on loopback: Spotify ids by artist and title."""

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.fakes.faults import Faults, Faulty
from tests.fakes.loopback import Loopback

CALL = "POST /spotify-id-from-metadata/json"


class FakeListenBrainz:
    """`with FakeListenBrainz({("Ann", "Blue"): spotify_id}) as fake:`; the rows asked about are in `fake.asked`."""

    def __init__(self, known):
        self.known, self.asked = known, []
        self.faults = Faults()
        self.fail_next, self.fail_when, self.count = self.faults.fail_next, self.faults.fail_when, self.faults.count
        app = Starlette(routes=[Route("/spotify-id-from-metadata/json", self._ids, methods=["POST"])])
        self._server = Loopback(Faulty(app, self.faults, "listenbrainz"))
        self.url = self._server.url

    async def _ids(self, request):
        rows = await request.json()
        if not all(isinstance(row.get(name), str) for row in rows for name in NAMES):
            return JSONResponse({"code": 400, "error": "all three names are needed"}, 400)
        self.asked += rows
        return JSONResponse([row | {"spotify_track_ids": self._of(row)} for row in rows])

    def _of(self, row):
        found = self.known.get((row["artist_name"], row["track_name"]))
        return [found] if found else []

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *_):
        self._server.stop()


NAMES = ("artist_name", "release_name", "track_name")
