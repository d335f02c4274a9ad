"""Tracks in JSON of any shape: found by what an object holds, not by what is wrapped around it."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from recsys.importers.columns import ALIASES, tidy_name

OTHERS: Final = frozenset(
    [
        *("album", "albums", "artist", "artists", "owner", "user", "users", "playlist", "playlists", "addedby"),
        *("context", "show", "images", "followers", "artistcredit", "primaryartist", "featuredartists"),
    ]
)
"""Keys of objects that are no part of a track: a name inside is theirs."""

NO_TRACKS: Final = OTHERS - {"playlists", "playlist", "albums"}
"""Keys of lists that hold no tracks."""

TRACK_KEYS: Final = frozenset(alias for names in ALIASES.values() for alias in names)
IDENTITY: Final = tuple(frozenset(ALIASES[ours]) for ours in ("title", "artists"))
DEEPEST: Final = 12
MOST_LOOKED_AT: Final = 20
MOST_KEYS: Final = 2_000
"""Keys of one object that are looked at."""


def tracks_in(value: Any, depth: int = 0) -> Iterator[Any]:
    """
    The tracks inside a value, each as a flat object; an entry of a list that holds none is given as it is.

    A playlist gives its tracks, an album or an answer of Spotify's too.
    """
    if isinstance(value, str) and is_track({"": value}):
        yield {"uri": value}
        return
    if not isinstance(value, Mapping):
        yield value
        return
    if columns := rows_of_columns(value):
        yield from columns
        return
    lists = [each for key, each in value.items() if isinstance(each, list) and tidy_name(str(key)) not in NO_TRACKS]
    objects = [entry for each in lists for entry in each if isinstance(entry, Mapping)]
    inner = [each for each in value.values() if isinstance(each, Mapping)]
    if not (objects or inner):
        yield value
        return
    if objects and depth < DEEPEST and any(holds_tracks(entry, depth + 1) for entry in objects):
        for each in lists:
            for entry in each:
                yield from tracks_in(entry, depth + 1)
        return
    flat = flattened(value)
    named = [each for key, each in value.items() if tidy_name(str(key)) not in NO_TRACKS and has_names(each)]
    holders = (
        named if len(named) > 1 else [] if is_track(flat) else [each for each in inner if holds_tracks(each, depth + 1)]
    )
    for holder in holders:
        yield from tracks_in(holder, depth + 1)
    if not holders:
        yield flat


def rows_of_columns(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a table written by columns, as pandas does: `{"title": {"0": …}}`, or `columns` beside `data`."""
    names, data = value.get("columns"), value.get("data")
    if isinstance(names, list) and isinstance(data, list) and all(isinstance(row, list) for row in data):
        return [dict(zip(map(str, names), row, strict=False)) for row in data]
    columns = [(key, each) for key, each in value.items() if isinstance(each, Mapping)]
    if len(columns) < 2 or not all(str(at).isdigit() for _, each in columns for at in each):
        return []
    return [{key: each.get(at) for key, each in columns} for at in columns[0][1]]


def has_names(value: Any) -> bool:
    """True for an object that names a title and artists itself."""
    keys = {tidy_name(key) for key, each in flattened(value).items() if each} if isinstance(value, Mapping) else set()
    return all(keys & names for names in IDENTITY)


def holds_tracks(value: Any, depth: int = 0) -> bool:
    """True for a track, and for what holds one at any depth."""
    if depth > DEEPEST or not isinstance(value, Mapping):
        return False
    if is_track(flattened(value)):
        return True
    for key, each in value.items():
        if tidy_name(str(key)) in NO_TRACKS:
            continue
        entries: list[Any] = each[:MOST_LOOKED_AT] if isinstance(each, list) else [each]
        if any(holds_tracks(entry, depth + 1) for entry in entries):
            return True
    return False


def flattened(value: Mapping[str, Any]) -> dict[str, Any]:
    """
    One object with the values of the objects inside: `track.album.name` becomes `albumname`.

    Names of what is around a track are left out as far as the rest is known; a podcast episode gives nothing.
    """
    found: dict[str, Any] = {}
    for whole, each in _leaves(value, ()):
        path = whole[:-1] if len(whole) > 1 and whole[-1] in ("#text", "$t", "_text") else whole  # XML as JSON
        if path[-1] == "type" and each == "episode" and not OTHERS & set(path):
            return {}
        found.setdefault(_name(path), each)
        if len(found) > MOST_KEYS:
            break
    return found


def is_track(flat: Mapping[str, Any]) -> bool:
    """True if a flat object names a track: a title and artists, or a Spotify URI or link of one."""
    keys = {tidy_name(key): each for key, each in flat.items() if each}
    if all(keys.keys() & names for names in IDENTITY):
        return True
    texts = [str(each) for each in keys.values() if isinstance(each, str)]
    return any("spotify:track:" in text or "open.spotify.com/track/" in text for text in texts)


def _leaves(value: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, each in value.items():
        here = (*path, str(key))
        if isinstance(each, Mapping) and len(here) < DEEPEST:
            yield from _leaves(each, here)
        else:
            yield here, each


@lru_cache(4096)
def _name(path: tuple[str, ...]) -> str:
    """The key of a leaf: its path from the first place on at which it is known, unless that hides whose it is."""
    if len(path) == 1:
        return path[0]
    for start in range(len(path)):
        if start and tidy_name(path[start - 1]) in OTHERS:
            break
        name = tidy_name("".join(path[start:]))
        if name in TRACK_KEYS:
            return ".".join(path[start:])
    return ".".join(path)
