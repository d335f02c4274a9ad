"""Builds the taste profile: the usable tracks, their centroid and the features that can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.core.engine.similarity import Metric, is_enough, metric
from recsys.core.model.arrays import Floats, Mask
from recsys.core.model.features import FEATURES
from recsys.core.model.scaling import AXIS_FEATURE, FeatureMatrix
from recsys.errors import NothingToRank

NO_AIMS: Final[Mapping[str, float]] = {}
DEFAULTS: Final = np.array([f.default_weight for f in FEATURES])


@dataclass(frozen=True)
class Profile:
    """
    The taste that some tracks show under given weights.

    Attributes
    ----------
    centroid : (axes,) float32
        The mean of the unit rows of the usable tracks, each axis over the tracks of which it is known.
    tracks : FeatureMatrix
        The usable tracks: those of which at least half of the weight is known.
    is_usable : (tracks given,) bool
        Which of the tracks given those are.
    metric : Metric
        The weights of the features known both of the tracks and in the catalogue, and which of them are aimed at.
    """

    centroid: Floats
    tracks: FeatureMatrix
    is_usable: Mask
    metric: Metric


def profile(
    tracks: FeatureMatrix, weights: Mapping[str, float], known_features: Mask, aims: Mapping[str, float] = NO_AIMS
) -> Profile:
    """
    The profile of some tracks.

    Parameters
    ----------
    tracks : FeatureMatrix
    weights : mapping of feature name to float >= 0
    known_features : (features,) bool
        Features known of at least one song of the catalogue.
    aims : mapping of feature name to float
        How far the tracks were shifted, by feature; 0 is none. An aim cannot move a song whose value of that feature
        is unknown, so such a song is no candidate (unless it is locked).

    Raises
    ------
    NothingToRank
        No weighted feature is known both of a track and of a song.
    """
    wanted = np.array([weights[f.name] for f in FEATURES]) * known_features
    # How much of the weight is known of each track, and how much could be: only features that any track has count.
    known_weight = wanted @ tracks.mask
    is_usable = is_enough(tracks.mask.T, wanted * tracks.mask.any(axis=1)) & (known_weight > 0)
    # Where half the weight is known of no track, little is better than nothing.
    if not is_usable.any():
        is_usable = known_weight > 0
    usable = tracks.take(is_usable)
    active: Mask = (wanted > 0) & usable.mask.any(axis=1)
    if not active.any():
        if not (known_features & tracks.mask.any(axis=1)).any():  # no slider would help
            raise NothingToRank(
                "Your tracks and the catalogue have no known feature in common. Import a file with audio features."
            )
        raise NothingToRank(
            "None of the features you gave weight to is known both of your tracks and of the catalogue. "
            "Add features to your library, or raise another slider."
        )
    is_aimed = np.array([bool(aims.get(f.name)) for f in FEATURES])
    # The mean of unit rows, so that no extreme track outvotes the others.
    lengths = np.sqrt((DEFAULTS * active) @ usable.squares)
    units = usable.values / np.where(lengths > 0, lengths, 1)
    # Each axis is averaged over the tracks of which it is known: an unknown 0 would pull towards the median.
    known = usable.mask.sum(axis=1)[AXIS_FEATURE]
    return Profile(
        np.asarray(units.sum(axis=1) / np.maximum(known, 1), dtype=np.float32),
        usable,
        is_usable,
        metric(wanted, active, is_aimed),
    )
