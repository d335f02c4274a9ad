"""What a list starts from instead of the whole library: songs, lists and tastes; and what it stays away from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

LISTS: Final[Mapping[str, str]] = {
    "top_short": "Most played in the last four weeks",
    "top_medium": "Most played in the last six months",
    "top_long": "Most played of all time",
    "saved": "Saved songs",
    "recent": "Recently played",
}
"""Lists of Spotify's by the origin they are stored under, and what a listener calls them."""

PLAYLIST: Final = "playlist:"
FILE: Final = "file:"


@dataclass(frozen=True)
class Part:
    """
    Something to start from.

    Attributes
    ----------
    name : str
        What a listener calls it: a title with its artists, a playlist, a taste.
    track_ids : tuple of str
    origin : str
        The stored list that it is, such as "top_short": a saved recipe reads it again. Empty for others.
    """

    name: str
    track_ids: tuple[str, ...]
    origin: str = ""


@dataclass(frozen=True)
class Start:
    """
    Where a list starts: the union of `parts`, or the whole library without any; `minus` is what to stay away from.

    Parts are immutable and in the order they were added. Adding one that is there already changes nothing.
    """

    parts: tuple[Part, ...] = ()
    minus: tuple[Part, ...] = ()

    @property
    def seeds(self) -> tuple[str, ...]:
        """The track ids of all parts, each once."""
        return _ids(self.parts)

    @property
    def name(self) -> str:
        """What the list starts from, in words; empty where it is the whole library."""
        return " and ".join(part.name for part in self.parts)

    @property
    def in_words(self) -> str:
        """What the list starts from and stays away from."""
        away = " and ".join(part.name for part in self.minus)
        return f"{self.name or 'the whole library'}{f' away from {away}' if away else ''}"

    @property
    def away(self) -> tuple[str, ...]:
        """The track ids of what to stay away from, each once."""
        return _ids(self.minus)

    def plus(self, part: Part) -> "Start":
        """With another part, which is then not among those to stay away from."""
        rest = tuple(other for other in self.minus if other.track_ids != part.track_ids)
        return Start((*self.parts, *({part} - {*self.parts})), rest)

    def less(self, part: Part) -> "Start":
        """Staying away from another part, which is then not one to start from."""
        rest = tuple(other for other in self.parts if other.track_ids != part.track_ids)
        return Start(rest, (*self.minus, *({part} - {*self.minus})))

    def without(self, part: Part) -> "Start":
        """With neither the one nor the other of a part."""
        return Start(
            tuple(other for other in self.parts if other != part),
            tuple(other for other in self.minus if other != part),
        )

    def as_json(self) -> dict[str, Any]:
        """Plain values; a part that is a stored list is written without its songs."""
        return {"parts": [_as_json(part) for part in self.parts], "minus": [_as_json(part) for part in self.minus]}

    @classmethod
    def from_json(cls, stored: Any, origins: pd.DataFrame) -> "Start":
        """
        What `as_json` wrote; anything else is an empty start.

        `origins` are the stored lists as they are now: `track_id, origin`.
        """
        if not isinstance(stored, Mapping):
            return cls()
        read: dict[str, list[Part]] = {"parts": [], "minus": []}
        for name, parts in read.items():
            listed = stored.get(name)
            for one in listed if isinstance(listed, list) else []:
                if not isinstance(one, Mapping) or not isinstance(one.get("name"), str):
                    continue
                origin, songs = one.get("origin", ""), one.get("songs", [])
                if origin:
                    songs = origins.loc[origins["origin"] == origin, "track_id"].tolist()
                if isinstance(songs, list):
                    parts.append(Part(one["name"], tuple(str(song) for song in songs), str(origin)))
        return cls(tuple(read["parts"]), tuple(read["minus"]))

    def known(self, track_ids: Iterable[str]) -> tuple["Start", list[str]]:
        """The same without the songs that are not among these, and the names of the parts that are then empty."""
        there = set(track_ids)
        found = [
            [replace(part, track_ids=tuple(i for i in part.track_ids if i in there)) for part in parts]
            for parts in (self.parts, self.minus)
        ]
        gone = [part.name for parts in found for part in parts if not part.track_ids]
        parts, minus = (tuple(part for part in parts if part.track_ids) for parts in found)
        return Start(parts, minus), gone


def stored_lists(origins: pd.DataFrame, playlists: Mapping[str, str], known: pd.Series) -> list[Part]:
    """
    The listener's own lists that something is known of, Spotify's first, then playlists and files by name.

    Parameters
    ----------
    origins : DataFrame
        `track_id, origin` of every stored list.
    playlists : mapping of playlist id to name
    known : Series of str
        Track ids that can be started from.
    """
    here = origins[origins["origin"].isin({*LISTS}) | origins["origin"].str.startswith((PLAYLIST, FILE))]
    here = here[here["track_id"].isin(known)]
    found = []
    for name, rows in here.groupby("origin", sort=True):
        origin = str(name)
        title = LISTS.get(origin, origin.removeprefix(FILE))
        if origin.startswith(PLAYLIST):
            title = f"Playlist “{playlists.get(origin.removeprefix(PLAYLIST), 'without a name')}”"
        found.append(Part(title, tuple(rows["track_id"].tolist()), origin))
    order = {name: place for place, name in enumerate(LISTS)}
    return sorted(found, key=lambda part: (order.get(part.origin, len(order)), part.name.casefold()))


def _ids(parts: tuple[Part, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(track_id for part in parts for track_id in part.track_ids))


def _as_json(part: Part) -> dict[str, Any]:
    songs = {"origin": part.origin} if part.origin else {"songs": list(part.track_ids)}
    return {"name": part.name, **songs}
