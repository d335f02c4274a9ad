"""The songs of an album or a playlist that a listener pasted a link to, read from Spotify."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import pandas as pd

from recsys.services.song_search import SpotifyLink
from recsys.spotify.models import Page

MOST_SONGS: Final = 1_000
"""Songs of one list that are read, fifty a request."""


class SpotifyLists(Protocol):
    """What is read of Spotify, see `recsys.spotify.library.SpotifyLibrary`; every call is one request."""

    def album_name(self, album_id: str) -> str | None: ...
    def album_tracks(self, album_id: str, cursor: str | None = None) -> Page: ...
    def playlist_items(self, playlist_id: str, cursor: str | None = None) -> Page: ...


@dataclass(frozen=True)
class LinkedList:
    """
    What a link leads to.

    Attributes
    ----------
    kind : "album" or "playlist"
    name : str
        Of an album; empty where Spotify does not say, and of a playlist.
    tracks : DataFrame
        A track table of its first `MOST_SONGS` songs.
    total : int
        How many songs Spotify counts; the number of `tracks` where it does not.
    """

    kind: str
    name: str
    tracks: pd.DataFrame
    total: int


def read_linked_list(spotify: SpotifyLists, link: SpotifyLink) -> LinkedList:
    """
    Read the songs of an album or a playlist, page by page.

    Raises
    ------
    SpotifyProblem
        As `Api.send`; a playlist of somebody else's is refused.
    """
    read: Callable[[str, str | None], Page]
    read = spotify.album_tracks if link.kind == "album" else spotify.playlist_items
    name = (spotify.album_name(link.id) or "") if link.kind == "album" else ""
    page = read(link.id, None)
    pages, found = [page.tracks], len(page.tracks)
    while page.next_cursor is not None and found < MOST_SONGS:
        page = read(link.id, page.next_cursor)
        pages.append(page.tracks)
        found += len(page.tracks)
    tracks = pd.concat(pages, ignore_index=True).drop_duplicates("track_id").head(MOST_SONGS)
    return LinkedList(link.kind, name, tracks.reset_index(drop=True), page.total or len(tracks))
