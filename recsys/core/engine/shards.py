"""A catalogue in parts that different machines hold, and the few songs of them that decide a list.

Every part has the scaling, the background sample, the patterns and the artists' credits of the whole catalogue, and its
songs in the order of the whole. The best songs of the whole are therefore among the best of its parts, with the same
scores, and what `Recommender` makes of those few is the list that it makes of the whole catalogue.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.layout import CHUNK_ROWS, compact_text, genre_vectors
from recsys.core.engine.pruning import Block, BlockBounds, cut
from recsys.core.engine.raw_features import FLAGS, RawFeatures
from recsys.core.model.arrays import Floats, Integers
from recsys.core.model.artists import Artists
from recsys.core.model.identity import SONG_COLUMN
from recsys.core.model.scaling import columns


@dataclass(frozen=True)
class Songs:
    """
    Some songs of a catalogue, with all that is needed to rank them as it does.

    Attributes
    ----------
    tracks : DataFrame
        Text, numbers and song hashes, indexed by the row of the whole catalogue, rising.
    axes : (NUMBER_AXES, n) float32
        One axis after the other in memory (an index would give it song by song): otherwise `take` copies all of it.
    patterns : (n,) int64
        The row of `Catalogue.patterns` of each.
    other_versions : Series
        Row of the whole catalogue by the ids of versions that were not chosen.
    """

    tracks: pd.DataFrame
    axes: Floats
    patterns: Integers
    other_versions: pd.Series

    @classmethod
    def of(cls, catalogue: Catalogue, rows: Integers, numbers: Integers | None = None) -> "Songs":
        """
        The songs in some rows (n,), rising, of a catalogue or a part of one.

        `numbers` (songs,) are the rows of the whole catalogue that the part holds.
        """
        whole = np.arange(len(catalogue)) if numbers is None else numbers
        text = catalogue.tracks[["track_id", "title", "artists", "album", "isrc", "genres"]].iloc[rows].astype("str")
        known = catalogue.raw.at(rows)
        tracks = pd.concat([text.reset_index(drop=True), known], axis=1).set_index(pd.Index(whole[rows]))
        versions = catalogue.other_versions[np.isin(catalogue.other_versions.to_numpy(), rows)]
        return cls(
            tracks.assign(**{SONG_COLUMN: catalogue.songs[rows]}),
            catalogue.axes.take(rows, axis=1),
            catalogue.patterns_of(rows),
            pd.Series(whole[versions.to_numpy(np.int64)], index=versions.index, dtype=np.int64),
        )

    @classmethod
    def joined(cls, parts: Sequence["Songs"]) -> "Songs":
        """Songs of several parts in the order of the whole catalogue, each once."""
        tracks = pd.concat([part.tracks for part in parts])
        # The first place of each row; rows come out rising.
        _, places = np.unique(tracks.index.to_numpy(), return_index=True)
        versions = pd.concat([part.other_versions for part in parts])
        return cls(
            tracks.iloc[places],
            np.hstack([part.axes for part in parts]).take(places, axis=1),
            np.concatenate([part.patterns for part in parts])[places],
            versions[~versions.index.duplicated()],
        )

    def as_catalogue(self, like: Catalogue, unsorted_rows: int = 0) -> Catalogue:
        """
        A catalogue of these songs alone; what all parts share is that of `like`, the whole catalogue or any part.

        `unsorted_rows` is that of the result: what a search guesses from must be a random sample.
        """
        tracks, numbers = self.tracks.reset_index(drop=True), columns(self.tracks)
        genre_codes, genre_sets = pd.factorize(tracks["genres"], sort=True)
        text = compact_text(tracks, np.arange(len(tracks)), (genre_codes, genre_sets))
        # Runs of rows of one pattern (n,).
        ends = np.flatnonzero(np.diff(self.patterns)) + 1
        starts = np.concatenate([[0], ends]) if len(self.patterns) else ends
        stops = np.append(ends, len(self.patterns)) if len(self.patterns) else ends
        chunks = tuple(cut(map(Block, starts.tolist(), stops.tolist(), self.patterns[starts].tolist()), CHUNK_ROWS))
        places = np.searchsorted(self.tracks.index.to_numpy(), self.other_versions.to_numpy())
        catalogue = Catalogue(
            tracks=text,
            sample=like.sample,
            background=like.background,
            other_versions=pd.Series(places, index=self.other_versions.index, dtype=np.int64),
            space=like.space,
            axes=self.axes,
            songs=tracks[SONG_COLUMN].to_numpy(np.int64),
            genre_codes=text["genres"].array.codes,
            genre_vectors=genre_vectors(like.space, genre_sets),
            patterns=like.patterns,
            chunks=chunks,
            bounds=BlockBounds.of(self.axes, like.patterns, chunks),
            raw=RawFeatures.of(tracks[list(FLAGS)], numbers, self.axes, like.space, (like.patterns, chunks)),
            unsorted_rows=unsorted_rows,
        )
        # What the whole catalogue decides is not computed again from a part of its songs.
        catalogue.__dict__["artists"] = Artists.of(text["artists"], like.artists.credits)
        catalogue.__dict__["marks_explicit"] = like.marks_explicit
        return catalogue


def split(catalogue: Catalogue, count: int) -> Iterator[tuple[Catalogue, Integers]]:
    """
    A catalogue in `count` parts of equal size (fewer where it has fewer songs), each with its rows of the whole.

    Every `count`-th song is in the same part, so that no part holds all songs of one kind.
    """
    for first in range(min(count, len(catalogue))):
        rows = np.arange(first, len(catalogue), count)
        yield Songs.of(catalogue, rows).as_catalogue(catalogue, catalogue.unsorted_rows // count), rows


def songs_named(catalogue: Catalogue, library: pd.DataFrame) -> Integers:
    """The rows, rising, that say what a catalogue knows of a library: by track id, ISRC or song."""
    by_id = np.fromiter(catalogue.rows_of(list(library["track_id"])).values(), dtype=np.int64)
    by_song = catalogue.rows_of_songs(library)
    return np.unique(np.concatenate([by_id, by_song[by_song >= 0], catalogue.rows_owned(library)]))
