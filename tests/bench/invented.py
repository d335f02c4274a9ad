"""Invented catalogues of any size, drawn in a moment."""

from dataclasses import replace

import numpy as np
import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.layout import CHUNK_ROWS
from recsys.core.engine.pruning import Block, BlockBounds
from recsys.core.model.features import NUMBER_FEATURES
from recsys.core.model.tracks import as_tracks

UNIT = ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness", "valence")


def invented(count: int, seed: int = 0) -> pd.DataFrame:
    """A track table with text as long as real text, all features known, and no genres."""
    rng = np.random.default_rng(seed)
    at = np.arange(count)
    columns = {name: rng.beta(2, 3, count).round(3) for name in UNIT} | {
        "loudness": -rng.gamma(2, 4, count).round(3),
        "tempo": rng.normal(120, 25, count).clip(40, 220).round(3),
        "duration_ms": rng.normal(220_000, 60_000, count).clip(30_000).round(),
        "year": rng.integers(1950, 2025, count),
        "popularity": rng.integers(0, 100, count),
    }
    text = {
        "track_id": _numbered("", at, 22),
        "title": _numbered("A song named ", at, 7),
        "artists": _numbered("The Artist ", rng.integers(0, count // 8, count), 6),
        "album": _numbered("An album of ", rng.integers(0, count // 8, count), 6),
    }
    return as_tracks(pd.DataFrame(text | columns))


def repeated(catalogue: Catalogue, times: int) -> Catalogue:
    """A catalogue as large as several, for `CandidateSearch` alone: features are repeated, text is not."""
    count = len(catalogue) * times
    axes = np.tile(catalogue.axes, times)
    chunks = tuple(Block(at, min(at + CHUNK_ROWS, count), 0) for at in range(0, count, CHUNK_ROWS))
    return replace(
        catalogue,
        axes=axes,
        songs=np.tile(catalogue.songs, times),
        genre_codes=np.tile(catalogue.genre_codes, times),
        chunks=chunks,
        bounds=BlockBounds.of(axes, catalogue.patterns, chunks),
    )


def recipes(count: int) -> list[dict[str, float]]:
    """Weights that differ in every feature from one to the next."""
    rng = np.random.default_rng(0)
    return [{f.name: float(rng.uniform(0.25, 4)) for f in NUMBER_FEATURES} for _ in range(count)]


def _numbered(prefix: str, numbers: np.ndarray, width: int) -> pd.Series:
    return pd.Series(np.char.add(prefix, np.char.zfill(numbers.astype(str), width)), dtype="str")
