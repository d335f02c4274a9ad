"""The catalogue: every song once, laid out so that a profile can be compared with all of them in milliseconds.

Rows stand in an order of their own (by what is known of them, then by song number), so that the order of the file
changes no result. Columns of features are contiguous float32, squares are kept beside them, and text is Arrow or
categorical: together under 200 bytes a track.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from recsys.core.arrays import Codes, Floats, Integers, Mask
from recsys.core.artists import Artists
from recsys.core.features import FEATURES, NUMBER_FEATURES
from recsys.core.genres import GENRE_AXES, GenreSpace, fit_genres
from recsys.core.identity import SONG_COLUMN, isrcs, song_numbers
from recsys.core.scaling import AXIS_FEATURE, FIRST_AXIS, NUMBER_AXES, Points, Space, columns, fit

BACKGROUND: Final = 2000
"""Songs of the sample that stands for the whole catalogue (250 to 10,000 measured: .086, .093 at 2,000, .094)."""

LONGEST_PIECE: Final = 65_536
"""Rows worked on at once: few enough for the running sums to stay in the processor's cache."""

REPEATED_TEXT: Final = ("artists", "album", "isrc", "genres")
SMALL_NUMBERS: Final = ("year", "popularity")


class Piece(NamedTuple):
    """A run of rows of which the same features are known: start, stop, and the row of `Catalogue.patterns`."""

    start: int
    stop: int
    pattern: int


@dataclass(frozen=True)
class Catalogue:
    """
    The songs to choose from; read-only, so that all listeners of a process share one.

    Attributes
    ----------
    tracks : DataFrame
        One row per song: track_id, title, artists, album, isrc, genres, year, popularity. Repeated text is
        categorical. Audio features are not here, only in `sample` and, scaled, in `axes`.
    sample : DataFrame
        A random track table of at most `BACKGROUND` songs with all their features, for charts.
    background : Points
        The same sample in model space.
    doubles : Series
        Row of `tracks` by the ids of other rows of the same song.
    axes, squares : (NUMBER_AXES, songs) and (number features, songs) float32
    songs : (songs,) int64
        Song numbers, see `identity.song_numbers`.
    patterns : (patterns, features) bool
        The combinations of known features that occur.
    """

    tracks: pd.DataFrame
    sample: pd.DataFrame
    background: Points
    doubles: pd.Series
    space: Space
    axes: Floats
    squares: Floats
    songs: Integers
    genre_codes: Codes
    genre_points: Floats
    genre_known: Floats
    patterns: Mask
    pieces: tuple[Piece, ...]

    def __len__(self) -> int:
        return len(self.songs)

    @classmethod
    def from_tracks(cls, tracks: pd.DataFrame, seed: int = 0) -> "Catalogue":
        """
        Lay out a track table, or one that `prepare` made (quicker: songs are not recognised again).

        Of several versions of a song the most complete one is kept, then the most popular. The order of rows does not
        matter. `seed` chooses the background sample. An empty table gives an empty catalogue.
        """
        numbers = song_numbers(tracks)
        kept = _one_of_each(tracks, numbers)
        songs = tracks.iloc[kept].reset_index(drop=True)
        return _lay_out(songs, numbers[kept], _doubles(tracks, numbers, kept), seed)

    @cached_property
    def artists(self) -> Artists:
        """Who the songs are by; made when first asked for."""
        return Artists.of(self.tracks["artists"])

    def points(self, rows: Integers) -> Points:
        """Some songs in model space, by row."""
        axes, known = np.zeros((len(AXIS_FEATURE), len(rows)), np.float32), np.zeros((len(FEATURES), len(rows)))
        axes[:NUMBER_AXES] = self.axes[:, rows]
        axes[NUMBER_AXES:] = self.genre_points[self.genre_codes[rows]].T
        starts = np.array([piece.start for piece in self.pieces])
        of_piece = np.array([piece.pattern for piece in self.pieces], dtype=np.int64)
        known = self.patterns[of_piece[np.searchsorted(starts, rows, side="right") - 1]].T
        return Points(axes, known.astype(np.float32))

    def rows_of(self, track_ids: Sequence[str]) -> dict[str, int]:
        """The row of each id that the catalogue knows, doubles included."""
        ids = pd.Index(track_ids)
        found = self.tracks["track_id"]
        rows = {str(name): int(row) for row, name in found[found.isin(ids)].items()}
        doubled = self.doubles[self.doubles.index.isin(ids)]
        return rows | {str(name): int(row) for name, row in doubled.items()}

    def rows_owned(self, library: pd.DataFrame) -> Integers:
        """The rows that a library holds: by track id (of any version), ISRC, or song."""
        by_song = np.isin(self.songs, song_numbers(library))
        by_isrc = isrcs(self.tracks["isrc"].astype("str")).isin(isrcs(library["isrc"]).dropna()).to_numpy(bool)
        by_id = self.tracks["track_id"].isin(library["track_id"]).to_numpy(bool)
        doubled = self.doubles[self.doubles.index.isin(library["track_id"])].to_numpy(np.int64)
        return np.union1d(np.flatnonzero(by_song | by_isrc | by_id), doubled)


def prepare(tracks: pd.DataFrame) -> pd.DataFrame:
    """The same track table with the column that spares `Catalogue.from_tracks` recognising songs; for storing."""
    return tracks.assign(**{SONG_COLUMN: song_numbers(tracks)})


def _one_of_each(tracks: pd.DataFrame, numbers: Integers) -> Integers:
    """The position of the best row of each song, in order of song number."""
    order = np.argsort(numbers, kind="stable")
    is_double = np.isin(numbers, numbers[order][1:][np.diff(numbers[order]) == 0])
    several = np.flatnonzero(is_double)
    rivals = tracks.iloc[several]
    complete = sum((~np.isnan(column)).astype(int) for _, column in columns(rivals)) + rivals["genres"].notna()
    ranked = pd.DataFrame(
        {
            "at": several,
            "number": numbers[several],
            "complete": np.asarray(complete),
            "popularity": rivals["popularity"].fillna(-1).to_numpy(),
            "track_id": rivals["track_id"].to_numpy(),
        }
    ).sort_values(["number", "complete", "popularity", "track_id"], ascending=[True, False, False, True])
    kept = np.concatenate([np.flatnonzero(~is_double), ranked.drop_duplicates("number")["at"].to_numpy(np.int64)])
    return kept[np.argsort(numbers[kept])]


def _doubles(tracks: pd.DataFrame, numbers: Integers, kept: Integers) -> pd.Series:
    """The song number by the id of every row that was not kept."""
    others = np.setdiff1d(np.arange(len(tracks)), kept)
    return pd.Series(numbers[others], index=pd.Index(tracks["track_id"].iloc[others], dtype="str"))


def _lay_out(songs: pd.DataFrame, numbers: Integers, doubles: pd.Series, seed: int) -> Catalogue:
    """Everything of a table with one row per song, in order of song number."""
    codes, sets = pd.factorize(songs["genres"], sort=True)
    genres = fit_genres(pd.Series(sets), np.bincount(codes[codes >= 0], minlength=len(sets)).astype(np.float64))
    space = fit(songs, genres)
    points = _genre_points(genres, pd.Series(sets))
    axes, known = space.place_numbers(songs)
    known = np.vstack([known, points.any(axis=1)[codes]])
    order, patterns, pieces = _arrange(known)
    numbers, axes = numbers[order], np.ascontiguousarray(axes[:, order])
    sampled = _sample(numbers, seed)
    sample = songs.iloc[order[sampled]].reset_index(drop=True)
    catalogue = Catalogue(
        tracks=_compact(songs, order),
        sample=sample,
        background=space.place(sample),
        doubles=pd.Series(_rows_of_numbers(numbers, doubles.to_numpy()), index=doubles.index),
        space=space,
        axes=axes,
        squares=np.add.reduceat(axes * axes, FIRST_AXIS[: len(NUMBER_FEATURES)], axis=0),
        songs=numbers,
        genre_codes=codes[order].astype(np.int32),
        genre_points=points,
        genre_known=points.any(axis=1).astype(np.float32),
        patterns=patterns,
        pieces=pieces,
    )
    for array in (catalogue.axes, catalogue.squares, catalogue.songs, catalogue.genre_codes, catalogue.genre_points):
        array.flags.writeable = False
    return catalogue


def _genre_points(genres: GenreSpace | None, sets: pd.Series) -> Floats:
    """Where each distinct set of genres stands; one row more than sets, so that code -1 (unknown) is zero."""
    points = np.zeros((len(sets) + 1, GENRE_AXES), np.float32)
    if genres is not None:
        points[:-1] = genres.place(sets)
    return points


def _arrange(known: Mask) -> tuple[Integers, Mask, tuple[Piece, ...]]:
    """Order rows by what is known of them; the patterns that occur, and runs of rows with one pattern."""
    codes = (1 << np.arange(len(known))) @ known.astype(np.int64) if known.size else np.zeros(known.shape[1], np.int64)
    order = np.argsort(codes, kind="stable")
    found, starts = np.unique(codes[order], return_index=True)
    patterns = (found[:, None] >> np.arange(len(known))) & 1 == 1
    pieces = [
        Piece(at, min(at + LONGEST_PIECE, stop), pattern)
        for pattern, (start, stop) in enumerate(zip(starts, [*starts[1:], len(codes)], strict=True))
        for at in range(start, stop, LONGEST_PIECE)
    ]
    return order, patterns, tuple(pieces)


def _sample(numbers: Integers, seed: int) -> Integers:
    """Rows of a random sample that depends on the songs and the seed, not on their order."""
    mixed = (numbers.view(np.uint64) ^ np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
    count = min(BACKGROUND, len(numbers))
    return np.sort(np.argpartition(mixed, count - 1)[:count]) if count else np.arange(0)


def _rows_of_numbers(numbers: Integers, wanted: Integers) -> Integers:
    order = np.argsort(numbers)
    return order[np.searchsorted(numbers, wanted, sorter=order)]


def _compact(songs: pd.DataFrame, order: Integers) -> pd.DataFrame:
    """The text and the small numbers of the songs, in the catalogue's order and in little memory."""
    texts = {name: songs[name].iloc[order].reset_index(drop=True) for name in ("track_id", "title")}
    for name in REPEATED_TEXT:
        codes, values = pd.factorize(songs[name].iloc[order])
        texts[name] = pd.Categorical.from_codes(codes, values)
    numbers = {name: songs[name].to_numpy()[order].astype(np.float32) for name in SMALL_NUMBERS}
    return pd.DataFrame({**texts, **numbers})
