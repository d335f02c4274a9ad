"""The query: the listener's own tracks, or the seeds they chose, as vectors in the catalogue's space."""

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
"""At most this many tracks of a library are used, those with the lowest song hashes."""


def drop_duplicate_songs(tracks: pd.DataFrame) -> pd.DataFrame:
    """The best row of each song, in order of song hash, so that the order of a library changes nothing."""
    return tracks.iloc[deduplicate(tracks, song_hashes(tracks))].reset_index(drop=True)


def query_tracks(
    catalogue: Catalogue, library: pd.DataFrame, seeds: Sequence[str]
) -> tuple[pd.DataFrame, FeatureMatrix]:
    """
    The tracks that a list is made from: the seeds where there are any, else the library.

    Parameters
    ----------
    catalogue : Catalogue
    library : DataFrame
        A track table with each song once.
    seeds : sequence of track ids
        Of the library or of the catalogue.

    Returns
    -------
    tracks : DataFrame
        track_id, title, artists.
    vectors : FeatureMatrix
        The same tracks in the same order.

    Raises
    ------
    NothingToRank
        There are neither seeds nor a library.
    BadTracks
        A seed is neither in the library nor in the catalogue.
    """
    shown = ["track_id", "title", "artists"]
    if not seeds:
        if not len(library):
            raise NothingToRank("Your library is empty. Import or sync some tracks first.")
        used = library.head(LONGEST_LIBRARY)
        return _with_known_names(catalogue, used[shown]), embed(catalogue, used)
    own = library[library["track_id"].isin(seeds)]
    own_ids = set(own["track_id"])
    rows = catalogue.rows_of([seed for seed in seeds if seed not in own_ids])
    unknown = [seed for seed in seeds if seed not in rows and seed not in own_ids]
    if unknown:
        raise BadTracks(f"The seed {unknown[0]} is neither in your library nor in the catalogue.")
    others = np.array(sorted(rows.values()), dtype=np.int64)
    mine, theirs = catalogue.space.transform(own), catalogue.vectors(others)
    tracks = pd.concat([own[shown], catalogue.tracks.iloc[others][shown].astype("str")], ignore_index=True)
    return tracks, FeatureMatrix(np.hstack([mine.values, theirs.values]), np.hstack([mine.mask, theirs.mask]))


def embed(catalogue: Catalogue, tracks: pd.DataFrame) -> FeatureMatrix:
    """
    Tracks as vectors; what the table does not know of a track is filled in from the catalogue.

    A thumb on a recommendation brings a track without its numbers, and so does a listening history: then all of them
    are the catalogue's.
    """
    vectors, rows = catalogue.space.transform(tracks), _catalogue_rows(catalogue, tracks)
    at = np.flatnonzero(rows >= 0)
    known_there = catalogue.vectors(rows[at])
    values, mask = vectors.values.copy(), vectors.mask.copy()
    is_missing = mask[:, at] == 0
    # `is_missing` has a row per feature, `values` one per axis: AXIS_FEATURE repeats the first to the second.
    values[:, at] = np.where(is_missing[AXIS_FEATURE], known_there.values, values[:, at])
    mask[:, at] = np.where(is_missing, known_there.mask, mask[:, at])
    return FeatureMatrix(values, mask)


def _catalogue_rows(catalogue: Catalogue, tracks: pd.DataFrame) -> Integers:
    """
    The row of each track by id, or as the same song for one without audio features; -1 where there is none.

    A track with features of its own is not looked up by name: another version of the song may sound different.
    """
    by_id = catalogue.rows_of(list(tracks["track_id"]))
    rows: Integers = np.array(tracks["track_id"].map(by_id).fillna(-1), dtype=np.int64)
    is_bare = (rows < 0) & tracks[[f.column for f in AUDIO_FEATURES]].isna().all(axis=1).to_numpy()
    if is_bare.any():
        rows[is_bare] = catalogue.rows_of_songs(tracks[is_bare])
    return rows


def _with_known_names(catalogue: Catalogue, tracks: pd.DataFrame) -> pd.DataFrame:
    """The same tracks; one that came as an id alone gets the title and the artists that the catalogue knows."""
    rows = catalogue.rows_of(list(tracks.loc[tracks["title"] == tracks["track_id"], "track_id"]))
    if not rows:
        return tracks
    known = catalogue.tracks.iloc[list(rows.values())][["title", "artists"]].astype("str").set_axis(list(rows))
    return tracks.assign(**{name: tracks["track_id"].map(known[name]).fillna(tracks[name]) for name in known})
