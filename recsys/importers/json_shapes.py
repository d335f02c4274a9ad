"""Tracks in JSON of any shape: found by what an object holds, not by what is wrapped around it."""

from collections.abc import Iterator, Mapping
from enum import IntFlag, auto
from functools import lru_cache
from typing import Any, Final

from recsys.importers.columns import ALIASES, MOST_HEADER, tidy_name

OTHERS: Final = frozenset(
    [
        *("album", "albums", "artist", "artists", "owner", "user", "users", "playlist", "playlists", "addedby"),
        *("context", "show", "images", "followers", "artistcredit", "primaryartist", "featuredartists"),
        *("why", "contributions"),  # in our own lists: what each feature adds to the score, by the feature's name
    ]
)
"""Keys of objects that are no part of a track: a name inside is theirs."""

NO_TRACKS: Final = OTHERS - {"playlists", "playlist", "albums"}
"""Keys of lists that hold no tracks."""

TRACK_KEYS: Final = frozenset(alias for names in ALIASES.values() for alias in names)
LONGEST_KEY: Final = max(map(len, TRACK_KEYS))
DEEPEST: Final = 12
MOST_LOOKED_AT: Final = 20
MOST_KEYS: Final = 2_000
"""Keys of one object that are looked at."""

XML_TEXTS: Final = ("#text", "$t", "_text")
"""Keys of the text of an element, in XML written as JSON."""


class Names(IntFlag):
    """What an object, or the objects inside it, name."""

    NOTHING = 0
    TITLE = auto()
    ARTISTS = auto()
    LINK = auto()
    EPISODE = auto()
    TRACKS_INSIDE = auto()

    @property
    def title_and_artists(self) -> bool:
        """True for what names both."""
        return Names.TITLE in self and Names.ARTISTS in self and Names.EPISODE not in self

    @property
    def is_track(self) -> bool:
        """True for a title and artists, or a Spotify URI or link of a track."""
        return self.title_and_artists or (Names.LINK in self and Names.EPISODE not in self)

    @property
    def holds_tracks(self) -> bool:
        """True for a track, and for what holds one at any depth."""
        return self.is_track or Names.TRACKS_INSIDE in self


CATEGORIES: Final = {
    alias: flag for ours, flag in (("title", Names.TITLE), ("artists", Names.ARTISTS)) for alias in ALIASES[ours]
}


def tracks_in(value: Any) -> Iterator[Any]:
    """
    The tracks inside a value, each as a flat object; an entry of a list that holds none is given as it is.

    A playlist gives its tracks, an album or an answer of Spotify's too. Linear in the size of the value: every object
    is looked at once, however deep it is.
    """
    return _tracks(value, 0, _Survey())


def _tracks(value: Any, depth: int, survey: "_Survey") -> Iterator[Any]:
    if isinstance(value, str) and _has_link(value):
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
    inner = [(tidy_name(str(key)), each) for key, each in value.items() if isinstance(each, Mapping)]
    if not (objects or inner):
        yield value
        return
    holders: list[Any] = []
    if depth < DEEPEST:
        if any(survey.names_in(entry, depth + 1).holds_tracks for entry in objects):
            holders = [entry for each in lists for entry in each]
        else:
            whole = survey.names_in(value, depth)
            found = [(key, each, survey.names_in(each, depth + 1)) for key, each in inner]
            named = [each for key, each, names in found if key not in NO_TRACKS and names.title_and_artists]
            others = [] if whole.is_track else [each for _, each, names in found if names.holds_tracks]
            holders = named if len(named) > 1 else others
    for holder in holders:
        yield from _tracks(holder, depth + 1, survey)
    if not holders:
        yield flattened(value)


class _Survey:
    """What the objects inside one JSON value name. An object is looked at once, on behalf of all that it is inside."""

    def __init__(self) -> None:
        self._known: dict[int, Names] = {}

    def names_in(self, value: Any, depth: int) -> Names:
        """What an object at a depth of the value names, as `flattened` would name it."""
        if not isinstance(value, Mapping):
            return Names.NOTHING
        known = self._known.get(id(value))
        return self._look(value, depth, (), []) if known is None else known

    def _look(self, value: Mapping[str, Any], depth: int, path: tuple[str, ...], above: list[Names]) -> Names:
        """Look at an object at a path of tidied keys, inside objects of whose names `above` is what is known yet."""
        above.append(Names.NOTHING)
        for key, each in value.items():
            tidied = tidy_name(str(key))
            inside = Names.NOTHING
            if isinstance(each, Mapping) and depth < DEEPEST:
                inside = self._look(each, depth + 1, (*path, tidied), above)
            else:
                _add_leaf(path if path and key in XML_TEXTS else (*path, tidied), each, above)
                if isinstance(each, list) and depth < DEEPEST and tidied not in NO_TRACKS:
                    for entry in each[:MOST_LOOKED_AT]:
                        inside |= self.names_in(entry, depth + 1)
            if inside.holds_tracks and tidied not in NO_TRACKS:
                above[-1] |= Names.TRACKS_INSIDE
        names = above.pop()
        if value:  # an empty object takes less memory than its entry would
            self._known[id(value)] = names
        return names


def _add_leaf(path: tuple[str, ...], value: Any, objects: list[Names]) -> None:
    """Add what a leaf names to each of the objects that it is inside, by the path from there."""
    if not value:
        return
    last_of_others = max((at for at, key in enumerate(path[:-1]) if key in OTHERS), default=-1)
    if path[-1] == "type" and value == "episode":
        for at in range(last_of_others + 1, len(objects)):
            objects[at] |= Names.EPISODE
    if isinstance(value, str) and _has_link(value):
        for at in range(len(objects)):
            objects[at] |= Names.LINK
    for at, start in _starts(path):
        if at < len(objects) and (category := CATEGORIES.get("".join(path[start:]))):
            objects[at] |= category


def _starts(path: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """
    For each place of a path of tidied keys the place where a known name starts that is the first from there on.

    A key of `OTHERS` between the two hides whose the name is, so that there is none.
    """
    known: list[int] = []
    name = ""
    for at in range(len(path) - 1, -1, -1):
        if path[at] in OTHERS:
            known.clear()  # seen from here and above, a name below this key is not the track's
        if len(name) > LONGEST_KEY and not known:
            return
        if len(name) <= LONGEST_KEY:
            name = path[at] + name
            if name in TRACK_KEYS:
                known.append(at)
        if known:
            yield at, known[-1]


def _has_link(text: str) -> bool:
    return "spotify:track:" in text or "open.spotify.com/track/" in text


def rows_of_columns(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a table written by columns, as pandas does: `{"title": {"0": …}}`, or `columns` beside `data`."""
    names, data = value.get("columns"), value.get("data")
    if isinstance(names, list) and isinstance(data, list) and all(isinstance(row, list) for row in data):
        return [dict(zip(map(str, names), row, strict=False)) for row in data]
    columns = [(key, each) for key, each in value.items() if isinstance(each, Mapping)]
    if len(columns) < 2 or not all(str(at).isdigit() for _, each in columns for at in each):
        return []
    rows = columns[0][1]
    if any(len(each) != len(rows) for _, each in columns):  # or a few keys would stand for millions of cells
        return []
    return [{key: each.get(at) for key, each in columns} for at in rows]


def flattened(value: Mapping[str, Any]) -> dict[str, Any]:
    """
    One object with the values of the objects inside: `track.album.name` becomes `albumname`.

    Names of what is around a track are left out as far as the rest is known; a podcast episode gives nothing.
    """
    found: dict[str, Any] = {}
    for whole, each in _leaves(value, ()):
        path = whole[:-1] if len(whole) > 1 and whole[-1] in XML_TEXTS else whole
        if path[-1] == "type" and each == "episode" and not OTHERS & set(path):
            return {}
        is_short = sum(map(len, path)) <= MOST_HEADER  # the cache holds no others
        found.setdefault((_name if is_short else _name.__wrapped__)(path), each)
        if len(found) > MOST_KEYS:
            break
    return found


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
    start = dict(_starts(tuple(map(tidy_name, path)))).get(0, 0)
    return ".".join(path[start:])
