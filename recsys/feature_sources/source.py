"""The `FeatureSource` protocol, and the chain that queries each source in turn for what is still missing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import pandas as pd

from recsys.core.model.features import AUDIO_FEATURES
from recsys.core.model.tracks import NUMBERS, RANGES
from recsys.errors import NotOffered, SourceBusy

AUDIO: Final = [f.column for f in AUDIO_FEATURES]
ANSWERS: Final = (*NUMBERS, "genres", "isrc")
"""Columns a source may fill in. What is known already is never changed."""


class FeatureSource(Protocol):
    """
    A provider of audio features.

    Attributes
    ----------
    name : str
        Written into the `source` column of what it answers.
    at_once : int
        The most tracks one `look_up` may be given.
    is_online : bool
        True when asking sends track ids to somebody; its misses are worth remembering.
    """

    name: str
    at_once: int
    is_online: bool

    def can_be_asked(self, tracks: pd.DataFrame) -> pd.Series:
        """Which rows it could know at all, as booleans on the table's index (such as: those with a Spotify id)."""

    def look_up(self, tracks: pd.DataFrame) -> pd.DataFrame:
        """
        What it knows about these tracks.

        Parameters
        ----------
        tracks : DataFrame
            A track table of 1 to `at_once` rows that can be asked.

        Returns
        -------
        DataFrame
            `track_id`, any of `ANSWERS`, and optionally `source` where the features came from somebody else. Rows only
            for tracks it knows, each once; no rows is a fine answer.

        Raises
        ------
        NotOffered
            It does not serve this app; asking again this run is pointless.
        SourceBusy
            It cannot answer now.
        """


class NeighbourSource(FeatureSource, Protocol):
    """A feature source that can also name songs like a given one."""

    def neighbours(self, track_id: str, count: int) -> pd.DataFrame:
        """
        Up to `count` songs like one, as a track table; no rows for a song it does not know.

        Raises
        ------
        NotOffered, SourceBusy
            As `look_up`.
        """


class NameSource(Protocol):
    """Finds the Spotify ids of songs by their names. `at_once` is the most tracks one call may be given."""

    name: str
    at_once: int

    def spotify_ids(self, tracks: pd.DataFrame) -> dict[str, str]:
        """The Spotify ids it knows, by `track_id` of the track table. Raises `SourceBusy`."""


@dataclass(frozen=True)
class Filled:
    """
    What a chain did.

    Attributes
    ----------
    tracks : DataFrame
        The rows that came in, in order (index 0..n-1), with what was found; `source` says who gave audio features.
    gained : mapping of source to track ids
        Tracks that got an audio feature from a source.
    missed : mapping of source to track ids
        For online sources: asked, answered, and still incomplete. Not to be asked again for a while.
    stopped : mapping of source to error
        `NotOffered` (remember it as closed) or `SourceBusy` (with `retry_after`), for sources that stopped.
    """

    tracks: pd.DataFrame
    gained: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stopped: Mapping[str, NotOffered | SourceBusy] = field(default_factory=dict)


def fill_in(
    tracks: pd.DataFrame,
    sources: Sequence[FeatureSource],
    asked_before: Mapping[str, Collection[str]] | None = None,
) -> Filled:
    """
    Ask each source, in order, for the tracks that still lack an audio feature.

    Parameters
    ----------
    tracks : DataFrame
        A track table; empty is fine. Give as many rows as you want to lose at most when the process dies.
    sources : sequence of FeatureSource
        A source that may not be asked (no consent, known to be closed) is left out by the caller.
    asked_before : mapping of source name to track ids
        Remembered misses: not asked again.

    Returns
    -------
    Filled
        Never raises for a source that is closed or busy; the answers of the others are returned.
    """
    chain = _Chain(tracks.reset_index(drop=True), asked_before or {})
    for source in sources:
        chain.ask(source)
    return chain.filled()


class _Chain:
    """The state of one pass through the sources."""

    def __init__(self, tracks: pd.DataFrame, asked_before: Mapping[str, Collection[str]]) -> None:
        self._tracks = tracks
        self._asked_before = asked_before
        self._gained: dict[str, tuple[str, ...]] = {}
        self._missed: dict[str, tuple[str, ...]] = {}
        self._stopped: dict[str, NotOffered | SourceBusy] = {}

    def ask(self, source: FeatureSource) -> None:
        """Ask one source about every incomplete track it may know, `at_once` at a time."""
        remembered = self._tracks["track_id"].isin(set(self._asked_before.get(source.name, ())))
        wanted = self._tracks.index[self._is_incomplete() & source.can_be_asked(self._tracks) & ~remembered]
        for start in range(0, len(wanted), source.at_once):
            rows = wanted[start : start + source.at_once]
            try:
                answer = source.look_up(self._tracks.loc[rows])
            except (NotOffered, SourceBusy) as problem:
                self._stopped[source.name] = problem
                return
            ids, before = self._tracks.loc[rows, "track_id"], self._tracks
            self._tracks = with_answers(before, answer, source.name)
            gained = ids[_has_gained(before, self._tracks)[rows]]
            self._gained[source.name] = (*self._gained.get(source.name, ()), *gained)
            if source.is_online:
                missed = rows[self._is_incomplete()[rows]]
                self._missed[source.name] = (*self._missed.get(source.name, ()), *ids[missed])

    def filled(self) -> Filled:
        """The result so far."""
        return Filled(self._tracks, self._gained, self._missed, self._stopped)

    def _is_incomplete(self) -> pd.Series:
        return self._tracks[AUDIO].isna().any(axis=1)


def with_answers(tracks: pd.DataFrame, answer: pd.DataFrame, source: str) -> pd.DataFrame:
    """
    The track table with an answer's values where it had none. A number outside the feature table's range is no answer.

    `source` is written, after the ones before it, for rows that gained an audio feature.
    """
    if answer.empty:
        return tracks
    by_id = answer.set_index("track_id").reindex(tracks["track_id"]).set_axis(tracks.index)
    filled = tracks.copy()
    for column in by_id.columns.intersection(list(ANSWERS)):
        values = by_id[column]
        if column in RANGES:
            values = values.astype("float64").where(values.between(*RANGES[column]))
        filled[column] = filled[column].where(filled[column].notna(), values)
    has_gained = _has_gained(tracks, filled)
    given = by_id["source"].fillna(source) if "source" in by_id else source
    # `now` appended to `before`: "file" and "reccobeats" become "file, reccobeats".
    filled.loc[has_gained, "source"] = ((tracks["source"] + ", ").fillna("") + given)[has_gained]
    return filled


def _has_gained(before: pd.DataFrame, after: pd.DataFrame) -> pd.Series:
    return (after[AUDIO].notna() & before[AUDIO].isna()).any(axis=1)
