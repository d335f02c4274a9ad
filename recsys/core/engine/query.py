"""The query: the listener's own tracks, or the seeds they chose, as vectors in the catalogue's space."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.layout import deduplicate
from recsys.core.model.arrays import Integers
from recsys.core.model.features import FEATURES
from recsys.core.model.identity import song_hashes
from recsys.core.model.scaling import AXIS_FEATURE, FeatureMatrix
from recsys.core.model.tracks import has_audio
from recsys.errors import BadTracks, NothingToRank

EMPTY_LIBRARY: Final = "Your library is empty. Import or sync some tracks first."

LONGEST_LIBRARY: Final = 1000
"""At most this many tracks of a library are used, those with the lowest song hashes."""

IS_SNAPSHOT: Final = np.array([f.is_snapshot for f in FEATURES], dtype=bool)


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
        A track table; of several versions of a song one is used.
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
            raise NothingToRank(EMPTY_LIBRARY)
        used = drop_duplicate_songs(library).head(LONGEST_LIBRARY)
        tracks = used[shown]
        # A track that came as an id alone gets the title and the artists that the catalogue knows.
        rows = catalogue.rows_of(tracks.loc[tracks["title"] == tracks["track_id"], "track_id"].tolist())
        if rows:
            known = catalogue.tracks.iloc[list(rows.values())][["title", "artists"]].astype("str").set_axis(list(rows))
            names = {name: tracks["track_id"].map(known[name]).fillna(tracks[name]) for name in known}
            tracks = tracks.assign(**names)
        return tracks, embed(catalogue, used)
    named = library[library["track_id"].isin(seeds)]
    own, own_ids = drop_duplicate_songs(named), set(named["track_id"])
    rows = catalogue.rows_of([seed for seed in seeds if seed not in own_ids])
    unknown = [seed for seed in seeds if seed not in rows and seed not in own_ids]
    if unknown:
        raise BadTracks(f"The seed {unknown[0]} is neither in your library nor in the catalogue.")
    # In order of rows, so that the order in which seeds are named changes nothing.
    others = np.array(sorted(rows.values()), dtype=np.int64)
    mine, theirs = embed(catalogue, own), catalogue.vectors(others)
    tracks = pd.concat([own[shown], catalogue.tracks.iloc[others][shown].astype("str")], ignore_index=True)
    return tracks, FeatureMatrix(np.hstack([mine.values, theirs.values]), np.hstack([mine.mask, theirs.mask]))


def embed(catalogue: Catalogue, tracks: pd.DataFrame) -> FeatureMatrix:
    """
    Tracks as vectors; what the table does not know of a track is filled in from the catalogue.

    What changes from day to day (popularity) is the catalogue's alone, and unknown of a track it does not have: an
    export's numbers are of another date, and mixing dates would tell whose song it is instead of how known it is.

    A thumb on a recommendation brings a track without its numbers, and so does a listening history: then all of them
    are the catalogue's.
    """
    if not len(tracks):
        return catalogue.vectors(np.arange(0))
    vectors = catalogue.space.transform(tracks)
    values, mask = vectors.values.copy(), vectors.mask.copy()
    # The table's own values of a snapshot feature are dropped; the loop below fills in the catalogue's.
    values[IS_SNAPSHOT[AXIS_FEATURE]], mask[IS_SNAPSHOT] = 0, 0
    # The row of each track, by id, and of the song it is a version of; -1 where there is none.
    by_id = catalogue.rows_of(list(tracks["track_id"]))
    track_rows: Integers = np.array(tracks["track_id"].map(by_id).fillna(-1), dtype=np.int64)
    song_rows = track_rows.copy()
    if (track_rows < 0).any():
        song_rows[track_rows < 0] = catalogue.rows_of_songs(tracks[track_rows < 0])
    # A track without any number of its own may take those of another version of the song. One with features of its own
    # may not: the other version may sound different.
    is_bare = ~has_audio(tracks).to_numpy()
    track_rows = np.where(is_bare, song_rows, track_rows)
    # Snapshot features are filled in for every version of a song, the others only for the track itself.
    for rows, is_filled in ((track_rows, ~IS_SNAPSHOT), (song_rows, IS_SNAPSHOT)):
        at = np.flatnonzero(rows >= 0)
        known_there = catalogue.vectors(rows[at])
        is_missing = (mask[:, at] == 0) & is_filled[:, None]
        # `is_missing` has a row per feature, `values` one per axis: AXIS_FEATURE repeats the first to the second.
        values[:, at] = np.where(is_missing[AXIS_FEATURE], known_there.values, values[:, at])
        mask[:, at] = np.where(is_missing, known_there.mask, mask[:, at])
    return FeatureMatrix(values, mask)
