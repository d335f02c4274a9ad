"""A library as a profile: which of its tracks speak, the point they share, and what can be compared at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.core.engine.similarity import ENOUGH_KNOWN, Metric, metric
from recsys.core.model.arrays import Floats, Mask
from recsys.core.model.features import FEATURES
from recsys.core.model.scaling import AXIS_FEATURE, FeatureMatrix
from recsys.errors import NothingToRank

DEFAULTS: Final = np.array([f.default_weight for f in FEATURES])


@dataclass(frozen=True)
class Profile:
    """
    What a library says about taste under given weights.

    Attributes
    ----------
    centroid : (axes,) float32
        The mean of the unit rows of the tracks, each axis over the tracks of which it is known.
    tracks : FeatureMatrix
        The usable tracks: those of which at least half of the weight is known.
    is_usable : (tracks,) bool
        Which of the tracks given those are.
    metric : Metric
        The weights of the features known both here and in the catalogue.
    """

    centroid: Floats
    tracks: FeatureMatrix
    is_usable: Mask
    metric: Metric


def profile(tracks: FeatureMatrix, weights: Mapping[str, float], in_catalogue: Mask) -> Profile:
    """
    Profile of tracks in model space.

    Parameters
    ----------
    tracks : FeatureMatrix
    weights : mapping of feature name to float >= 0
    in_catalogue : (features,) bool
        Features known of at least one song of the catalogue.

    Raises
    ------
    NothingToRank
        No weighted feature is known both of a track and of a song.
    """
    wanted = np.array([weights[f.name] for f in FEATURES]) * in_catalogue
    speaks = _speaks(tracks, wanted)
    speaking = tracks.take(speaks)
    active = (wanted > 0) & speaking.mask.any(axis=1)
    if not active.any():
        raise NothingToRank(
            "None of the features you gave weight to is known both of your tracks and of the catalogue. "
            "Add features to your library, or raise another slider."
        )
    return Profile(_centre(speaking, active), speaking, speaks, metric(wanted, active))


def _speaks(tracks: FeatureMatrix, wanted: np.ndarray) -> Mask:
    """Tracks of which at least half of the weight is known; where there are none, those with anything known."""
    known = wanted @ tracks.mask
    total = (wanted * tracks.mask.any(axis=1)).sum()
    enough = (known >= ENOUGH_KNOWN * total) & (known > 0)
    return enough if enough.any() else known > 0


def _centre(points: FeatureMatrix, active: Mask) -> Floats:
    """
    The mean of unit rows, so that no loud track outvotes the others.

    Lengths are measured with the default weights: then the centre stays where it is while a slider moves, and a move
    changes the catalogue's cosines by one column. Features that take no part are left out of the lengths.
    """
    lengths = np.sqrt((DEFAULTS * active) @ points.squares)
    units = points.values / np.where(lengths > 0, lengths, 1)
    known = points.mask.sum(axis=1)[AXIS_FEATURE]
    return np.asarray(units.sum(axis=1) / np.maximum(known, 1), dtype=np.float32)
