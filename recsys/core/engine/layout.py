"""How the songs of a catalogue are laid out: each song once, in an order that search can skip through, and scaled.

`deduplicate` chooses a row for each song, `fit_space` learns the scaling from those rows, `order_rows` sorts them, and
`compact_text` stores what is shown of them. None of them depends on the order of the rows in the file.
"""

from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from recsys.core.engine.pruning import Block, cut
from recsys.core.model.arrays import Codes, Doubles, Floats, Integers, Mask
from recsys.core.model.genres import GENRE_AXES, fit_genres
from recsys.core.model.scaling import Columns, Space, columns, fit
from recsys.core.model.tracks import RANGES

CHUNK_ROWS: Final = 131_072
"""Rows computed at once: few enough for what is written to stay in the processor's cache, many enough for the overhead
of numpy not to count."""

UNSORTED_ROWS: Final = 8192
"""The first rows of each pattern are unsorted, so that they are a contiguous random sample of it."""

BACKGROUND: Final = 2000
"""Songs of the sample that represents the whole catalogue (NDCG@50 of 250 to 10,000: .086, .093 at 2,000, .094)."""

REPEATED_TEXT: Final = ("artists", "album", "isrc", "genres")
SMALL_NUMBERS: Final = {"year": np.float32, "popularity": np.float16}
"""Stored beside the text, each in the smallest type that holds its whole numbers."""

GOLDEN_RATIO: Final = np.uint64(0x9E3779B97F4A7C15)
"""2^64 / φ, odd: multiplying by it spreads numbers evenly (Fibonacci hashing, Knuth, TAOCP vol. 3, 6.4)."""


def deduplicate(tracks: pd.DataFrame, hashes: Integers) -> Integers:
    """
    The position of the best row of each song, in order of song hash.

    Of several versions the most complete one is best, then the most popular, then the one whose id comes first.
    """
    order = np.argsort(hashes, kind="stable")
    is_same_as_next = np.diff(hashes[order]) == 0
    if not is_same_as_next.any():
        return order
    # Few songs have several versions: only those go through pandas' slow sort by several columns.
    has_versions = np.append(is_same_as_next, False) | np.append(False, is_same_as_next)
    positions = order[has_versions]
    versions = tracks.iloc[positions]
    known = sum((~np.isnan(column)).astype(np.int64) for column in columns(versions)) + versions["genres"].notna()
    ranked = pd.DataFrame(
        {
            "position": positions,
            "hash": hashes[positions],
            "known": np.asarray(known),
            "popularity": versions["popularity"].fillna(-1).to_numpy(),
            "track_id": versions["track_id"].to_numpy(),
        }
    ).sort_values(["known", "popularity", "track_id"], ascending=[False, False, True])
    best = ranked.drop_duplicates("hash")["position"].to_numpy(dtype=np.int64)
    chosen = np.concatenate([order[~has_versions], best])
    return chosen[np.argsort(hashes[chosen])]


class RowOrder(NamedTuple):
    """
    An order of rows.

    Attributes
    ----------
    rows : (n,)
        Positions in the order in which they are stored.
    patterns : (patterns, features) bool
        The combinations of known features that occur.
    chunks : tuple of Block
        Consecutive rows of one pattern each, at most `CHUNK_ROWS`, that together are all rows.
    """

    rows: Integers
    patterns: Mask
    chunks: tuple[Block, ...]


def order_rows(known: Mask, cluster_keys: Integers) -> RowOrder:
    """
    Sort rows by which features are known, then by cluster.

    Parameters
    ----------
    known : (features, n) bool
    cluster_keys : (n,)
        Rows with equal or neighbouring keys point the same way, see `pruning.cluster_key`.

    Returns
    -------
    RowOrder
        Within a pattern the first `UNSORTED_ROWS` stay in the order given, the others are sorted by cluster.
    """
    # A pattern is a number with one bit per feature. There are few distinct ones, so counting them (bincount) and
    # renumbering them 0, 1, 2 … by a running sum replaces a sort of all rows.
    codes = (1 << np.arange(len(known))) @ known.astype(np.int64) if known.size else np.zeros(known.shape[1], np.int64)
    counts = np.bincount(codes)
    distinct, pattern = np.flatnonzero(counts), (np.cumsum(counts > 0) - 1)[codes]
    stops = np.cumsum(counts[distinct])
    starts = stops - counts[distinct]
    # The first rows of each pattern: their place in a stable sort by pattern is less than UNSORTED_ROWS behind its
    # start. They all get key 0, and the sort below is stable, so they stay in order.
    is_unsorted = np.empty(len(codes), dtype=bool)
    is_unsorted[_stable_order(pattern)] = np.arange(len(codes)) < np.repeat(starts + UNSORTED_ROWS, counts[distinct])
    # Pattern and cluster as two digits of one number: one sort of integers instead of a sort by two columns.
    base = cluster_keys.max(initial=0) + 2
    rows = _stable_order(pattern * base + np.where(is_unsorted, 0, cluster_keys + 1))
    runs = map(Block._make, zip(starts.tolist(), stops.tolist(), range(len(distinct)), strict=True))
    patterns = (distinct[:, None] >> np.arange(len(known))) & 1 == 1
    return RowOrder(rows, patterns, tuple(cut(runs, CHUNK_ROWS)))


def _stable_order(numbers: Integers) -> Integers:
    """The order of numbers >= 0, equal ones in order of position."""
    # numpy sorts integers of up to 16 bits by radix, several times faster: the smallest type that holds them is used.
    return np.argsort(numbers.astype(np.min_scalar_type(numbers.max(initial=0))), kind="stable")


def fit_space(numbers: Columns, genre_codes: Codes, genre_sets: pd.Series) -> Space:
    """
    Learn the scaling of a catalogue.

    Parameters
    ----------
    numbers : list of (n,)
        The number features, as `scaling.columns` returns them.
    genre_codes : (n,)
        The row in `genre_sets` of each song, -1 where its genres are unknown.
    genre_sets : Series
        The distinct sets of genres.
    """
    counts = np.bincount(genre_codes[genre_codes >= 0], minlength=len(genre_sets)).astype(np.float64)
    return fit(numbers, fit_genres(genre_sets, counts))


def genre_vectors(space: Space, genre_sets: pd.Index) -> Floats:
    """A vector for each distinct set of genres, and behind them one of zeros, which code -1 (unknown) reads."""
    vectors = np.zeros((len(genre_sets) + 1, GENRE_AXES), np.float32)
    if space.genres is not None and len(genre_sets):
        vectors[:-1] = space.genres.transform(pd.Series(genre_sets))
    return vectors


def sample_rows(hashes: Integers, seed: int) -> Integers:
    """Rows of a random sample of at most `BACKGROUND` songs that depends on the songs and the seed, not their order."""
    # Each song gets a pseudo-random number of its own, and the lowest are drawn: no generator, so no order of drawing.
    drawn = (hashes.view(np.uint64) ^ np.uint64(seed)) * GOLDEN_RATIO
    count = min(BACKGROUND, len(hashes))
    return np.sort(np.argpartition(drawn, count - 1)[:count]) if count else np.arange(0)


def rows_of_other_versions(tracks: pd.DataFrame, hashes: Integers, rows: Integers) -> pd.Series:
    """For the track ids that were not chosen, the place in `rows` of the version of the song that was."""
    is_chosen = np.zeros(len(tracks), dtype=bool)
    is_chosen[rows] = True
    others = np.flatnonzero(~is_chosen)
    order = np.argsort(hashes[rows])
    places = order[np.searchsorted(hashes[rows], hashes[others], sorter=order)] if len(others) else others
    return pd.Series(places, index=pd.Index(tracks["track_id"].iloc[others], dtype="str"), dtype=np.int64)


def compact_text(tracks: pd.DataFrame, rows: Integers, genres: tuple[Integers, pd.Index]) -> pd.DataFrame:
    """
    The text and the small numbers of some rows, in little memory: repeated text is categorical.

    `genres` are the code of each row of `tracks` and the distinct sets, as `pandas.factorize` returns them.
    """
    found: dict[str, Any] = {name: tracks[name].take(rows).reset_index(drop=True) for name in ("track_id", "title")}
    for name in REPEATED_TEXT:
        codes, values = genres if name == "genres" else pd.factorize(tracks[name])
        found[name] = pd.Categorical.from_codes(codes[rows], values)
        found[name].categories._cache.clear()  # the check for duplicates leaves a Python string for each: 80 bytes
    for name, kind in SMALL_NUMBERS.items():
        low, high = RANGES[name]
        column: Doubles = tracks[name].to_numpy()[rows]
        is_in_range = (column >= low) & (column <= high)
        small: Floats = np.where(is_in_range, column, np.nan).astype(kind)  # out of range might not fit the type
        found[name] = small
    return pd.DataFrame(found)
