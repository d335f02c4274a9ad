"""
Candidates of one listener, beside or in place of the catalogue that all share: found around theirs, or their own.

Two services do not measure alike: what one calls a danceability of 0.6 another calls 0.7. A catalogue must not rank one
source's numbers against another's, so the numbers of the pool are first put on the catalogue's scale (`on_scale_of`),
by songs that both know. The pool is then laid out with the scaling and the background of the catalogue: it is no sample
of music, and must move neither.
"""

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.model.arrays import Doubles, Integers
from recsys.core.model.features import AUDIO_FEATURES, FEATURES
from recsys.core.model.identity import isrcs
from recsys.core.model.tracks import COLUMNS, as_tracks

POOL: Final = "pool"
"""The column that says where a song came from."""

FROM_CATALOGUE: Final = "catalogue"
AROUND_YOU: Final = "found around you"

MIN_PAIRS: Final = 50
"""Songs that both sources must know a feature of; with fewer the numbers stay as they are."""

MAX_SHARED: Final = 200_000
"""Songs of a catalogue that is laid out once more together with a pool, which takes its memory again. Of a larger one
the pool is used alone, on its scale."""


_SNAPSHOTS: Final = tuple(f.column for f in FEATURES if f.is_snapshot)


def around(catalogue: Catalogue | None, pool: pd.DataFrame, anchors: pd.DataFrame | None = None) -> Catalogue:
    """
    A catalogue of the songs found around a listener, and of those everybody can be recommended.

    Parameters
    ----------
    catalogue : Catalogue or None
        The shared one, which is left alone; None where there is none of real songs: then the pool has the scale of its
        own songs.
    pool : DataFrame
        A track table; further columns are ignored.
    anchors : DataFrame, optional
        Songs of the catalogue as the source of the pool measured them: a track table.

    Returns
    -------
    Catalogue
        `tracks` has the column `pool`. Of a catalogue of more than `MAX_SHARED` songs only the pool. A song that both
        hold is the catalogue's.
    """
    own = as_tracks(pool)
    if catalogue is None:
        return _marked(Catalogue.from_tracks(own), own)
    # A snapshot of another day (popularity) has no scale in common with the catalogue's: it is unknown.
    own = own.assign(**dict.fromkeys(_SNAPSHOTS, np.nan))
    if anchors is not None:
        own = on_scale_of(catalogue, own, anchors)
    # A song that both hold is the catalogue's, whose numbers are on the scale already.
    is_new = (catalogue.rows_of_songs(own) < 0) & (catalogue.rows_of_recordings(own) < 0)
    own = own[is_new & ~own["track_id"].isin(catalogue.tracks["track_id"])].reset_index(drop=True)
    if len(catalogue) > MAX_SHARED:
        return _marked(Catalogue.from_tracks(own, like=catalogue), own)
    both = pd.concat([table_of(catalogue), own], ignore_index=True)
    return _marked(Catalogue.from_tracks(both, like=catalogue), own)


def on_scale_of(catalogue: Catalogue, tracks: pd.DataFrame, anchors: pd.DataFrame) -> pd.DataFrame:
    """
    A source's audio features on the scale of a catalogue, feature by feature.

    A value becomes the one of the same rank: of the songs that both know (`anchors`, by track id), the q-th highest by
    the source becomes the q-th highest by the catalogue (equipercentile equating; Kolen & Brennan, Test Equating,
    Scaling, and Linking, ch. 2). In between it is linear, and beyond the anchors the last of them. Tempo needs none:
    both count beats.
    """
    rows = catalogue.rows_of(anchors["track_id"].tolist())
    known = anchors[anchors["track_id"].isin(rows)]
    theirs = catalogue.raw.at(np.array([rows[one] for one in known["track_id"]], dtype=np.int64))
    scaled = tracks.copy()
    for feature in AUDIO_FEATURES:
        column = feature.column
        source, reference = known[column].to_numpy(np.float64), theirs[column].to_numpy(np.float64)
        is_pair = np.isfinite(source) & np.isfinite(reference)
        if feature.is_ordered and np.count_nonzero(is_pair) >= MIN_PAIRS:
            scaled[column] = _same_rank(tracks[column].to_numpy(np.float64), source[is_pair], reference[is_pair])
    return scaled


def _same_rank(values: Doubles, source: Doubles, reference: Doubles) -> Doubles:
    """The reference's value of the rank that each value (n,) has in the source; both (pairs,). NaN stays NaN."""
    # Both sorted, the q-th smallest of one is beside the q-th smallest of the other.
    knots, first, counts = np.unique(np.sort(source), return_index=True, return_counts=True)
    # Equal values of the source share the mean of the reference's values of those ranks.
    sums = np.add.reduceat(np.sort(reference), first)
    return np.asarray(np.interp(values, knots, sums / counts), dtype=np.float64)


def owned(catalogue: Catalogue, library: pd.DataFrame) -> Catalogue:
    """
    A listener's own songs as a catalogue, with the scale and the background of another one.

    What that catalogue has of them has its numbers there; the others have the library's, or none, which it counts as
    too little known.
    """
    rows = catalogue.rows_owned(library)
    there = table_of(catalogue, rows)
    by_id = catalogue.rows_of(library["track_id"].tolist())
    is_there = (catalogue.rows_of_songs(library) >= 0) | library["track_id"].isin(by_id).to_numpy(bool)
    is_there |= isrcs(library["isrc"]).isin(isrcs(there["isrc"]).dropna()).to_numpy(bool)
    others = as_tracks(library[~is_there]).assign(**dict.fromkeys(_SNAPSHOTS, np.nan))
    found = Catalogue.from_tracks(pd.concat([there, others[list(COLUMNS)]], ignore_index=True), like=catalogue)
    # The ids under which the listener has versions that the other catalogue holds under another id.
    chosen = catalogue.tracks["track_id"]
    names = {name: str(chosen.iloc[row]) for name, row in by_id.items() if name != chosen.iloc[row]}
    places = found.rows_of(list(names.values()))
    versions = pd.Series({name: places[one] for name, one in names.items() if one in places}, dtype=np.int64)
    versions.index = versions.index.astype("str")
    return replace(found, other_versions=pd.concat([found.other_versions, versions]))


def table_of(catalogue: Catalogue, rows: Integers | None = None) -> pd.DataFrame:
    """
    A catalogue's songs, or those in some rows, as a track table again; who gave the features and when a song was added
    is not in it.
    """
    at: Integers = np.arange(len(catalogue)) if rows is None else rows
    text = {name: catalogue.text(name, at) for name in ("track_id", "title", "artists", "album", "isrc", "genres")}
    table = pd.DataFrame({**text, **catalogue.raw.at(at)})
    table["popularity"] = catalogue.tracks["popularity"].to_numpy(np.float64)[at]
    return as_tracks(table)[list(COLUMNS)]


def _marked(catalogue: Catalogue, own: pd.DataFrame) -> Catalogue:
    """The catalogue with the column that says which songs are the listener's own finds."""
    is_own = catalogue.tracks["track_id"].isin(own["track_id"])
    places = pd.Categorical.from_codes(is_own.astype(np.int8), [FROM_CATALOGUE, AROUND_YOU])
    return replace(catalogue, tracks=catalogue.tracks.assign(**{POOL: places}))
