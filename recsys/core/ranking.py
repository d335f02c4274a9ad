"""From scores to a list: variety, a limit per artist, and what both cost."""

from dataclasses import dataclass

import numpy as np

from recsys.core.arrays import Doubles, Integers


@dataclass(frozen=True)
class Cost:
    """What a dial cost against the list by score alone: songs `replaced`, and the fall of the mean `score`."""

    replaced: int
    score: float


def choose(
    scores: Doubles, artists: Integers, likeness: Doubles, *, count: int, per_artist: int | None, variety: float
) -> Integers:
    """
    Positions of at most `count` songs, in order of choice.

    Parameters
    ----------
    scores : (n,)
    artists : (n,) integers
        Equal for songs of one first artist.
    likeness : (n, n)
        Cosine of every pair; not read where `variety` is 0.
    per_artist : int or None
        At most so many songs with an equal number in `artists`.
    variety : float in 0..1
        Maximal marginal relevance (Carbonell and Goldstein 1998): each choice weighs the score, brought to 0..1, by
        1 − variety and the likeness to the closest song already chosen by variety.
    """
    spread = np.ptp(scores) if len(scores) else 0.0
    worth = (1 - variety) * (scores - scores.min(initial=np.inf)) / (spread or 1.0)
    closest = np.full(len(scores), -1.0)
    left = np.ones(len(scores), dtype=bool)
    chosen: list[int] = []
    while len(chosen) < count and left.any():
        value = np.where(left, worth - variety * closest, -np.inf)
        pick = int(value.argmax())
        chosen.append(pick)
        left[pick] = False
        if variety:
            closest = np.maximum(closest, likeness[pick])
        same = artists == artists[pick]
        if per_artist is not None and sum(same[chosen]) >= per_artist:
            left &= ~same
    return np.array(chosen, dtype=np.int64)


def cost(scores: Doubles, before: Integers, after: Integers) -> Cost:
    """What it cost to list the positions `after` instead of `before`."""
    if not len(before) or not len(after):
        return Cost(0, 0.0)
    replaced = len(np.setdiff1d(before, after))
    return Cost(replaced, float(scores[before].mean() - scores[after].mean()))
