"""The tracks of many libraries, looked up once: each library is then a few positions among them."""

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.layout import deduplicate
from recsys.core.engine.query import LONGEST_LIBRARY, drop_duplicate_songs, embed
from recsys.core.model.arrays import Integers
from recsys.core.model.credits import may_be_joint
from recsys.core.model.identity import isrcs, song_aliases, song_hashes
from recsys.core.model.scaling import FeatureMatrix

NOTHING: Final[Integers] = np.arange(0)


class Library(NamedTuple):
    """What one listener has, `own`, and what they turned down, `disliked`: positions in `LibraryTracks`, (n,) each."""

    own: Integers
    disliked: Integers = NOTHING


class LibraryTracks:
    """
    The distinct tracks of some libraries as a catalogue knows them.

    Parameters
    ----------
    catalogue : Catalogue
    tracks : DataFrame
        A track table that holds each track of any of the libraries.
    """

    def __init__(self, catalogue: Catalogue, tracks: pd.DataFrame) -> None:
        self.tracks = tracks
        vectors = embed(catalogue, tracks)
        # A row per track, because a library reads few of them.
        self._values, self._masks = np.ascontiguousarray(vectors.values.T), np.ascontiguousarray(vectors.mask.T)
        self._hashes = song_hashes(tracks)
        # Whether "A & B" is one artist or two is decided by all artists of a library, so by no other library's.
        is_joint = {text: may_be_joint(text) for text in tracks["artists"].dropna().unique().tolist()}
        self._is_joint = tracks["artists"].map(is_joint).fillna(False).to_numpy(bool)
        # Pairs of a position, rising, and a row of the catalogue that the owner of that track has.
        positions, hashes = song_aliases(tracks)
        rows = catalogue.rows_of_hashes(hashes)
        by_id = catalogue.rows_of(tracks["track_id"].tolist())
        row_of_id = np.array([by_id.get(name, -1) for name in tracks["track_id"].tolist()], dtype=np.int64)
        is_known = np.flatnonzero(row_of_id >= 0)
        pairs = [(positions[rows >= 0], rows[rows >= 0]), (is_known, row_of_id[is_known])]
        own = isrcs(tracks["isrc"])
        if own.notna().any():
            codes = catalogue.tracks["isrc"].cat
            names = isrcs(pd.Series(codes.categories, dtype="str"))
            held = np.flatnonzero(names.isin(own.dropna()))
            by_isrc = np.flatnonzero(np.isin(codes.codes, held))
            theirs = pd.DataFrame({"isrc": names.iloc[codes.codes.to_numpy()[by_isrc]].array, "row": by_isrc})
            mine = pd.DataFrame({"isrc": own.array, "position": np.arange(len(own))}).dropna()
            both = mine.merge(theirs, on="isrc")
            pairs.append((both["position"].to_numpy(np.int64), both["row"].to_numpy(np.int64)))
        position, row = (np.concatenate(column) for column in zip(*pairs, strict=True))
        order = np.argsort(position, kind="stable")
        self._positions, self._rows = position[order], row[order]

    def distinct(self, positions: Integers) -> Integers:
        """Of some positions (n,) the best version of each song, in order of song hash, as `drop_duplicate_songs`."""
        if self._is_joint[positions].any():
            table = self.tracks.iloc[positions]
            return np.asarray(drop_duplicate_songs(table.assign(position=positions))["position"], dtype=np.int64)
        hashes = self._hashes[positions]
        order = np.argsort(hashes, kind="stable")
        if (np.diff(hashes[order]) == 0).any():
            order = deduplicate(self.tracks.iloc[positions], hashes)
        return positions[order]

    def vectors(self, positions: Integers) -> FeatureMatrix:
        """The tracks at some `distinct` positions (n,) as `Recommender` sees them."""
        used = positions[:LONGEST_LIBRARY]
        return FeatureMatrix(np.ascontiguousarray(self._values[used].T), np.ascontiguousarray(self._masks[used].T))

    def rows_owned(self, positions: Integers) -> Integers:
        """As `Catalogue.rows_owned` of the tracks at some positions (n,)."""
        starts, ends = (np.searchsorted(self._positions, positions, side=side) for side in ("left", "right"))
        lengths = ends - starts
        # The places starts[i] … ends[i] − 1 of all tracks, one after another.
        places = np.arange(lengths.sum()) + np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
        return np.unique(self._rows[places])
