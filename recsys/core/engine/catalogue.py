"""The catalogue: every song once, laid out so that a profile can be compared with all of them in milliseconds.

Rows are in an order of their own (by what is known of them, where they point, and song number), so that the order of
the file changes no result. Columns of features are contiguous float32, and text is Arrow or categorical: together about
160 bytes a track.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from itertools import count
from typing import Final

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from recsys.core.engine.layout import (
    UNSORTED_ROWS,
    compact_text,
    deduplicate,
    fit_space,
    genre_vectors,
    order_rows,
    rows_of_other_versions,
    sample_rows,
)
from recsys.core.engine.pruning import Block, BlockBounds, cluster_key, patterns_of
from recsys.core.engine.raw_features import FLAGS, RawFeatures
from recsys.core.engine.search import SongIndex
from recsys.core.model.arrays import Codes, Floats, Integers, Mask
from recsys.core.model.artists import Artists
from recsys.core.model.features import FEATURES
from recsys.core.model.identity import SONG_COLUMN, isrcs, song_aliases, song_hashes
from recsys.core.model.scaling import AXIS_FEATURE, NUMBER_AXES, FeatureMatrix, Space, columns
from recsys.core.model.titles import LABELS, label
from recsys.core.model.tracks import COLUMNS

IS_AUDIO: Final = np.array([f.is_audio for f in FEATURES], dtype=bool)


@dataclass(frozen=True)
class Catalogue:
    """
    The songs to choose from; read-only, so that all listeners of a process share one.

    Attributes
    ----------
    tracks : DataFrame
        One row per song: track_id, title, artists, album, isrc, genres, year, popularity. Repeated text is
        categorical. Audio features are not here, but in `raw` and, scaled, in `axes`.
    sample : DataFrame
        A random track table of at most `BACKGROUND` songs with all their features, for charts.
    background : FeatureMatrix
        The same sample in model space.
    other_versions : Series
        Row of `tracks` by the ids of rows of the same song that were not chosen.
    axes : (NUMBER_AXES, songs) float32
    songs : (songs,) int64
        Song hashes, see `identity.song_hashes`.
    patterns : (patterns, features) bool
        The combinations of known features that occur.
    raw : RawFeatures
        The numbers as the table had them.
    unsorted_rows : int
        How many rows of each pattern, from its first, are in random order.
    number : int
        Of this object, for keys of caches: no other of the process ever has it, as another may have its `id`.
    """

    tracks: pd.DataFrame
    sample: pd.DataFrame
    background: FeatureMatrix
    other_versions: pd.Series
    space: Space
    axes: Floats
    songs: Integers
    genre_codes: Codes
    genre_vectors: Floats
    patterns: Mask
    chunks: tuple[Block, ...]
    bounds: BlockBounds
    raw: RawFeatures
    unsorted_rows: int = UNSORTED_ROWS
    number: int = field(init=False, compare=False, default_factory=count().__next__)

    def __len__(self) -> int:
        return len(self.songs)

    @classmethod
    def from_tracks(cls, tracks: pd.DataFrame, seed: int = 0, like: "Catalogue | None" = None) -> "Catalogue":
        """
        Lay out a track table, or one that `prepare` made (quicker: songs are not recognised again).

        Of several versions of a song the most complete one counts, then the most popular. The order of rows does not
        matter. `seed` chooses the background sample. An empty table gives an empty catalogue.

        With `like`, scaling and background are those of that catalogue: songs found around one listener are no sample
        of music, so they must not move what is average in it, and scores of both catalogues can be compared.
        """
        hashes = song_hashes(tracks)
        chosen = deduplicate(tracks, hashes)
        numbers = [column[chosen] for column in columns(tracks)]
        genre_codes, genre_sets = pd.factorize(tracks["genres"], sort=True)
        space = like.space if like else fit_space(numbers, genre_codes[chosen], pd.Series(genre_sets))
        vectors_of_sets = genre_vectors(space, genre_sets)
        has_genre = np.any(vectors_of_sets, axis=1)[genre_codes[chosen]]
        # From here on everything is in the order of rows of the catalogue, not of the file.
        known = np.stack([*(~np.isnan(column) for column in numbers), has_genre])
        order = order_rows(known, cluster_key(numbers, space.quantiles))
        rows = chosen[order.rows]
        ordered = [column[order.rows] for column in numbers]
        axes, _ = space.transform_numbers(ordered)
        drawn = rows[sample_rows(hashes[rows], seed)]
        sample = like.sample if like else tracks[list(COLUMNS)].iloc[drawn].reset_index(drop=True)
        text = compact_text(tracks, rows, (genre_codes, genre_sets))
        catalogue = cls(
            tracks=text,
            sample=sample,
            background=like.background if like else space.transform(sample),
            other_versions=rows_of_other_versions(tracks, hashes, rows),
            space=space,
            axes=axes,
            songs=hashes[rows],
            genre_codes=text["genres"].array.codes,  # the same memory as the column
            genre_vectors=vectors_of_sets,
            patterns=order.patterns,
            chunks=order.chunks,
            bounds=BlockBounds.of(axes, order.patterns, order.chunks),
            raw=RawFeatures.of(tracks[list(FLAGS)].iloc[rows], ordered, axes, space, (order.patterns, order.chunks)),
        )
        for name in ("axes", "songs", "genre_vectors"):
            getattr(catalogue, name).flags.writeable = False
        return catalogue

    @cached_property
    def search_index(self) -> SongIndex:
        """The songs by the words of title and artists; made when first asked for, some six seconds for a million."""
        return SongIndex(self.tracks)

    @cached_property
    def artists(self) -> Artists:
        """Who the songs are by; made when first asked for."""
        return Artists.of(self.tracks["artists"])

    @cached_property
    def songs_in_order(self) -> Codes:
        """Rows in order of song hash, (songs,) int32; made when a library is first looked for."""
        return np.argsort(self.songs).astype(np.int32)

    @cached_property
    def marks_explicit(self) -> bool:
        """Whether it says of any song that it is explicit or clean; if not, "no explicit" cannot judge one."""
        return bool((self.raw.flags["explicit"] >= 0).any())

    @cached_property
    def checksum(self) -> str:
        """Eight hexadecimal digits of its songs and their numbers, whatever the order of the file."""
        digest = blake2b(np.ascontiguousarray(self.songs).data, digest_size=4)
        digest.update(np.ascontiguousarray(self.axes).data)
        digest.update(np.ascontiguousarray(self.genre_codes).data)
        return digest.hexdigest()

    @cached_property
    def recordings(self) -> Mapping[str, Mask]:
        """Which songs their titles call live, a remix or a Christmas song, (songs,) each; made when first asked for."""
        albums = self.tracks["album"].cat
        # Judged once per album; code -1 (no album) reads the False at the end.
        is_christmas = np.append(label(pd.Series(albums.categories, dtype="str"), "christmas"), False)[albums.codes]
        found = {name: label(self.tracks["title"], name) for name in LABELS}
        return found | {"christmas": found["christmas"] | is_christmas}

    @cached_property
    def known_features(self) -> Mask:
        """Which features are known of at least one song, (features,)."""
        return np.asarray(np.any(self.patterns, axis=0), dtype=bool).reshape(-1)

    @cached_property
    def songs_by_pattern(self) -> Integers:
        """How many songs have each pattern, (patterns,)."""
        counts = np.zeros(len(self.patterns), np.int64)
        for start, stop, pattern in self.chunks:
            counts[pattern] += stop - start
        return counts

    @property
    def with_audio(self) -> int:
        """How many songs have at least one audio feature."""
        has_audio = np.any(self.patterns[:, IS_AUDIO], axis=1)
        return int(has_audio @ self.songs_by_pattern)

    def text(self, name: str, rows: Integers) -> pd.Series:
        """A text column of some rows as plain text, without making the other columns and categories plain first."""
        return pd.Series(self.texts(name, rows), copy=False)

    def texts(self, name: str, rows: Integers) -> ExtensionArray:
        """The same without an index, in a third of the time for the few songs of a list."""
        found = self._arrays[name].take(rows)
        if isinstance(found, pd.Categorical):
            found = found.categories.array.take(found.codes, allow_fill=True)  # code -1 becomes a missing text
        return found if found.dtype == "str" else pd.array(found, dtype="str")

    @cached_property
    def _arrays(self) -> dict[Hashable, ExtensionArray]:
        """The columns of `tracks` themselves: to look one up in a table takes as long as to take what is needed."""
        return {name: column.array for name, column in self.tracks.items()}

    def vectors(self, rows: Integers, has_genres: bool = True) -> FeatureMatrix:
        """Some songs in model space, by row; without their genres where those do not count."""
        axes = np.empty((len(AXIS_FEATURE), len(rows)), np.float32)
        axes[:NUMBER_AXES] = self.axes.take(rows, axis=1)
        # A vector per distinct set, read by code; code -1 reads the last row, which is zero.
        axes[NUMBER_AXES:] = self.genre_vectors[self.genre_codes[rows]].T if has_genres else 0
        return FeatureMatrix(axes, self.patterns[self.patterns_of(rows)].T.astype(np.float32))

    def patterns_of(self, rows: Integers) -> Integers:
        """The row of `patterns` that says what is known of each song, (n,)."""
        return patterns_of(self.chunks, rows)

    def rows_of(self, track_ids: Sequence[str]) -> dict[str, int]:
        """The row of each id that the catalogue knows, doubles included."""
        if not len(track_ids):
            return {}  # most recipes name no song, and looking through a million ids for none takes a millisecond
        found, ids = self.tracks["track_id"], list(track_ids)
        # The same memory as another type, whose `isin` does not go through thousands of ids one by one.
        is_wanted = found.astype("large_string[pyarrow]").isin(ids).to_numpy(bool)
        rows = dict(zip(found[is_wanted].tolist(), np.flatnonzero(is_wanted).tolist(), strict=True))
        names = self.other_versions.index.astype("large_string[pyarrow]")
        doubled = self.other_versions[names.isin(ids)]
        return rows | {str(name): int(row) for name, row in doubled.items()}

    def rows_of_ids(self, track_ids: Sequence[str]) -> Integers:
        """The rows of the ids that the catalogue knows, (n,)."""
        return np.fromiter(self.rows_of(track_ids).values(), dtype=np.int64)

    def rows_of_songs(self, tracks: pd.DataFrame) -> Integers:
        """The row of the song that each row of a track table is a version of, (n,); -1 where there is none."""
        positions, hashes = song_aliases(tracks)
        found = self.rows_of_hashes(hashes)
        result = np.full(len(tracks), -1, dtype=np.int64)
        # Written backwards: of several names of one track the first, its longest credit, is written last.
        is_found = np.flatnonzero(found >= 0)[::-1]
        result[positions[is_found]] = found[is_found]
        return result

    def rows_of_hashes(self, hashes: Integers) -> Integers:
        """The row of each song hash (n,); -1 where there is none."""
        if not len(self):
            return np.full(len(hashes), -1, dtype=np.int64)
        places = np.searchsorted(self.songs, hashes, sorter=self.songs_in_order).clip(max=len(self) - 1)
        rows = self.songs_in_order[places].astype(np.int64)
        return np.where(self.songs[rows] == hashes, rows, -1)

    def rows_of_recordings(self, tracks: pd.DataFrame) -> Integers:
        """The row of the first song with the ISRC of each row of a track table, (n,); -1 where there is none."""
        wanted = isrcs(tracks["isrc"])
        rows = self._rows_by_isrc(wanted)
        return np.asarray(wanted.map(rows[~rows.index.duplicated()]).fillna(-1), dtype=np.int64)

    def rows_owned(self, library: pd.DataFrame) -> Integers:
        """The rows that a library holds, rising: by track id (of any version), ISRC, or song."""
        if not len(library):
            return np.arange(0)
        by_song = self.rows_of_hashes(song_aliases(library)[1])
        rows = np.unique(np.concatenate([by_song[by_song >= 0], self.rows_of_ids(library["track_id"].tolist())]))
        return np.union1d(rows, self._rows_by_isrc(isrcs(library["isrc"])).to_numpy())

    def _rows_by_isrc(self, wanted: "pd.Series[str]") -> "pd.Series[int]":
        """The rows, rising, that have one of some ISRCs as `isrcs` writes them, indexed by their ISRC."""
        if wanted.isna().all():
            return pd.Series(dtype=np.int64)
        codes = self.tracks["isrc"].cat
        names = isrcs(pd.Series(codes.categories, dtype="str"))
        # Compared once per distinct ISRC; code -1 (none) reads the False at the end.
        is_wanted = np.append(names.isin(wanted.dropna()).to_numpy(bool), False)
        rows = np.flatnonzero(is_wanted[codes.codes])
        return pd.Series(rows, index=names.array[codes.codes[rows]])


def prepare(tracks: pd.DataFrame) -> pd.DataFrame:
    """The same track table with the song hashes that `Catalogue.from_tracks` would compute; for storing."""
    return tracks.assign(**{SONG_COLUMN: song_hashes(tracks)})
