"""The store seam: what the services need from wherever a listener's rows are kept.

Every method takes the listener first and touches that listener's rows only. Writes are acknowledged when the method
returns: from then on no crash loses them. All times are ISO 8601 in UTC, given by the caller.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd


@dataclass(frozen=True)
class Saved:
    """What a write of tracks did: `added` were new, `updated` were known and changed, `unchanged` were known."""

    added: int
    updated: int
    unchanged: int


class Store(Protocol):
    """
    A listener's rows. Implementations raise `StorageProblem` when the store refuses or does not answer.

    Tables of tracks have the columns of `recsys.core.tracks.COLUMNS`. An unknown listener is an empty one: reading
    gives empty tables and counting gives zeros.
    """

    def save_tracks(self, listener: str, tracks: pd.DataFrame) -> Saved:
        """Add or update tracks by `track_id`. A missing value never overwrites a known one. All rows or none."""

    def tracks(self, listener: str) -> pd.DataFrame:
        """The listener's library as a track table, in the order the tracks were first saved."""

    def remove_tracks(self, listener: str, track_ids: Sequence[str]) -> int:
        """Remove tracks with their origins; the number removed."""

    def save_origins(self, listener: str, origins: pd.DataFrame) -> None:
        """
        Remember where tracks came from: `track_id`, `origin` (such as "saved", "top_short", "playlist:<id>",
        "file:<name>"), `seen_at`, `rank` (float, may be missing). Saving the same origin again updates it.
        """

    def origins(self, listener: str) -> pd.DataFrame:
        """All origins: `track_id, origin, seen_at, rank`."""

    def save_plays(self, listener: str, plays: pd.DataFrame) -> int:
        """Add listening history: `track_id, played_at, ms_played`. The same play twice is one; the number added."""

    def plays(self, listener: str) -> pd.DataFrame:
        """Listening history, oldest first: `track_id, played_at, ms_played`."""

    def save_profile(self, listener: str, profile: Mapping[str, str | None]) -> None:
        """Keep `spotify_id`, `display_name` and `avatar_url`."""

    def profile(self, listener: str) -> dict[str, str | None] | None:
        """What `save_profile` kept, or None."""

    def save_recommendations(self, listener: str, recommendations: pd.DataFrame) -> None:
        """Replace the kept list: `track_id, score, created_at`."""

    def recommendations(self, listener: str) -> pd.DataFrame:
        """The kept list, best first: `track_id, score, created_at`."""

    def save_recipe(self, listener: str, name: str, recipe: Mapping[str, Any]) -> None:
        """Keep a named recipe (saved weights and filters) as JSON; the same name replaces it."""

    def recipes(self, listener: str) -> dict[str, dict[str, Any]]:
        """All recipes by name."""

    def remove_recipe(self, listener: str, name: str) -> None:
        """Forget a recipe; an unknown name is no error."""

    def save_feedback(self, listener: str, track: pd.DataFrame, liked: bool, at: str) -> None:
        """Keep a thumbs-up or thumbs-down for one track (a one-row track table); the last word counts."""

    def feedback(self, listener: str) -> pd.DataFrame:
        """Tracks with a thumb: the track table's columns plus `liked` (bool) and `at`."""

    def remove_feedback(self, listener: str, track_id: str) -> None:
        """Take a thumb back; an unknown track is no error."""

    def save_state(self, listener: str, key: str, value: Mapping[str, Any]) -> None:
        """Keep a piece of JSON under a key (sync cursors, probe results, saved playlists, consents)."""

    def state(self, listener: str, key: str) -> dict[str, Any] | None:
        """What `save_state` kept under the key, or None."""

    def remove_state(self, listener: str, key: str) -> None:
        """Forget a key; an unknown one is no error."""

    def log_sent(self, listener: str, to: str, what: str, rows: int, at: str) -> None:
        """Remember that something of the listener's was sent to somebody (such as track ids to ReccoBeats)."""

    def sent(self, listener: str) -> pd.DataFrame:
        """What was sent, oldest first: `at, recipient, what, rows`."""

    def counts(self, listener: str) -> dict[str, int]:
        """Rows per table, every table named, sessions and tokens included."""

    def export(self, listener: str) -> dict[str, pd.DataFrame]:
        """Everything of the listener's by table, tokens and sessions left out."""

    def erase(self, listener: str) -> dict[str, int]:
        """Remove everything of the listener's, sessions and tokens included; `counts` afterwards (all zero)."""

    def check(self) -> None:
        """Raise `StorageProblem` when the store cannot be reached; used by /health."""
