"""Spotify's JSON as an app in Development Mode gets it since February 2026; `legacy` adds what older apps still see."""

from tests.fakes.spotify.music import EPISODE, LOCAL_FILE, spotify_id


def uri_object(kind, identity, api, **more):
    link = f"https://open.spotify.com/{kind}/{identity}"
    here = {"external_urls": {"spotify": link}, "href": f"{api}/v1/{kind}s/{identity}", "id": identity}
    return here | {"type": kind, "uri": f"spotify:{kind}:{identity}"} | more


def artist(name, api):
    return uri_object("artist", spotify_id("artist", name), api, name=name)


def album(track, api):
    identity = spotify_id("album", track.album)
    sizes = (640, 300, 64)
    images = [{"url": f"https://i.scdn.co/image/{identity}{size}", "height": size, "width": size} for size in sizes]
    dated = {}
    if track.release_date:
        precision = {4: "year", 7: "month"}.get(len(track.release_date), "day")
        dated = {"release_date": track.release_date, "release_date_precision": precision}
    artists = [artist(track.artists[0], api)]
    about = {"album_type": "album", "artists": artists, "images": images, "is_playable": True, "name": track.album}
    return uri_object("album", identity, api, **about, **dated, total_tracks=10)


def track_object(track, api, legacy=False):
    about = {
        "album": album(track, api),
        "artists": [artist(name, api) for name in track.artists],
        "disc_number": 1,
        "duration_ms": track.duration_ms,
        "explicit": track.explicit,
        "external_ids": {"isrc": track.isrc} if track.isrc else {},
        "is_local": False,
        "is_playable": True,
        "name": track.name,
        "preview_url": None,
        "track_number": 1,
    }
    old = {"popularity": 41, "available_markets": ["SE", "DE"], "linked_from": None} if legacy else {}
    return uri_object("track", track.id, api, **about, **old)


def local_object():
    nobody = {"external_urls": {}, "href": None, "id": None, "name": "", "type": "artist", "uri": None}
    return {
        "album": {"artists": [], "images": [], "name": "", "release_date": None, "type": "album", "id": None},
        "artists": [nobody],
        "duration_ms": 181_000,
        "explicit": False,
        "external_ids": {},
        "id": None,
        "is_local": True,
        "name": "My own recording",
        "popularity": 0,
        "type": "track",
        "uri": "spotify:local:::My+own+recording:181",
    }


def episode_object(api):
    show = {"name": "An invented show", "type": "show"}
    return uri_object("episode", spotify_id("episode"), api, name="Episode 1", duration_ms=1_800_000, show=show)


def anything(entry, api, legacy=False):
    """What stands in a playlist: a track, a local file, an episode, or null for what left Spotify."""
    if entry is None:
        return None
    if entry == LOCAL_FILE:
        return local_object()
    return episode_object(api) if entry == EPISODE else track_object(entry, api, legacy)


def me(listener, api, legacy=False):
    old = {"email": f"{listener.id}@example.org", "country": "SE", "product": "premium", "followers": {"total": 3}}
    about = {"account_id": listener.account_id, "display_name": listener.display_name, "images": []}
    return uri_object("user", listener.id, api, **about, **(old if legacy else {}))


def playlist(one, api, legacy=False, is_readable=True):
    """Of a playlist that is somebody else's, nothing about its contents is sent."""
    contents = {"href": f"{api}/v1/playlists/{one.id}/items", "total": len(one.entries)}
    about = {
        "collaborative": one.is_collaborative,
        "description": one.description,
        "images": None,
        "name": one.name,
        "owner": uri_object("user", one.owner, api, display_name=one.owner.title()),
        "public": one.is_public,
        "snapshot_id": one.snapshot_id,
    }
    names = ("items", "tracks") if legacy else ("items",)
    return uri_object("playlist", one.id, api, **about, **(dict.fromkeys(names, contents) if is_readable else {}))


def playlist_entry(added_at, entry, owner, api, legacy=False):
    found = anything(entry, api, legacy)
    about = {"added_at": added_at, "added_by": uri_object("user", owner, api), "is_local": entry == LOCAL_FILE}
    return about | {"item": found} | ({"track": found} if legacy else {})


def paged(path, entries, limit, offset, api, shape, query=""):
    """One page of a list, each entry given a shape. `next` and `previous` are whole addresses, as Spotify's are."""

    def at(start):
        return f"{api}{path}?offset={start}&limit={limit}{query}"

    return {
        "href": at(offset),
        "limit": limit,
        "next": at(offset + limit) if offset + limit < len(entries) else None,
        "offset": offset,
        "previous": at(max(0, offset - limit)) if offset else None,
        "total": len(entries),
        "items": [shape(entry) for entry in entries[offset : offset + limit]],
    }
