"""How good a ranked list is when some songs of it are known to be right, and how sure one can be of the answer.

One list at a time: `is_hit` is a boolean per place of the ranking, the best place first, and `relevant` is how many
songs there were to find. A song that is not on the listener's list counts as wrong though the listener may like it, so
every number is a lower bound; only comparisons between methods on the same lists mean anything.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.core.model.arrays import Codes, Doubles, Floats, Integers, Mask

RESAMPLES: Final = 2_000
"""Bootstrap resamples: the ends of a 95 % interval then repeat to about a twentieth of its width."""

PAIRS: Final = 20_000
"""Random pairs of songs that say how far apart two songs of the catalogue usually are."""


def ndcg(is_hit: Mask, relevant: int, k: int) -> float:
    """
    Normalised discounted cumulative gain of the first `k` places, 0..1; 0 when there is nothing to find.

    Σ hit(r) / log2(r + 1) over the places r = 1..k, divided by the same sum for a perfect list.
    Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20(4), 2002, with gains of
    0 and 1.
    """
    discounts = 1 / np.log2(np.arange(2, k + 2))
    found = is_hit[:k]
    best = discounts[:relevant].sum()
    return float(found @ discounts[: len(found)] / best) if relevant else 0.0


def recall(is_hit: Mask, relevant: int, k: int) -> float:
    """Share of the relevant songs that are in the first `k` places, 0..1; 0 when there is nothing to find.

    Manning, Raghavan and Schütze, "Introduction to Information Retrieval", 2008, section 8.3.
    """
    return float(is_hit[:k].sum() / relevant) if relevant else 0.0


def r_precision(is_hit: Mask, relevant: int) -> float:
    """Share of hits in as many places as there are relevant songs, 0..1; 0 when there is nothing to find.

    Manning, Raghavan and Schütze, 2008, section 8.4. `is_hit` must be at least `relevant` long, or the whole ranking.
    """
    return recall(is_hit, relevant, relevant)


def hit(is_hit: Mask, k: int) -> float:
    """1 if any of the first `k` places is a hit, else 0."""
    return float(is_hit[:k].any())


def auc(scores: Doubles | Floats, is_relevant: Mask) -> float:
    """
    Chance that a relevant song scores above an irrelevant one, ties counted half; 0.5 when either kind is absent.

    The area under the ROC curve by the rank sum of Mann and Whitney: Fawcett, "An introduction to ROC analysis",
    Pattern Recognition Letters 27, 2006, section 7.

    Parameters
    ----------
    scores : (n,) float
        Finite or -inf; NaN is not allowed.
    is_relevant : (n,) bool
    """
    right, wrong = scores[is_relevant], np.sort(scores[~is_relevant])
    if not len(right) or not len(wrong):
        return 0.5
    below, not_above = np.searchsorted(wrong, right, "left"), np.searchsorted(wrong, right, "right")
    return float((below + not_above).sum() / (2 * len(right) * len(wrong)))


def catalog_coverage(recommended: Integers, places: int, candidates: int) -> float:
    """
    Distinct songs recommended over all lists, as a share of as many as there could have been, 0..1.

    `recommended` holds the songs of every list one after another, `places` how many places all lists had together.
    Aggregate diversity: Adomavicius and Kwon, "Improving aggregate recommendation diversity", IEEE TKDE 24(5), 2012.
    """
    possible = min(places, candidates)
    return len(np.unique(recommended)) / possible if possible else 0.0


def distance(points: Floats) -> float:
    """
    Mean Euclidean distance between two different songs of a list; 0 for fewer than two.

    Intra-list distance: Ziegler et al., "Improving recommendation lists through topic diversification", WWW 2005. The
    caller divides by `random_distance` of the catalogue, so that a list drawn at random has 1.

    Parameters
    ----------
    points : (n, features) float
        Standardised features of the songs in the list; NaN is not allowed.
    """
    if len(points) < 2:
        return 0.0
    one, other = np.triu_indices(len(points), k=1)
    return float(np.linalg.norm(points[one] - points[other], axis=1).mean())


def random_distance(points: Floats, rng: np.random.Generator) -> float:
    """Mean distance between the songs of random pairs of a catalogue (n, features); 1 where all songs are alike."""
    one, other = rng.integers(len(points), size=(2, PAIRS))
    apart = one != other
    lengths = np.linalg.norm(points[one[apart]] - points[other[apart]], axis=1)
    return float(lengths.mean()) or 1.0 if len(lengths) else 1.0


def artist_repetition(artists: Codes | Integers) -> float:
    """Share of the places of a list whose artist is already higher up, 0..1; `artists` are numbers, one a place."""
    return 1 - len(np.unique(artists)) / len(artists) if len(artists) else 0.0


@dataclass(frozen=True)
class Interval:
    """A mean and the ends of its 95 % interval."""

    mean: float
    low: float
    high: float


def interval(values: Doubles, rng: np.random.Generator) -> Interval:
    """
    The mean of one value per list with its 95 % bootstrap interval over lists.

    Percentile bootstrap: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13. Of paired
    differences it says whether one method is better than another on the same lists. One list has no width.

    Raises
    ------
    ValueError
        There is not one value.
    """
    if not len(values):
        raise ValueError("A mean needs at least one value.")
    low, high = np.quantile(values[_resamples(len(values), rng)].mean(axis=1), [0.025, 0.975])
    return Interval(float(values.mean()), float(low), float(high))


def ratio(values: Doubles, to: Doubles, rng: np.random.Generator) -> Interval | None:
    """
    How many times larger one method's mean is than another's on the same lists, with its bootstrap interval.

    None when the other found nothing. `high` is infinite when it found nothing in more than a fortieth of the
    resamples: then no number bounds the ratio honestly.
    """
    if not to.any():
        return None
    drawn = _resamples(len(values), rng)
    ours, theirs = values[drawn].mean(axis=1), to[drawn].mean(axis=1)
    ratios = np.divide(ours, theirs, out=np.full(RESAMPLES, np.inf), where=theirs > 0)
    low, high = np.quantile(ratios, [0.025, 0.975], method="nearest")  # between infinities nothing can be interpolated
    return Interval(float(values.mean() / to.mean()), float(low), float(high))


def _resamples(count: int, rng: np.random.Generator) -> Integers:
    return rng.integers(count, size=(RESAMPLES, count))
