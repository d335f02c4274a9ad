"""The listener's own tracks that speak for them: the library, or the seeds they chose."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.layout import deduplicate
from recsys.core.model.arrays import Integers
from recsys.core.model.features import AUDIO_FEATURES
from recsys.core.model.identity import song_hashes
from recsys.core.model.scaling import AXIS_FEATURE, FeatureMatrix
from recsys.errors import BadTracks, NothingToRank

LONGEST_LIBRARY: Final = 1000
"""Tracks of a library that are listened to, chosen by song number where there are more."""


def drop_duplicate_songs(tracks: pd.DataFrame) -> pd.DataFrame:
    """The best row of each song, in order of song number, so that the order of a library changes nothing."""
    return tracks.iloc[deduplicate(tracks, song_hashes(tracks))].reset_index(drop=True)


def query_tracks(
    catalogue: Catalogue, library: pd.DataFrame, seeds: Sequence[str]
) -> tuple[pd.DataFrame, FeatureMatrix]:
    """
    The tracks that speak for the listener, as track_id, title and artists, and in model space.

    Raises
    ------
    NothingToRank
        There are neither seeds nor a library.
    BadTracks
        A seed is neither in the library nor in the catalogue.
    """
    names = ["track_id", "title", "artists"]
    if not seeds:
        if not len(library):
            raise NothingToRank("Your library is empty. Import or sync some tracks first.")
        speaking = library.head(LONGEST_LIBRARY)
        return _named(catalogue, speaking[names]), embed(catalogue, speaking)
    own = library[library["track_id"].isin(seeds)]
    rows = catalogue.rows_of([seed for seed in seeds if seed not in set(own["track_id"])])
    unknown = [seed for seed in seeds if seed not in rows and seed not in set(own["track_id"])]
    if unknown:
        raise BadTracks(f"The seed {unknown[0]} is neither in your library nor in the catalogue.")
    others = np.array(sorted(rows.values()), dtype=np.int64)
    points, more = catalogue.space.transform(own), catalogue.vectors(others)
    told = pd.concat([own[names], catalogue.tracks.iloc[others][names].astype("str")], ignore_index=True)
    return told, FeatureMatrix(np.hstack([points.values, more.values]), np.hstack([points.mask, more.mask]))


def embed(catalogue: Catalogue, tracks: pd.DataFrame) -> FeatureMatrix:
    """
    Tracks in model space; a feature that the table does not know of a track is as the catalogue knows it.

    A thumb on a recommendation brings a track without its numbers, and so does a listening history: they are the
    catalogue's own.
    """
    points, rows = catalogue.space.transform(tracks), _rows_known(catalogue, tracks)
    at = np.flatnonzero(rows >= 0)
    there = catalogue.vectors(rows[at])
    axes, known = points.values.copy(), points.mask.copy()
    is_missing = known[:, at] == 0
    axes[:, at] = np.where(is_missing[AXIS_FEATURE], there.values, axes[:, at])
    known[:, at] = np.where(is_missing, there.mask, known[:, at])
    return FeatureMatrix(axes, known)


def _rows_known(catalogue: Catalogue, tracks: pd.DataFrame) -> Integers:
    """The row of each track by id, or as the same song for one without audio features; -1 where there is none."""
    by_id = catalogue.rows_of(list(tracks["track_id"]))
    rows: Integers = np.array(tracks["track_id"].map(by_id).fillna(-1), dtype=np.int64)
    is_bare = (rows < 0) & tracks[[f.column for f in AUDIO_FEATURES]].isna().all(axis=1).to_numpy()
    if is_bare.any():
        rows[is_bare] = catalogue.rows_of_songs(tracks[is_bare])
    return rows


def _named(catalogue: Catalogue, tracks: pd.DataFrame) -> pd.DataFrame:
    """The same tracks; one that came as an id alone gets the title and the artists that the catalogue knows."""
    rows = catalogue.rows_of(list(tracks.loc[tracks["title"] == tracks["track_id"], "track_id"]))
    if not rows:
        return tracks
    known = catalogue.tracks.iloc[list(rows.values())][["title", "artists"]].astype("str").set_axis(list(rows))
    return tracks.assign(**{name: tracks["track_id"].map(known[name]).fillna(tracks[name]) for name in known})


def rows_of(catalogue: Catalogue, track_ids: Sequence[str]) -> Integers:
    """The rows of the ids that the catalogue knows, rising, (n,)."""
    return np.array(sorted(catalogue.rows_of(track_ids).values()), dtype=np.int64)
