"""The methods that ours is measured against: chance, the charts, the textbook, and the textbook centred.

On 24 real libraries their NDCG@50 was .0079, .0344, .0124 and .0529.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import pandas as pd

from recsys.core.engine.similarity import top_positions
from recsys.core.model.arrays import Doubles, Floats, Integers, Mask
from recsys.core.model.features import AUDIO_FEATURES, NUMBER_FEATURES
from recsys.core.model.scaling import columns

TEXTBOOK: Final = ("danceability", "energy", "valence", "acousticness", "tempo")
"""The five features of the usual tutorial. Other choices of five measured within a tenth of these."""
ALL_AUDIO: Final = tuple(f.name for f in AUDIO_FEATURES)


@dataclass(frozen=True)
class Answer:
    """What a method says: the `rows` it recommends, best first, and the score of any rows it is queried for."""

    rows: Integers
    scores_of: Callable[[Integers], Doubles | Floats]


class Method(Protocol):
    """A way to recommend songs to the owner of some others."""

    def answer(self, visible: Integers, candidates: Mask, depth: int, rng: np.random.Generator) -> Answer:
        """
        Rank a pool of songs.

        Parameters
        ----------
        visible : rows of the songs that are known to be liked
        candidates : (songs,) bool
            What may be recommended; nothing of `visible` is.
        depth : int
            How many rows at most; fewer where there are fewer.
        rng : Generator
            For methods that draw.
        """


class Chance:
    """Every song is as good as any other."""

    def answer(self, visible: Integers, candidates: Mask, depth: int, rng: np.random.Generator) -> Answer:
        """Candidates in an order drawn at each call."""
        return _first(rng.random(len(candidates)), candidates, depth)


class Popularity:
    """The charts: the same list for everybody. A song of unknown popularity comes after all others."""

    def __init__(self, popularity: Doubles) -> None:
        """`popularity` (songs,), on any scale, NaN where unknown."""
        self._level = np.unique(np.where(np.isnan(popularity), -np.inf, popularity), return_inverse=True)[1]

    def answer(self, visible: Integers, candidates: Mask, depth: int, rng: np.random.Generator) -> Answer:
        """Candidates by popularity, equal ones in an order drawn at each call."""
        return _first(self._level + 0.5 * rng.random(len(candidates)), candidates, depth)


class MeanCosine:
    """Cosine of every song with the mean of the visible ones, as tutorials do it; blind to incomplete songs."""

    def __init__(self, points: Doubles) -> None:
        """`points` (songs, features), NaN where unknown."""
        self._is_complete: Mask = np.asarray(~np.isnan(points).any(axis=1))
        self._points = np.where(self._is_complete[:, None], points, 0.0)
        self._lengths = np.maximum(np.linalg.norm(self._points, axis=1), 1e-12)

    def answer(self, visible: Integers, candidates: Mask, depth: int, rng: np.random.Generator) -> Answer:
        """Candidates by cosine in -1..1."""
        centre = self._points[visible[self._is_complete[visible]]].sum(axis=0)
        cosines = self._points @ centre / (self._lengths * max(float(np.linalg.norm(centre)), 1e-12))
        return _first(np.where(self._is_complete, cosines, -np.inf), candidates, depth)


def textbook(tracks: pd.DataFrame) -> MeanCosine:
    """Five features, each stretched to 0..1 over the catalogue (min-max), mean and cosine."""
    values = audio(tracks, TEXTBOOK)
    low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    return MeanCosine((values - low) / np.where(high > low, high - low, 1))


def z_scored(tracks: pd.DataFrame) -> MeanCosine:
    """All nine audio features, each with mean 0 and standard deviation 1 over the catalogue, mean and cosine."""
    return MeanCosine(standardised(tracks))


def standardised(tracks: pd.DataFrame) -> Doubles:
    """The audio features (songs, features) with mean 0 and standard deviation 1; NaN where unknown."""
    values = audio(tracks)
    spread = np.nanstd(values, axis=0)
    return np.asarray((values - np.nanmean(values, axis=0)) / np.where(spread > 0, spread, 1))


def audio(tracks: pd.DataFrame, names: tuple[str, ...] = ALL_AUDIO) -> Doubles:
    """Audio features as published, (songs, features), NaN where unknown; features known of no song are left out."""
    every = zip(NUMBER_FEATURES, columns(tracks), strict=True)
    known = [column for f, column in every if f.name in names and not np.isnan(column).all()]
    return np.stack(known, axis=1) if known else np.empty((len(tracks), 0))


def _first(scores: Doubles, candidates: Mask, depth: int) -> Answer:
    return Answer(top_positions(np.where(candidates, scores, -np.inf), depth), scores.__getitem__)
