"""The part of Spotify's Web API that reads, with the limits and refusals of an app in Development Mode."""

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.fakes.spotify import shapes
from tests.fakes.spotify.answers import Refused, bounded, limited, signed_in

RANGES = ("short_term", "medium_term", "long_term")


def routes(fake):
    """GET only; the path, the scope it needs, and what answers."""
    table = (
        ("/v1/me", "", me),
        ("/v1/me/tracks", "user-library-read", saved),
        ("/v1/me/top/tracks", "user-top-read", top_tracks),
        ("/v1/me/top/artists", "user-top-read", top_artists),
        ("/v1/me/player/recently-played", "user-read-recently-played", recent),
        ("/v1/me/playlists", "playlist-read-private", playlists),
        ("/v1/playlists/{playlist_id}", "", playlist),
        ("/v1/playlists/{playlist_id}/items", "playlist-read-private", playlist_items),
        ("/v1/me/library/contains", "user-library-read", contains),
        ("/v1/tracks/{track_id}", "", track),
        ("/v1/albums/{album_id}", "", album),
        ("/v1/albums/{album_id}/tracks", "", album_tracks),
        ("/v1/search", "", search),
        ("/v1/audio-features", "", audio_features),
    )
    return [Route(path, signed_in(fake, scope, handler), methods=["GET"]) for path, scope, handler in table]


async def me(fake, request, listener):
    return JSONResponse(shapes.me(listener, fake.api_url, fake.legacy))


async def saved(fake, request, listener):
    def shape(entry):
        return {"added_at": entry[0], "track": shapes.track_object(entry[1], fake.api_url, fake.legacy)}

    return JSONResponse(_page(fake, request, listener.saved, shape))


async def top_tracks(fake, request, listener):
    span = request.query_params.get("time_range", "medium_term")
    if span not in RANGES:
        raise Refused(400, "Invalid time range")

    def shape(track):
        return shapes.track_object(track, fake.api_url, fake.legacy)

    return JSONResponse(_page(fake, request, listener.top.get(span, []), shape, f"&time_range={span}"))


async def top_artists(fake, request, listener):
    names = list(dict.fromkeys(name for _, track in listener.saved for name in track.artists))
    return JSONResponse(_page(fake, request, names, lambda name: shapes.artist(name, fake.api_url) | {"genres": []}))


async def recent(fake, request, listener):
    limit = limited(request)
    before = int(request.query_params.get("before", 2**53))
    plays = [(at, track) for at, track in listener.recent if at.timestamp() * 1000 < before]
    page, older = plays[:limit], plays[limit:]
    ends = {"after": _ms(page[0][0]), "before": _ms(page[-1][0])} if page else None
    here = f"{fake.api_url}/v1/me/player/recently-played"
    following = f"{here}?before={ends['before']}&limit={limit}" if older else None
    items = [_play(fake, at, track) for at, track in page]
    return JSONResponse({"href": here, "limit": limit, "next": following, "cursors": ends, "items": items})


def _play(fake, at, track):
    played_at = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
    return {"track": shapes.track_object(track, fake.api_url, fake.legacy), "played_at": played_at, "context": None}


def _ms(moment):
    return str(round(moment.timestamp() * 1000))


async def playlists(fake, request, listener):
    return JSONResponse(_page(fake, request, listener.playlists, lambda one: _playlist(fake, listener, one)))


async def playlist(fake, request, listener):
    return JSONResponse(_playlist(fake, listener, fake.playlist(request.path_params["playlist_id"])))


async def playlist_items(fake, request, listener):
    one = fake.playlist(request.path_params["playlist_id"])
    if one.owner != listener.id and not one.is_collaborative:
        raise Refused(403, "Forbidden")

    def shape(entry):
        return shapes.playlist_entry(*entry, one.owner, fake.api_url, fake.legacy)

    return JSONResponse(_page(fake, request, one.entries, shape))


async def contains(fake, request, listener):
    uris = request.query_params.get("uris", "").split(",")
    if not uris[0] or len(uris) > 40:
        raise Refused(400, "Missing required field: uris" if not uris[0] else "Too many uris requested")
    own = {f"spotify:track:{track.id}" for _, track in listener.saved}
    return JSONResponse([uri in own for uri in uris])


async def track(fake, request, listener):
    one = fake.track(request.path_params["track_id"])
    return JSONResponse(shapes.track_object(one, fake.api_url, fake.legacy))


async def album(fake, request, listener):
    on_it = fake.album(request.path_params["album_id"])
    return JSONResponse(shapes.album(on_it[0], fake.api_url))


async def album_tracks(fake, request, listener):
    """Simplified tracks: without their album and their ISRC."""

    def shape(one):
        whole = shapes.track_object(one, fake.api_url, fake.legacy)
        return {name: value for name, value in whole.items() if name not in ("album", "external_ids", "popularity")}

    return JSONResponse(_page(fake, request, fake.album(request.path_params["album_id"]), shape))


async def search(fake, request, listener):
    words = request.query_params.get("q", "").lower()
    isrc = words.removeprefix("isrc:").upper() if words.startswith("isrc:") else None
    found = [t for t in fake.tracks.values() if (t.isrc == isrc if isrc else words in t.name.lower())]
    limit, offset = limited(request, most=10, usual=5), bounded(request, "offset", 0, 1000)

    def shape(one):
        return shapes.track_object(one, fake.api_url, fake.legacy)

    return JSONResponse({"tracks": shapes.paged("/v1/search", found, limit, offset, fake.api_url, shape)})


async def audio_features(fake, request, listener):
    """Closed, as for every app made after 2024-11-27, unless the fake plays an older app."""
    if not fake.serves_audio_features:
        raise Refused(403, "Forbidden")
    ids = request.query_params.get("ids", "").split(",")
    if len(ids) > 100:
        raise Refused(400, "Too many ids requested")
    known = (fake.tracks.get(track_id) for track_id in ids)
    return JSONResponse({"audio_features": [_features(one) if one else None for one in known]})


def _features(one):
    about = {"type": "audio_features", "id": one.id, "uri": f"spotify:track:{one.id}", "duration_ms": one.duration_ms}
    return one.features | about | {"time_signature": 4}


def _playlist(fake, listener, one):
    is_readable = one.owner == listener.id or one.is_collaborative
    return shapes.playlist(one, fake.api_url, fake.legacy, is_readable)


def _page(fake, request, entries, shape, query=""):
    limit, offset = limited(request), bounded(request, "offset", 0, 100_000)
    return shapes.paged(request.url.path, entries, limit, offset, fake.api_url, shape, query)
