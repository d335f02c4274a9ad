"""Songs by words or by a Spotify link, in a listener's library and in the catalogue they are compared with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, NamedTuple, cast

import numpy as np
import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.search import SongIndex
from recsys.core.model.arrays import Integers
from recsys.core.model.identity import song_hashes
from recsys.core.model.tracks import SPOTIFY_ID, as_tracks

LinkKind = Literal["track", "album", "playlist"]

_LINK: Final = re.compile(
    r"(?<!\s)\s*+(?:spotify:|(?:https?://)?(?:open|play)\.spotify\.com/(?:intl-[a-z]{2,5}(?:-[a-zA-Z]{2,4})?/|embed/)?)"
    rf"(track|album|playlist)[:/]({SPOTIFY_ID})(?![0-9A-Za-z])"
)


class SpotifyLink(NamedTuple):
    """What a link points at."""

    kind: LinkKind
    id: str


def read_link(text: str) -> SpotifyLink | None:
    """The track, album or playlist of a link or URI as Spotify shares them; None for any other text."""
    found = _LINK.match(text)
    return SpotifyLink(cast("LinkKind", found[1]), found[2]) if found else None


@dataclass(frozen=True)
class FoundSong:
    """A song that a list can start from; `is_own` when it is in the library."""

    track_id: str
    title: str
    artists: str
    is_own: bool

    @property
    def name(self) -> str:
        """Title and artists, as a chip shows them."""
        return f"{self.title} by {self.artists.replace(';', ',')}"


class SongSearch:
    """
    Parameters
    ----------
    library : DataFrame
        A track table.
    catalogue : Catalogue
    """

    def __init__(self, library: pd.DataFrame, catalogue: Catalogue) -> None:
        self.library, self.catalogue = library, catalogue

    @cached_property
    def _own_index(self) -> SongIndex:
        return SongIndex(self.library)

    @cached_property
    def _own_songs(self) -> Integers:
        return song_hashes(self.library)

    def search(self, query: str, limit: int = 8) -> list[FoundSong]:
        """
        The songs that match best: the listener's own first, at most half of `limit` where the catalogue has more.

        A song of the catalogue that the library has as well is shown once, as their own.
        """
        own_rows = self._own_index.search(query, limit)
        others = self.catalogue.search_index.search(query, 2 * limit)
        others = others[~np.isin(self.catalogue.songs[others], self._own_songs)]
        own_rows = own_rows[: max(limit // 2, limit - len(others))]
        found = _songs(self.library, own_rows, is_own=True)
        return [*found, *_songs(self.catalogue.tracks, others[: limit - len(found)], is_own=False)]

    def by_id(self, track_ids: Sequence[str]) -> list[FoundSong]:
        """The songs of these ids that the library or the catalogue knows, the library's first."""
        own = np.flatnonzero(self.library["track_id"].isin(track_ids))
        held = set(self.library["track_id"].iloc[own])
        rows = self.catalogue.rows_of([track_id for track_id in track_ids if track_id not in held])
        others = np.fromiter(dict.fromkeys(rows.values()), dtype=np.int64)
        return [*_songs(self.library, own, is_own=True), *_songs(self.catalogue.tracks, others, is_own=False)]

    def tracks_of(self, track_ids: Sequence[str]) -> pd.DataFrame:
        """A track table of these songs; the catalogue's come without their features, which the engine looks up."""
        own = self.library[self.library["track_id"].isin(track_ids)]
        others = [track_id for track_id in track_ids if track_id not in set(own["track_id"])]
        rows = list(dict.fromkeys(self.catalogue.rows_of(others).values()))
        return pd.concat([own, as_tracks(self.catalogue.tracks.iloc[rows])], ignore_index=True)

    def ids_of(self, tracks: pd.DataFrame) -> list[str]:
        """
        The ids under which the library or the catalogue has the songs of a track table, in its order, each once.

        By id, else by title and artists: an album has other ids for the songs of its singles.
        """
        own = pd.Series(self.library["track_id"].to_numpy(), index=self._own_songs)
        own = own[~own.index.duplicated()].reindex(song_hashes(tracks)).to_numpy()
        rows = self.catalogue.rows_of_songs(tracks)
        by_id = self.known(tracks["track_id"].tolist())
        ids = self.catalogue.tracks["track_id"]
        found = [
            track_id if track_id in by_id else mine if isinstance(mine, str) else str(ids.iloc[row]) if row >= 0 else ""
            for track_id, mine, row in zip(tracks["track_id"], own, rows, strict=True)
        ]
        return [one for one in dict.fromkeys(found) if one]

    def known(self, track_ids: Sequence[str]) -> set[str]:
        """Those of the ids that the library or the catalogue knows."""
        own = set(self.library["track_id"]).intersection(track_ids)
        return own | self.catalogue.rows_of(track_ids).keys()


def _songs(tracks: pd.DataFrame, rows: Integers, is_own: bool) -> list[FoundSong]:
    shown = tracks[["track_id", "title", "artists"]].iloc[rows].astype("str")
    return [FoundSong(row.track_id, row.title, row.artists, is_own) for row in shown.itertuples(index=False)]
