"""
Taste modes: the two to six centres a library falls into, each shown as one of its own tracks.

For display and as seeds, not for ranking: ranking by several centres instead of the whole library lost 16 to 36 % of
NDCG@50 on real listeners. How many there are is chosen by silhouette (Rousseeuw 1987) over spherical k-means, and
accepted only as far as it is stable: centres found in one half of the library should divide all of it like those found
in the other half (Tibshirani and Walther 2005, prediction strength).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.engine.profile import profile
from recsys.core.engine.recommender import Recommender
from recsys.core.engine.similarity import Weighted
from recsys.core.model.arrays import Doubles, Integers

MOST_MODES: Final = 6
ALMOST_ALL: Final = 0.995
"""From this share on the agreement would be written as 100%."""

FEWEST_TRACKS: Final = 12
"""Different tracks. Below this a library is one mode: halves of it would be too few tracks to compare."""

REPEATS: Final = 10
STABLE: Final = 0.75
"""Agreement of two halves' divisions (adjusted Rand index: 0 by chance, 1 the same) that a division must reach."""


@dataclass(frozen=True)
class Modes:
    """
    The modes of a library.

    Attributes
    ----------
    table : DataFrame
        One row per mode, largest first: track_id, title, artists of its medoid (the own track closest to the centre),
        `tracks` (how many) and `share` (0..1).
    members : Series of int
        The row of `table` of each usable track, by track_id.
    stability : float
        How far halves of the library agree on the division, 0 (chance) to 1. With one mode: how far the best division
        into several got. None where too few different tracks are usable to compare halves.
    agreed : float or None
        The share of the usable tracks, 0..1, that both halves put in the same group; None where `stability` is, which
        is another number: it is about pairs of tracks, and what chance agrees on does not count.
    """

    table: pd.DataFrame
    members: pd.Series
    stability: float | None
    agreed: float | None

    @property
    def is_one(self) -> bool:
        """True where the library has no parts that would be found again."""
        return len(self.table) == 1

    @property
    def sentence(self) -> str:
        """The result in words."""
        if self.agreed is None:
            return (
                "Your library counts as one taste: finding several takes "
                f"{FEWEST_TRACKS} different songs that we know enough about."
            )
        if self.is_one:
            return "Your library is one taste: split it in half, and the halves don’t agree clearly on groups."
        tastes = f"Your library has {len(self.table)} tastes."
        agreed = "" if self.agreed >= ALMOST_ALL else f" for {self.agreed:.0%} of your songs"
        return f"{tastes} Split your library in half and the same groups appear both times{agreed}."


def modes(recommender: Recommender, weights: Mapping[str, float], seed: int = 0) -> Modes:
    """
    The modes of a listener's usable tracks, under given weights.

    The answer depends on the seed only in which halves of the library its stability is judged by.

    Raises
    ------
    NothingToRank
        No weighted feature is known both of the library and of the catalogue.
    """
    found = profile(recommender.own_vectors, weights, recommender.catalogue.known_features)
    own = recommender.own[found.is_usable].reset_index(drop=True)
    tracks = Weighted.of(found.tracks, found.metric, np.float64)
    units: Doubles = tracks.units(np.ones(len(tracks.squares))).T.astype(np.float64)
    # One mode, unless the best division is stable; too few different tracks cannot be judged.
    labels, stability, agreed = np.zeros(len(units), dtype=np.int64), None, None
    if _count_different(units) >= FEWEST_TRACKS:
        counts = range(2, min(MOST_MODES, len(units) // (FEWEST_TRACKS // 2)) + 1)
        divisions = {count: _nearest(units, _centres(units, count, seed)) for count in counts}
        from sklearn.metrics import silhouette_score

        fits = {
            count: silhouette_score(units, division) if len(np.unique(division)) > 1 else -1.0
            for count, division in divisions.items()
        }
        best = max(counts, key=fits.__getitem__)
        stability, agreed = _stability(units, best, seed)
        if stability >= STABLE:
            labels = divisions[best]
    # Largest first. The medoid is the member closest to the sum of all members: one product instead of all pairs.
    used, sizes = np.unique(labels, return_counts=True)
    order = used[np.argsort(-sizes, kind="stable")]
    members_of = [np.flatnonzero(labels == label) for label in order]
    medoids = [int(members[(units[members] @ units[members].sum(axis=0)).argmax()]) for members in members_of]
    sizes = np.array([len(members) for members in members_of])
    table = own.iloc[medoids].reset_index(drop=True).assign(tracks=sizes, share=sizes / len(labels))
    place = {int(label): row for row, label in enumerate(order)}
    members = pd.Series([place[int(label)] for label in labels], index=pd.Index(own["track_id"]), dtype=np.int64)
    return Modes(table, members, stability, agreed)


def _count_different(units: Doubles) -> int:
    return len(np.unique(units.round(6), axis=0))


def _centres(units: Doubles, count: int, seed: int) -> Doubles:
    """The centres of `count` clusters; fewer where fewer tracks are different, as in half of a library."""
    from sklearn.cluster import KMeans  # costs 1.5 s to import, and the first page does not need it

    possible = min(count, _count_different(units))
    return np.asarray(KMeans(possible, n_init=3, random_state=seed).fit(units).cluster_centers_, dtype=np.float64)


def _nearest(units: Doubles, centres: Doubles) -> Integers:
    return np.asarray((units @ centres.T - (centres**2).sum(axis=1) / 2).argmax(axis=1), dtype=np.int64)


def _stability(units: Doubles, count: int, seed: int) -> tuple[float, float]:
    """
    The mean agreement of two divisions of all tracks, each by centres found in one random half of them.

    As an adjusted Rand index, not below 0, and as the share of tracks in the same group.
    """
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(seed)
    indices, shares = [], []
    for _ in range(REPEATS):
        halves = np.array_split(rng.permutation(len(units)), 2)
        one, other = (_nearest(units, _centres(units[half], count, seed)) for half in halves)
        indices.append(adjusted_rand_score(one, other))
        shares.append(share_in_same_group(one, other))
    return float(np.clip(np.mean(indices), 0, 1)), float(np.mean(shares))


def share_in_same_group(one: Integers, other: Integers) -> float:
    """
    The share of tracks, 0..1, in the same group of two divisions (n,), n > 0, whatever the groups are called.

    Of all ways to pair the groups of the one, at most `MOST_MODES`, with those of the other the best one counts.
    """
    groups = int(max(one.max(), other.max())) + 1
    shared = np.zeros((groups, groups), dtype=np.int64)
    np.add.at(shared, (one, other), 1)
    pairings = np.array([*permutations(range(groups))])
    return float(shared[np.arange(groups), pairings].sum(axis=1).max() / len(one))
