"""The listener's own tracks that speak for them: the library, or the seeds they chose."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.arrays import Integers
from recsys.core.catalogue import Catalogue
from recsys.core.identity import song_numbers
from recsys.core.scaling import Points
from recsys.errors import BadTracks, NothingToRank

LONGEST_LIBRARY: Final = 1000
"""Tracks of a library that are listened to, chosen by song number where there are more."""


def one_of_each(tracks: pd.DataFrame) -> pd.DataFrame:
    """One row per song, in order of song number, so that the order of a library changes nothing."""
    numbers = song_numbers(tracks)
    _, kept = np.unique(numbers, return_index=True)
    return tracks.iloc[kept].reset_index(drop=True)


def speakers(catalogue: Catalogue, library: pd.DataFrame, seeds: Sequence[str]) -> tuple[pd.DataFrame, Points]:
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
        return speaking[names], placed(catalogue, speaking)
    own = library[library["track_id"].isin(seeds)]
    rows = catalogue.rows_of([seed for seed in seeds if seed not in set(own["track_id"])])
    unknown = [seed for seed in seeds if seed not in rows and seed not in set(own["track_id"])]
    if unknown:
        raise BadTracks(f"The seed {unknown[0]} is neither in your library nor in the catalogue.")
    others = np.array(sorted(rows.values()), dtype=np.int64)
    points, more = catalogue.space.place(own), catalogue.points(others)
    told = pd.concat([own[names], catalogue.tracks.iloc[others][names].astype("str")], ignore_index=True)
    return told, Points(np.hstack([points.axes, more.axes]), np.hstack([points.known, more.known]))


def placed(catalogue: Catalogue, tracks: pd.DataFrame) -> Points:
    """
    Tracks in model space; where the catalogue knows more of the same track than the table does, as it knows it.

    A thumb on a recommendation brings a track without its numbers: they are the catalogue's own.
    """
    points, rows = catalogue.space.place(tracks), catalogue.rows_of(list(tracks["track_id"]))
    at = np.flatnonzero(tracks["track_id"].isin(rows.keys()))
    there = catalogue.points(np.array([rows[track_id] for track_id in tracks["track_id"].iloc[at]], dtype=np.int64))
    is_better = there.known.sum(axis=0) > points.known[:, at].sum(axis=0)
    axes, known = points.axes.copy(), points.known.copy()
    axes[:, at[is_better]], known[:, at[is_better]] = there.axes[:, is_better], there.known[:, is_better]
    return Points(axes, known)


def rows_of(catalogue: Catalogue, track_ids: Sequence[str]) -> Integers:
    """The rows of the ids that the catalogue knows, rising, (n,)."""
    return np.array(sorted(catalogue.rows_of(track_ids).values()), dtype=np.int64)
