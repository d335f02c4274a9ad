"""The catalogue: every song once, laid out so that a profile can be compared with all of them in milliseconds.

Rows stand in an order of their own (by what is known of them, where they point, and song number), so that the order of
the file changes no result. Columns of features are contiguous float32, squares are kept beside them, and text is Arrow
or categorical: together under 200 bytes a track.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from recsys.core.engine.pruning import Block, BlockBounds, cluster_key, cut
from recsys.core.engine.raw_features import FLAGS, RawFeatures
from recsys.core.model.arrays import Codes, Doubles, Floats, Integers, Mask
from recsys.core.model.artists import Artists
from recsys.core.model.features import FEATURES
from recsys.core.model.genres import GENRE_AXES, GenreSpace, fit_genres
from recsys.core.model.identity import SONG_COLUMN, isrcs, song_hashes
from recsys.core.model.scaling import AXIS_FEATURE, FIRST_AXIS, NUMBER_AXES, SCALED, FeatureMatrix, Space, columns, fit
from recsys.core.model.titles import LABELS, label
from recsys.core.model.tracks import COLUMNS, RANGES

BACKGROUND: Final = 2000
"""Songs of the sample that stands for the whole catalogue (250 to 10,000 measured: .086, .093 at 2,000, .094)."""

CHUNK_ROWS: Final = 262_144
"""Rows worked on at once: few enough for what is written to stay in the processor's cache, many enough for numpy's own
overhead not to count."""

UNSORTED_ROWS: Final = 8192
"""So many songs of each pattern come first and in no order: a sample of it that lies together."""

IS_AUDIO: Final = np.array([f.is_audio for f in FEATURES], dtype=bool)
TRACE: Final = np.float32(1e-12)
REPEATED_TEXT: Final = ("artists", "album", "isrc", "genres")
SMALL_NUMBERS: Final = {"year": np.float32, "popularity": np.float16}
"""Kept beside the text, each in the smallest type that holds its whole numbers."""


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
    doubles : Series
        Row of `tracks` by the ids of other rows of the same song.
    axes, squares : (NUMBER_AXES, songs) and (features scaled by rank, songs) float32
        The square of an angle and of a set of genres is 1 where it is known, so it is not kept.
    songs : (songs,) int64
        Song numbers, see `identity.song_hashes`.
    patterns : (patterns, features) bool
        The combinations of known features that occur.
    raw : RawFeatures
        The numbers as the table had them.
    """

    tracks: pd.DataFrame
    sample: pd.DataFrame
    background: FeatureMatrix
    doubles: pd.Series
    space: Space
    axes: Floats
    squares: Floats
    songs: Integers
    genre_codes: Codes
    genre_vectors: Floats
    patterns: Mask
    chunks: tuple[Block, ...]
    bounds: BlockBounds
    raw: RawFeatures

    def __len__(self) -> int:
        return len(self.songs)

    @classmethod
    def from_tracks(cls, tracks: pd.DataFrame, seed: int = 0) -> "Catalogue":
        """
        Lay out a track table, or one that `prepare` made (quicker: songs are not recognised again).

        Of several versions of a song the most complete one is kept, then the most popular. The order of rows does not
        matter. `seed` chooses the background sample. An empty table gives an empty catalogue.
        """
        numbers = song_hashes(tracks)
        kept = best_of_each(tracks, numbers)
        return _lay_out(tracks, numbers, kept, seed)

    @cached_property
    def artists(self) -> Artists:
        """Who the songs are by; made when first asked for."""
        return Artists.of(self.tracks["artists"])

    @cached_property
    def recordings(self) -> Mapping[str, Mask]:
        """Which songs their titles call live, a remix or a Christmas song, (songs,) each; made when first asked for."""
        albums = self.tracks["album"].cat
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

    def vectors(self, rows: Integers) -> FeatureMatrix:
        """Some songs in model space, by row."""
        axes = np.empty((len(AXIS_FEATURE), len(rows)), np.float32)
        axes[:NUMBER_AXES] = self.axes[:, rows]
        axes[NUMBER_AXES:] = self.genre_vectors[self.genre_codes[rows]].T
        starts = np.array([piece.start for piece in self.chunks])
        of_piece = np.array([piece.pattern for piece in self.chunks], dtype=np.int64)
        known = self.patterns[of_piece[np.searchsorted(starts, rows, side="right") - 1]].T
        return FeatureMatrix(axes, known.astype(np.float32))

    def rows_of(self, track_ids: Sequence[str]) -> dict[str, int]:
        """The row of each id that the catalogue knows, doubles included."""
        ids = pd.Index(track_ids)
        found = self.tracks["track_id"]
        rows = {str(name): int(row) for row, name in found[found.isin(ids)].items()}
        doubled = self.doubles[self.doubles.index.isin(ids)]
        return rows | {str(name): int(row) for name, row in doubled.items()}

    def rows_of_songs(self, tracks: pd.DataFrame) -> Integers:
        """The row of the song that each row of a track table is a version of, (n,); -1 where there is none."""
        numbers = song_hashes(tracks)
        rows = np.flatnonzero(np.isin(self.songs, numbers))
        return np.asarray(pd.Series(rows, index=self.songs[rows]).reindex(numbers, fill_value=-1), dtype=np.int64)

    def rows_owned(self, library: pd.DataFrame) -> Integers:
        """The rows that a library holds: by track id (of any version), ISRC, or song."""
        by_song = np.isin(self.songs, song_hashes(library))
        codes = self.tracks["isrc"].cat
        is_held = isrcs(pd.Series(codes.categories, dtype="str")).isin(isrcs(library["isrc"]).dropna())
        by_isrc = np.append(is_held.to_numpy(bool), False)[codes.codes]
        by_id = self.tracks["track_id"].isin(library["track_id"]).to_numpy(bool)
        doubled = self.doubles[self.doubles.index.isin(library["track_id"])].to_numpy(np.int64)
        return np.union1d(np.flatnonzero(by_song | by_isrc | by_id), doubled)


def prepare(tracks: pd.DataFrame) -> pd.DataFrame:
    """The same track table with the column that spares `Catalogue.from_tracks` recognising songs; for storing."""
    return tracks.assign(**{SONG_COLUMN: song_hashes(tracks)})


def best_of_each(tracks: pd.DataFrame, numbers: Integers) -> Integers:
    """The position of the best row of each song, in order of song number."""
    order = np.argsort(numbers, kind="stable")
    is_repeated = np.diff(numbers[order]) == 0
    if not is_repeated.any():
        return order
    has_rivals = np.append(is_repeated, False) | np.append(False, is_repeated)
    best = _best_of_rivals(tracks.iloc[order[has_rivals]], order[has_rivals], numbers[order[has_rivals]])
    kept = np.concatenate([order[~has_rivals], best])
    return kept[np.argsort(numbers[kept])]


def _best_of_rivals(rivals: pd.DataFrame, positions: Integers, numbers: Integers) -> Integers:
    """Of rows that are versions of songs, the positions of the most complete, then most popular one of each."""
    known = sum((~np.isnan(column)).astype(np.int64) for column in columns(rivals)) + rivals["genres"].notna()
    ranked = pd.DataFrame(
        {
            "position": positions,
            "number": numbers,
            "known": np.asarray(known),
            "popularity": rivals["popularity"].fillna(-1).to_numpy(),
            "track_id": rivals["track_id"].to_numpy(),
        }
    ).sort_values(["known", "popularity", "track_id"], ascending=[False, False, True])
    return np.asarray(ranked.drop_duplicates("number")["position"], dtype=np.int64)


def _lay_out(tracks: pd.DataFrame, numbers: Integers, kept: Integers, seed: int) -> Catalogue:
    """Everything of a track table, from the rows to keep, in order of song number."""
    numbers_known = columns(tracks)
    codes, sets = pd.factorize(tracks["genres"], sort=True)
    counts = np.bincount(codes[kept][codes[kept] >= 0], minlength=len(sets)).astype(np.float64)
    genres = fit_genres(pd.Series(sets), counts)
    genre_vectors = _genre_vectors(genres, pd.Series(sets))
    unsorted = [column[kept] for column in numbers_known]
    known = np.stack([*(~np.isnan(column) for column in unsorted), np.any(genre_vectors, axis=1)[codes[kept]]])
    order, patterns, chunks = _arrange(known, cluster_key(unsorted))
    rows, placed = kept[order], [column[order] for column in unsorted]
    space = fit(placed, genres)
    axes, _ = space.transform_numbers(placed)
    sample = tracks[list(COLUMNS)].iloc[rows[_sample(numbers[rows], seed)]].reset_index(drop=True)
    return _read_only(
        Catalogue(
            tracks=_compact(tracks, rows),
            sample=sample,
            background=space.transform(sample),
            doubles=_doubles(tracks, numbers, rows),
            space=space,
            axes=axes,
            squares=_squares(axes),
            songs=numbers[rows],
            genre_codes=codes[rows].astype(np.min_scalar_type(-len(sets) - 1)),
            genre_vectors=genre_vectors,
            patterns=patterns,
            chunks=chunks,
            bounds=BlockBounds.of(axes, patterns, chunks),
            raw=RawFeatures.of(tracks[list(FLAGS)].iloc[rows], placed, axes, space, (patterns, chunks)),
        )
    )


def _squares(axes: Floats) -> Floats:
    """Squares of the features scaled by rank. A trace above zero, so that no norm over them is ever zero."""
    squares = np.square(axes[FIRST_AXIS[SCALED]])
    squares += TRACE
    return squares


def _read_only(catalogue: Catalogue) -> Catalogue:
    for array in (catalogue.axes, catalogue.squares, catalogue.songs, catalogue.genre_codes, catalogue.genre_vectors):
        array.flags.writeable = False
    return catalogue


def _genre_vectors(genres: GenreSpace | None, sets: pd.Series) -> Floats:
    """Where each distinct set of genres stands; one row more than sets, so that code -1 (unknown) is zero."""
    points = np.zeros((len(sets) + 1, GENRE_AXES), np.float32)
    if genres is not None:
        points[:-1] = genres.transform(sets)
    return points


def _arrange(known: Mask, beside: Integers) -> tuple[Integers, Mask, tuple[Block, ...]]:
    """Order rows by what is known of them, then side by side; the patterns that occur, and runs of rows of one."""
    codes = (1 << np.arange(len(known))) @ known.astype(np.int64) if known.size else np.zeros(known.shape[1], np.int64)
    songs = np.bincount(codes)
    found, pattern = np.flatnonzero(songs), (np.cumsum(songs > 0) - 1)[codes]
    stops = np.cumsum(songs[found])
    starts = stops - songs[found]
    is_mixed = np.empty(len(codes), dtype=bool)
    is_mixed[_sorted(pattern)] = np.arange(len(codes)) < np.repeat(starts + UNSORTED_ROWS, songs[found])
    order = _sorted(pattern * (beside.max(initial=0) + 2) + np.where(is_mixed, 0, beside + 1))
    runs = map(Block._make, zip(starts.tolist(), stops.tolist(), range(len(found)), strict=True))
    patterns = (found[:, None] >> np.arange(len(known))) & 1 == 1
    return order, patterns, tuple(cut(runs, CHUNK_ROWS))


def _sorted(numbers: Integers) -> Integers:
    """The order of numbers from 0, equal ones in order of position; in the smallest type, which sorts fastest."""
    return np.argsort(numbers.astype(np.min_scalar_type(numbers.max(initial=0))), kind="stable")


def _sample(numbers: Integers, seed: int) -> Integers:
    """Rows of a random sample that depends on the songs and the seed, not on their order."""
    mixed = (numbers.view(np.uint64) ^ np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
    count = min(BACKGROUND, len(numbers))
    return np.sort(np.argpartition(mixed, count - 1)[:count]) if count else np.arange(0)


def _doubles(tracks: pd.DataFrame, numbers: Integers, rows: Integers) -> pd.Series:
    """The place in `rows` of each song that also stands in rows that were not kept, by their track ids."""
    is_kept = np.zeros(len(tracks), dtype=bool)
    is_kept[rows] = True
    others = np.flatnonzero(~is_kept)
    order = np.argsort(numbers[rows])
    places = order[np.searchsorted(numbers[rows], numbers[others], sorter=order)] if len(others) else others
    return pd.Series(places, index=pd.Index(tracks["track_id"].iloc[others], dtype="str"), dtype=np.int64)


def _compact(tracks: pd.DataFrame, rows: Integers) -> pd.DataFrame:
    """The text and the small numbers of some rows, in little memory."""
    texts: dict[str, Any] = {name: tracks[name].take(rows).reset_index(drop=True) for name in ("track_id", "title")}
    for name in REPEATED_TEXT:
        codes, values = pd.factorize(tracks[name])
        texts[name] = pd.Categorical.from_codes(codes[rows], values)
        texts[name].categories._cache.clear()  # the check for doubles leaves a Python string for each: 80 bytes
    numbers = {name: _small(name, tracks[name].to_numpy()[rows]) for name in SMALL_NUMBERS}
    return pd.DataFrame({**texts, **numbers})


def _small(name: str, column: Doubles) -> Floats:
    """A column in its small type; what is not believed of it is unknown, for it might not fit."""
    low, high = RANGES[name]
    is_in_range = (column >= low) & (column <= high)
    return np.where(is_in_range, column, np.nan).astype(SMALL_NUMBERS[name])
