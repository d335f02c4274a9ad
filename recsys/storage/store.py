"""The store seam: what the services need from wherever a listener's rows are stored.

Every method takes the listener first and touches that listener's rows only; the exceptions are `app_state`, which
belongs to the whole app and holds nothing of anybody's, `weekly_listeners`, and `check`. A write is acknowledged when
the method returns: from then on no crash of the app loses it. All times are ISO 8601, given by the caller, and returned
in UTC ending in "Z"; text that is not a valid time counts as unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import pandas as pd

MAX_POOL: Final = 20_000
"""Candidates found around a listener that are stored; the oldest answers are dropped first."""


@dataclass(frozen=True)
class Saved:
    """What a write of tracks did: `added` were new, `updated` were known and changed, `unchanged` were known."""

    added: int
    updated: int
    unchanged: int


@dataclass(frozen=True)
class WeeklyList:
    """
    What a listener asked for: new songs every week.

    Attributes
    ----------
    recipe : mapping
        As `Recipe.as_json`, and what the list starts from.
    weekday, songs : int
        The day it is renewed on (0 is Monday, in UTC), and how many songs it holds.
    playlist : str or None
        The name of the Spotify playlist it goes into; None where it goes into none.
    renewed_week, saved_week : str or None
        The day (ISO 8601) that the last list is of, and that of the last one that is in the playlist.
    problem : str or None
        Why the last attempt failed, as a sentence.
    """

    recipe: Mapping[str, Any]
    weekday: int
    songs: int
    playlist: str | None = None
    renewed_week: str | None = None
    saved_week: str | None = None
    problem: str | None = None


class Store(Protocol):
    """
    A listener's rows. Implementations raise `StorageProblem` when the store refuses or does not answer, and
    `ReconnectSpotify` where rows are behind a sign-in of the listener's that has ended.

    Tables of tracks have the columns of `recsys.core.model.tracks.COLUMNS`. Text columns are pandas `str`, numbers
    float64 with NaN where unknown; an infinity counts as unknown, and NUL characters in text are dropped. A row that
    occurs twice in one table is one row, and what the last does not know is taken from the one before. An unknown
    listener is an empty one: reading gives empty tables (with their columns and types) and counting gives zeros.
    """

    def save_tracks(self, listener: str, tracks: pd.DataFrame) -> Saved:
        """
        Add or update tracks by `track_id`. A missing value never overwrites a known one. All rows or none.

        Raises `BadTracks` when the table breaks the rules of `recsys.core.model.tracks`.
        """

    def tracks(self, listener: str) -> pd.DataFrame:
        """The listener's library as a track table, in the order the tracks were first saved."""

    def fingerprint(self, listener: str, with_plays: bool) -> bytes | None:
        """
        A digest of the stored library, thumbs and, if wanted, plays: while it is the same, so are they.

        None where the store cannot make one for less than reading them all, as by default.
        """
        return None

    def until_erased(self, listener: str, key: str) -> "Store":
        """
        This store for a piece of work of the listener's that has a state of this key while it runs.

        A write after an erasure, which removes the state, stores nothing and raises a `StorageProblem`. The default
        is the store itself, for stores that refuse rows of an erased listener anyway.
        """
        return self

    def remove_tracks(self, listener: str, track_ids: Sequence[str]) -> int:
        """Remove tracks with their origins and misses; the number of tracks removed. Unknown ids are no error."""

    def save_origins(self, listener: str, origins: pd.DataFrame) -> None:
        """
        Remember where tracks came from: `track_id`, `origin` (such as "saved", "top_short", "playlist:<id>",
        "file:<name>"), `seen_at`, `rank` (float, may be missing). Saving the same origin again updates it. The tracks
        need not be saved yet.
        """

    def origins(self, listener: str) -> pd.DataFrame:
        """All origins by track and origin: `track_id, origin, seen_at, rank`."""

    def remove_origins(self, listener: str, origin: str, track_ids: Sequence[str]) -> int:
        """Forget that these tracks came from there (a song taken off a playlist); the tracks stay. Number removed."""

    def save_plays(self, listener: str, plays: pd.DataFrame) -> int:
        """
        Add listening history: `track_id, played_at, ms_played` (float, may be missing); the number added.

        `played_at` is stored to the second, so that one play from Spotify's API and from its data export is one.
        """

    def plays(self, listener: str) -> pd.DataFrame:
        """Listening history, oldest first: `track_id, played_at, ms_played`."""

    def save_profile(self, listener: str, profile: Mapping[str, str | None]) -> None:
        """Store `spotify_id`, `display_name` and `avatar_url`, replacing what was stored; other keys are ignored."""

    def profile(self, listener: str) -> dict[str, str | None] | None:
        """What `save_profile` stored, or None."""

    def save_recommendations(self, listener: str, recommendations: pd.DataFrame) -> None:
        """Replace the stored list: `track_id, score, created_at`, each track once, every score a number."""

    def recommendations(self, listener: str) -> pd.DataFrame:
        """The stored list, best first: `track_id, score, created_at`."""

    def save_recipe(self, listener: str, name: str, recipe: Mapping[str, Any]) -> None:
        """
        Store a named recipe (saved weights and filters) as JSON; the same name replaces it.

        Raises `BadValue` where the name is longer than `quotas.LONGEST_NAME`.
        """

    def recipes(self, listener: str) -> dict[str, dict[str, Any]]:
        """All recipes by name, in the order of their names."""

    def remove_recipe(self, listener: str, name: str) -> None:
        """Remove a recipe; an unknown name is no error."""

    def save_feedback(self, listener: str, track: pd.DataFrame, liked: bool, at: str) -> None:
        """Store a thumbs-up or thumbs-down for one track (a one-row track table); the last word counts."""

    def feedback(self, listener: str) -> pd.DataFrame:
        """Tracks with a thumb, oldest first: the track table's columns plus `liked` (bool) and `at`."""

    def remove_feedback(self, listener: str, track_id: str) -> None:
        """Remove the rating of a track; an unknown track is no error."""

    def save_state(self, listener: str, key: str, value: Mapping[str, Any]) -> None:
        """Store a piece of JSON under a key (sync cursors, probe results, saved playlists, consents)."""

    def state(self, listener: str, key: str) -> dict[str, Any] | None:
        """What `save_state` stored under the key, or None."""

    def states(self, listener: str, prefix: str) -> dict[str, dict[str, Any]]:
        """What `save_state` stored under keys that begin with the prefix, by key, sorted; empty if there is none."""

    def remove_state(self, listener: str, key: str) -> None:
        """Remove a key; an unknown one is no error."""

    def save_misses(self, listener: str, misses: pd.DataFrame) -> None:
        """
        Remember that a feature source does not know tracks: `track_id, source, asked_at`. Asking again moves the time.
        """

    def misses(self, listener: str, since: str = "") -> pd.DataFrame:
        """Misses asked at `since` or later, by track and source: `track_id, source, asked_at`."""

    def save_pool(self, listener: str, tracks: pd.DataFrame, answered_at: str, at_most: int = MAX_POOL) -> int:
        """
        Add candidates that were found around the listener, as a source answered: a known one is replaced.

        Only the `at_most` that were answered last are stored; of those answered at the same time, the ones whose ids
        come first. The number now stored. All rows or none. Raises `BadTracks` as `save_tracks`.
        """

    def pool(self, listener: str) -> pd.DataFrame:
        """The candidates found around the listener, oldest answers first: the track table and `answered_at`."""

    def remove_pool(self, listener: str) -> None:
        """Remove all candidates found around the listener."""

    def save_weekly(self, listener: str, wanted: WeeklyList) -> None:
        """Ask for a list every week, or change recipe, weekday, songs or playlist; the rest of it stays as stored."""

    def weekly(self, listener: str) -> WeeklyList | None:
        """What the listener asked for, or None."""

    def remove_weekly(self, listener: str) -> None:
        """Ask for it no longer; the lists of former weeks go too. Not having asked is no error."""

    def save_weekly_songs(self, listener: str, week: str, songs: pd.DataFrame, at: str) -> bool:
        """
        Store the list of a week (ISO 8601 date) in one step: its songs, the stored list, and that it was renewed.

        `songs`: `track_id, title, artists, rank, score`. They replace the stored list as `save_recommendations` does,
        with `at` as `created_at`, and the `problem` is cleared. Nothing happens, and the answer is False, where the
        listener does not ask for a list or has one of this week or a later one: of two processes one is first.
        """

    def note_weekly(self, listener: str, saved_week: str | None, problem: str | None) -> None:
        """Replace `saved_week` and `problem`; not having asked for a list is no error."""

    def weekly_songs(self, listener: str) -> pd.DataFrame:
        """The songs of all weeks, by week and rank: `week, track_id, title, artists, rank, score`."""

    def weekly_listeners(self) -> list[str]:
        """Everybody who asks for a list every week, in the order of their ids. For the server, never for a listener."""

    def log_sent(self, listener: str, to: str, what: str, rows: int, at: str) -> None:
        """Remember that something of the listener's was sent to somebody (such as track ids to ReccoBeats)."""

    def sent(self, listener: str) -> pd.DataFrame:
        """What was sent, oldest first: `at, recipient, what, rows`."""

    def counts(self, listener: str) -> dict[str, int]:
        """Rows per table, every table named, sessions and tokens included."""

    def export(self, listener: str) -> dict[str, pd.DataFrame]:
        """
        Everything of the listener's by table name, as of one moment, tokens and sessions left out.

        Tables have the columns their own methods give; `recipes` has `name, recipe`, `sync_state` has `key, value`,
        both with JSON text; `profiles` has at most one row.
        """

    def erase(self, listener: str) -> dict[str, int]:
        """Remove everything of the listener's, sessions and tokens included; `counts` afterwards (all zero)."""

    def save_app_state(self, key: str, value: Mapping[str, Any]) -> None:
        """Store a piece of JSON for the whole app (until when Spotify blocks us). Nothing of a listener's goes here."""

    def app_state(self, key: str) -> dict[str, Any] | None:
        """What `save_app_state` stored under the key, or None."""

    def replace_app_state(self, key: str, expected: Mapping[str, Any] | None, value: Mapping[str, Any]) -> bool:
        """
        Store `value` only if `expected` is still what is stored (None: nothing is); whether it was.

        For counters shared by threads and processes: read, count, replace; read again when the answer is False.
        """

    def check(self) -> None:
        """Raise `StorageProblem` when the store cannot be reached; used by /health."""
