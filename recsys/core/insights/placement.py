"""Where songs lie in a catalogue, feature by feature: on the scale that aims are steps of, and as percentiles."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.model.arrays import Doubles
from recsys.core.model.features import NUMBER_FEATURES
from recsys.core.model.scaling import QuantileTransform, columns

BINS: Final = 28
_NORMAL: Final = NormalDist()
_TEMPO: Final = [f.name for f in NUMBER_FEATURES].index("tempo")


@dataclass(frozen=True)
class Yardstick:
    """
    A catalogue to measure songs by.

    A position is the normal quantile of a value's rank in the catalogue (`model.scaling`): 0 is the catalogue's
    median, and one step of an aim moves it by 1. Tempo, which the model places in an octave, is ranked like the rest.
    """

    transforms: Mapping[str, QuantileTransform]

    @classmethod
    def of(cls, catalogue: Catalogue) -> "Yardstick":
        """The yardstick of a catalogue; a feature that none of its songs is known to have places nothing."""
        tempo = QuantileTransform.fit(columns(catalogue.sample)[_TEMPO])
        return cls({**catalogue.space.quantiles, "tempo": tempo})

    def positions(self, tracks: pd.DataFrame) -> dict[str, Doubles]:
        """
        The position of each row of a track table, by feature name: arrays (n,), NaN where a value is unknown.

        `tracks` needs the columns of `NUMBER_FEATURES` only.
        """
        placed = {}
        for f, column in zip(NUMBER_FEATURES, columns(tracks), strict=True):
            transform = self.transforms[f.name]
            is_known = ~np.isnan(column) & bool(len(transform.values))
            placed[f.name] = np.where(is_known, transform.transform(column), np.nan)
        return placed


def medians(positions: Mapping[str, Doubles]) -> dict[str, float | None]:
    """The median position of each feature; None where no song's is known."""
    known = {name: column[~np.isnan(column)] for name, column in positions.items()}
    return {name: float(np.median(column)) if len(column) else None for name, column in known.items()}


def percentile(position: float | None) -> float | None:
    """The share of the catalogue below a position, 0 to 1; None for None and for NaN."""
    return None if position is None or np.isnan(position) else _NORMAL.cdf(position)


def heights(column: Doubles, axis: tuple[float, float]) -> list[float]:
    """
    A distribution as heights from 0 to 1, the highest being 1, at `BINS` places along an axis; none without values.

    Counts are smoothed with a triangle of five bins, so that few songs make a curve and not single spikes. What lies
    beyond the axis is counted at its end.
    """
    known = np.clip(column[~np.isnan(column)], *axis)
    if not len(known):
        return []
    counts = np.histogram(known, BINS, axis)[0].astype(np.float64)
    smooth = np.convolve(counts, np.array([1, 2, 3, 2, 1]) / 9, mode="same")
    return [round(float(height), 3) for height in smooth / smooth.max()]
