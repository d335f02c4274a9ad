"""The part of Spotify's Web API that writes playlists and the library, and the routes that were taken away."""

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.spotify import shapes
from tests.fakes.spotify.answers import Refused, removed, signed_in, unknown
from tests.fakes.spotify.music import START, Playlist, iso, spotify_id

MODIFY = "playlist-modify-private playlist-modify-public"
ANY = ["GET", "POST", "PUT", "DELETE"]
REMOVED = (
    (["PUT", "DELETE"], "/v1/me/tracks"),
    (ANY, "/v1/me/tracks/contains"),
    (ANY, "/v1/playlists/{id}/tracks"),
    (ANY, "/v1/playlists/{id}/followers"),
    (ANY, "/v1/users/{id}"),
    (ANY, "/v1/users/{id}/playlists"),
    (ANY, "/v1/tracks"),
    (ANY, "/v1/artists"),
    (ANY, "/v1/albums"),
    (ANY, "/v1/artists/{id}/top-tracks"),
    (ANY, "/v1/artists/{id}/related-artists"),
    (ANY, "/v1/audio-features/{id}"),
    (ANY, "/v1/audio-analysis/{id}"),
    (ANY, "/v1/recommendations"),
    (ANY, "/v1/recommendations/available-genre-seeds"),
    (ANY, "/v1/browse/{rest:path}"),
    (ANY, "/v1/markets"),
)


def routes(fake):
    table = (
        ("POST", "/v1/me/playlists", create),
        ("POST", "/v1/playlists/{playlist_id}/items", add),
        ("PUT", "/v1/playlists/{playlist_id}/items", replace),
        ("DELETE", "/v1/playlists/{playlist_id}/items", remove),
    )
    playlists = [Route(path, signed_in(fake, MODIFY, handler), methods=[method]) for method, path, handler in table]
    library = [
        Route("/v1/me/library", signed_in(fake, "user-library-modify", handler), methods=[method])
        for method, handler in (("PUT", save), ("DELETE", forget))
    ]
    return [*playlists, *library]


def gone(fake):
    """Removed routes, and after everything else whatever Spotify never had."""
    known = [Route(path, signed_in(fake, "", removed), methods=methods) for methods, path in REMOVED]
    return [*known, Route("/v1/{rest:path}", signed_in(fake, "", unknown), methods=ANY)]


async def create(fake, request, listener):
    body = await _object(request)
    if not isinstance(body.get("name"), str) or not body["name"]:
        raise Refused(400, "Missing required field: name")
    made = Playlist(
        spotify_id("made", listener.id, len(listener.playlists)),
        body["name"],
        listener.id,
        description=body.get("description", ""),
        is_public=body.get("public", True),
        is_collaborative=body.get("collaborative", False),
    )
    listener.playlists.insert(0, made)
    return JSONResponse(shapes.playlist(made, fake.api_url, fake.legacy), 201)


async def add(fake, request, listener):
    one, body = _own(fake, request, listener), await _object(request)
    place = body.get("position", len(one.entries))
    one.entries[place:place] = [(iso(START), track) for track in _tracks(fake, body.get("uris"))]
    return _changed(one, 201)


async def replace(fake, request, listener):
    one, body = _own(fake, request, listener), await _object(request)
    one.entries[:] = [(iso(START), track) for track in _tracks(fake, body.get("uris"))]
    return _changed(one, 200)


async def remove(fake, request, listener):
    one, body = _own(fake, request, listener), await _object(request)
    uris = [item.get("uri") for item in body.get("items", [])]
    unwanted = {track.id for track in _tracks(fake, uris)}
    one.entries[:] = [entry for entry in one.entries if getattr(entry[1], "id", None) not in unwanted]
    return _changed(one, 200)


async def save(fake, request, listener):
    wanted = _tracks(fake, _in_address(request), most=40)
    known = {track.id for _, track in listener.saved}
    listener.saved[:0] = [(iso(START), track) for track in wanted if track.id not in known]
    return Response(status_code=200)


async def forget(fake, request, listener):
    unwanted = {track.id for track in _tracks(fake, _in_address(request), most=40)}
    listener.saved[:] = [entry for entry in listener.saved if entry[1].id not in unwanted]
    return Response(status_code=200)


def _in_address(request):
    """`uris` in the query string; a JSON body is not read, as at Spotify."""
    return [uri for uri in request.query_params.get("uris", "").split(",") if uri] or None


def _own(fake, request, listener):
    one = fake.playlist(request.path_params["playlist_id"])
    if one.owner != listener.id and not one.is_collaborative:
        raise Refused(403, "Forbidden")
    return one


def _changed(one, status):
    one.version += 1
    return JSONResponse({"snapshot_id": one.snapshot_id}, status)


def _tracks(fake, uris, most=100):
    if not isinstance(uris, list):
        raise Refused(400, "Missing required field: uris")
    if len(uris) > most:
        raise Refused(400, "Too many uris requested")
    if not all(str(uri).startswith("spotify:track:") for uri in uris):
        raise Refused(400, "Invalid track uri")
    return [fake.track(uri.removeprefix("spotify:track:")) for uri in uris]


async def _object(request):
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refused(400, "Error parsing JSON")
    return body
