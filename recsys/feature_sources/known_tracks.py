"""A local feature source: a track table matched by id, then ISRC, then song and duration."""

from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.model.identity import isrcs, song_aliases, song_hashes
from recsys.core.model.tracks import has_audio
from recsys.feature_sources.source import ANSWERS

CLOSE_MS: Final = 2_000
"""Two recordings of a song whose durations differ by no more are taken to be the same recording."""


class KnownTracks:
    """
    Features from a track table: the listener's own library, or the catalogue.

    Parameters
    ----------
    name : str
        Who gave the features, where the table's own `source` does not say.
    known : DataFrame
        A track table, or more columns; held by reference and never changed. Indexes are built on first use, so make
        one per process for a large catalogue.
    """

    at_once = 1_000_000
    is_online = False

    def __init__(self, name: str, known: pd.DataFrame) -> None:
        self.name = name
        self._known = known

    def can_be_asked(self, tracks: pd.DataFrame) -> pd.Series:
        return pd.Series(True, index=tracks.index)

    def look_up(self, tracks: pd.DataFrame) -> pd.DataFrame:
        """
        As `FeatureSource.look_up`; of several recordings by the same title and artist the closest in duration is taken.

        A song matches when durations differ by at most two seconds, or when one of the two is not known.
        """
        at = self._by_id.get_indexer(pd.Index(tracks["track_id"]))
        if len(self._with_features):
            at = np.where(at < 0, -1, self._with_features[at])
        codes = isrcs(tracks["isrc"])
        at = np.where(at < 0, np.asarray(self._by_isrc.reindex(codes.to_numpy()).fillna(-1), dtype=np.int64), at)
        at = np.where(at < 0, self._rows_by_song(tracks, at < 0), at)
        is_found = at >= 0
        columns = [c for c in (*ANSWERS, "source") if c in self._known]
        answer = self._known[columns].take(at[is_found]).reset_index(drop=True)
        return answer.assign(track_id=tracks["track_id"].to_numpy()[is_found])

    @cached_property
    def _with_features(self) -> np.ndarray:
        """Row numbers of tracks with audio features; the others cannot answer. No copy of a large table is made."""
        return np.flatnonzero(has_audio(self._known))

    @cached_property
    def _by_id(self) -> pd.Index:
        return pd.Index(self._known["track_id"].to_numpy()[self._with_features])

    @cached_property
    def _by_isrc(self) -> pd.Series:
        """Row numbers by ISRC; of rows that share one, the first."""
        rows = pd.Series(self._with_features, index=isrcs(self._known["isrc"]).to_numpy()[self._with_features])
        return rows[rows.index.notna()].groupby(level=0).first()

    @cached_property
    def _by_song(self) -> pd.DataFrame:
        songs, durations = song_hashes(self._known), self._known["duration_ms"].to_numpy()
        rows = self._with_features
        return pd.DataFrame({"song": songs[rows], "row": rows, "duration_ms": durations[rows]})

    def _rows_by_song(self, tracks: pd.DataFrame, is_wanted: np.ndarray) -> np.ndarray:
        rows = np.full(len(tracks), -1, dtype=np.int64)
        wanted = tracks.loc[is_wanted]
        if wanted.empty:
            return rows
        positions, hashes = song_aliases(wanted)
        lengths = wanted["duration_ms"].to_numpy()[positions]
        asked = pd.DataFrame({"song": hashes, "asked": np.flatnonzero(is_wanted)[positions], "is": lengths})
        pairs = asked.merge(self._by_song[self._by_song["song"].isin(asked["song"])], on="song")
        pairs["apart"] = (pairs["is"] - pairs["duration_ms"]).abs().fillna(CLOSE_MS)
        top_positions = pairs[pairs["apart"] <= CLOSE_MS].sort_values(["apart", "row"]).drop_duplicates("asked")
        rows[top_positions["asked"].to_numpy()] = top_positions["row"].to_numpy()
        return rows
