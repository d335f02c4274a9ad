"""What a library says in numbers: medians against the catalogue, where features came from, and outliers."""

from typing import Final

import numpy as np
import pandas as pd

from recsys.core.insights.wording import in_words
from recsys.core.model.features import AUDIO_FEATURES, FEATURES, NUMBER_FEATURES
from recsys.core.model.genres import genre_names

WITH_TRACK: Final = "came with the track"
NO_SOURCE: Final = "source not recorded"
MISSING: Final = "missing"

NEIGHBOURS: Final = 5
CHUNK: Final = 512


def describe(library: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """
    The library feature by feature, against the catalogue.

    Parameters
    ----------
    library, catalogue : DataFrame
        Track tables; either may be empty.

    Returns
    -------
    DataFrame
        One row per number feature, by name: the library's `median`, in the column's own unit, and `percentile` in
        0..1: the share of the catalogue that lies below it (equal values count half, so 0.5 is the catalogue's own
        median). NaN where nothing is known.
    """
    rows = {}
    for f in NUMBER_FEATURES:
        median = library[f.column].median()
        rows[f.name] = {"median": median, "percentile": percentile(median, catalogue[f.column])}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("feature")


def percentile(value: float, among: pd.Series) -> float:
    """The share of the known values below `value`, equal ones counted half; NaN without a value or values."""
    known = among.dropna()
    if known.empty or np.isnan(value):
        return float("nan")
    return float(((known < value).mean() + (known <= value).mean()) / 2)


def features_by_source(library: pd.DataFrame) -> pd.DataFrame:
    """
    Where the features of a library came from.

    Returns
    -------
    DataFrame
        One row per feature, by name, and one column per source with the number of tracks, `missing` last. Sources are
        those of the audio features; what came with the track itself, and audio features of which nobody recorded the
        source, have their own columns. Every row adds up to the number of tracks.
    """
    rows = {}
    for f in FEATURES:
        source = library["source"].fillna(NO_SOURCE) if f.is_audio else pd.Series(WITH_TRACK, index=library.index)
        rows[f.name] = source.where(library[f.column].notna(), MISSING).value_counts()
    table = pd.DataFrame.from_dict(rows, orient="index").fillna(0).astype(int)
    ends = [name for name in (WITH_TRACK, NO_SOURCE) if name in table.columns]
    named = sorted(set(table.columns) - {WITH_TRACK, NO_SOURCE, MISSING})
    return table.reindex(columns=[*named, *ends, MISSING], fill_value=0).rename_axis("feature")


def outliers(library: pd.DataFrame, n: int = 5) -> pd.DataFrame:
    """
    The listener's own tracks that are furthest from all others.

    A library may hold several tastes, so a track is not compared with the average but with the tracks nearest to it:
    it is an outlier when even its fifth nearest neighbour is far. Distance is the root mean square difference over the
    audio features both tracks have, each in standard deviations of the library (the k-th nearest neighbour distance
    of Ramaswamy, Rastogi and Shim 2000, https://doi.org/10.1145/342009.335437).

    Parameters
    ----------
    library : DataFrame
        A track table. Tracks with fewer than half of the audio features known are left out.
    n : int
        At most this many tracks.

    Returns
    -------
    DataFrame
        The track table's columns plus `distance`, furthest first, and why: `feature`, the name of the feature in
        which the track is most extreme among the listener's own, and `percentile`, the share of the library below it.
        Empty where fewer than seven tracks can be compared.
    """
    values = library[[f.column for f in AUDIO_FEATURES]]
    comparable = library[values.notna().mean(axis=1) >= 0.5].reset_index(drop=True)
    if len(comparable) <= NEIGHBOURS + 1:
        return comparable.head(0).assign(distance=pd.Series(dtype=float), feature="", percentile=pd.Series(dtype=float))
    # In standard deviations; a feature that never changes is 0, an unknown value NaN.
    values = comparable[values.columns]
    spread = values.std(ddof=0)
    points = np.asarray((values - values.mean()) / spread.where(spread > 0, 1))
    # Distance to the fifth nearest other row, over shared features, shape (n_tracks,); chunked to bound memory.
    known = (~np.isnan(points)).astype(float)
    filled = np.nan_to_num(points)
    squares = filled**2
    distances = []
    for start in range(0, len(points), CHUNK):
        part = slice(start, start + CHUNK)
        shared = known[part] @ known.T
        total = squares[part] @ known.T + known[part] @ squares.T - 2 * filled[part] @ filled.T
        mean = np.divide(total, shared, out=np.full_like(total, np.inf), where=shared > 0)
        distances.append(np.partition(mean, NEIGHBOURS, axis=1)[:, NEIGHBOURS])
    distance = np.sqrt(np.maximum(np.concatenate(distances), 0))
    # The feature in which each track is nearest to an end of the library, and its percentile there.
    positions = ((values.rank(method="average") - 0.5) / values.notna().sum()).to_numpy()
    extreme = np.nan_to_num(np.abs(positions - 0.5), nan=-1).argmax(axis=1)
    found = comparable.assign(
        distance=distance,
        feature=np.array([f.name for f in AUDIO_FEATURES])[extreme],
        percentile=positions[np.arange(len(positions)), extreme],
    )
    return found.sort_values(["distance", "track_id"], ascending=[False, True]).head(n).reset_index(drop=True)


def profile_in_words(library: pd.DataFrame, genres: int = 3) -> dict[str, str]:
    """The listener's own value of every feature in words, by feature name, such as "mostly calm" or "1994"."""
    words = {f.name: in_words(f.name, library[f.column].median()) for f in NUMBER_FEATURES}
    # Each name once a song and in lower case, as the model and the chart of genres read them.
    common = library["genres"].map(lambda joined: sorted(set(genre_names(joined)))).explode().dropna().value_counts()
    return words | {"genre": ", ".join(common.index[:genres]) or "unknown"}
