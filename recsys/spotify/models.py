"""What Spotify says, as records: the listener, pages of their lists, playlists, and what works for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from recsys.core.model.plays import no_plays

PLAYLIST_LINK: Final = "https://open.spotify.com/playlist/"


@dataclass(frozen=True)
class Me:
    """The listener. `listener_key` is what rows are stored under: it does not change when the user name does."""

    spotify_id: str
    listener_key: str
    display_name: str
    avatar_url: str | None


@dataclass(frozen=True)
class Page:
    """
    One page of a listener's tracks. `found == len(tracks) + sum(skipped.values())`, always.

    Attributes
    ----------
    tracks : DataFrame
        A track table in Spotify's order, without audio features.
    ranks : tuple of int
        For each row its place in Spotify's list, from 1.
    skipped : mapping of reason to count
        Entries that are no row of the table, and why.
    next_cursor : str or None
        What to give to the same method for the next page; None at the end. It stays valid for days.
    total : int or None
        Entries in the whole list as Spotify counts now; None where it does not say.
    plays : DataFrame
        `track_id, played_at, ms_played`; rows for recently played tracks only.
    """

    tracks: pd.DataFrame
    ranks: tuple[int, ...]
    skipped: Mapping[str, int]
    next_cursor: str | None
    total: int | None
    plays: pd.DataFrame = field(default_factory=no_plays)

    @property
    def found(self) -> int:
        """Entries Spotify sent on this page."""
        return len(self.tracks) + sum(self.skipped.values())


@dataclass(frozen=True)
class Playlist:
    """One playlist. `snapshot_id` changes whenever its contents do; `total` is missing for some that are followed."""

    playlist_id: str
    name: str
    owner_id: str
    is_collaborative: bool
    snapshot_id: str | None
    total: int | None
    description: str

    @property
    def link(self) -> str:
        """The playlist on Spotify."""
        return PLAYLIST_LINK + self.playlist_id

    def is_readable_by(self, spotify_id: str) -> bool:
        """True when Spotify shows its tracks to this listener: it is their own, or they may edit it."""
        return self.owner_id == spotify_id or self.is_collaborative


@dataclass(frozen=True)
class PlaylistPage:
    """One page of the listener's list of playlists, followed ones included."""

    playlists: tuple[Playlist, ...]
    next_cursor: str | None
    total: int | None


@dataclass(frozen=True)
class Contents:
    """
    What is in a playlist: tracks in order, each once, and how many `others` (podcasts, files of the listener's
    own, tracks that are gone) there are.
    """

    track_ids: tuple[str, ...] = ()
    others: int = 0


@dataclass(frozen=True)
class Finding:
    """
    What a probe showed: whether something works with this listener's Spotify, why not, and how to fix it.

    `works` is None when it could not be found out today. `reason` is "" when it works, otherwise a key of
    `error_mapping.BY_REASON` or one of `quota`, `reconnect`, `unreachable`, `untried`; `why` and `remedy` are
    sentences.
    """

    name: str
    title: str
    works: bool | None
    reason: str = ""
    why: str = ""
    remedy: str = ""
