"""From scores to a list: variety, a limit per artist, and what both cost."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.core.model.arrays import Codes, Doubles, Floats, Integers, Matrix

NONE_FIRST: Final[Integers] = np.arange(0)


@dataclass(frozen=True)
class Options:
    """`count` songs at most, `per_artist` (None: any number) of one artist, and `variety` in 0..1."""

    count: int
    per_artist: int | None
    variety: float


@dataclass(frozen=True)
class Cost:
    """What a dial cost against the list without it: songs `replaced`, and the fall of the mean `score`."""

    replaced: int
    score: float


def rerank_mmr(
    scores: Matrix, artists: Codes, similarity: Matrix, options: Options, first: Integers = NONE_FIRST
) -> Integers:
    """
    Positions of the songs to list, in order of choice.

    Each choice is the song with the highest worth: the score, brought to 0..1, times 1 − variety, less variety times
    the similarity to the closest song already chosen (maximal marginal relevance, Carbonell and Goldstein 1998).

    Parameters
    ----------
    scores : (n,)
    artists : (n, most artists of one song)
        Equal numbers for equal artists, negative for none. The limit counts every artist of a song.
    similarity : (n, n)
        Cosine of every pair; not read where variety is 0.
    options : Options
    first : positions, optional
        Songs that are listed whatever the limit; they count towards it, and the others are chosen beside them.

    Returns
    -------
    positions : (at most options.count,)
    """
    if not options.variety:
        others = np.argsort(-scores, kind="stable")
        return _within_limits(first.tolist(), others[~np.isin(others, first)].tolist(), artists, options)
    # Scores are brought to 0..1, so that variety means the same for every β and library; equal ones all become 0.
    span = np.ptp(scores) if len(scores) else 0.0
    worth = (1 - options.variety) * (scores - scores.min(initial=np.inf)) / (span or 1.0)
    # The similarity of each song to the closest one chosen so far: a running maximum instead of n² comparisons each
    # time.
    closest = np.full(len(scores), -1.0)
    is_left = np.ones(len(scores), dtype=bool)
    listed: Counter[int] = Counter()
    chosen: list[int] = []
    before = first.tolist()
    while len(chosen) < options.count and (before or is_left.any()):
        pick = before.pop(0) if before else int(np.where(is_left, worth - options.variety * closest, -np.inf).argmax())
        chosen.append(pick)
        is_left[pick] = False
        closest = np.maximum(closest, similarity[pick])
        for artist in artists[pick][artists[pick] >= 0].tolist():
            listed[artist] += 1
            if options.per_artist is not None and listed[artist] >= options.per_artist:
                # No further song of a full artist, in whichever place of its credit the artist is.
                is_left &= ~(artists == artist).any(axis=1)
    return np.array(chosen, dtype=np.int64)


def _within_limits(first: list[int], others: list[int], artists: Codes, options: Options) -> Integers:
    """The positions of `first`, and the first of the others that the limit per artist allows beside them."""
    chosen = first[: options.count]
    listed = Counter(artist for pick in chosen for artist in artists[pick].tolist() if artist >= 0)
    for pick in others:
        if len(chosen) == options.count:
            break
        names = [artist for artist in artists[pick].tolist() if artist >= 0]
        if options.per_artist is None or all(listed[artist] < options.per_artist for artist in names):
            listed.update(names)
            chosen.append(pick)
    return np.array(chosen, dtype=np.int64)


def cost(scores: Matrix, before: Integers, after: Integers) -> Cost:
    """What it cost to list the positions `after` instead of `before`."""
    if not len(before) or not len(after):
        return Cost(0, 0.0)
    replaced = len(set(before.tolist()) - set(after.tolist()))
    return Cost(replaced, float(scores[before].mean() - scores[after].mean()))


def monotone_scores(scores: Doubles, contributions: Doubles, bonus: Floats) -> Doubles:
    """
    Scores (n,) with bonuses (n,) added, none above the one before; contributions (n, features) are made to add up.

    Songs are ranked in single precision. Where that could not tell two apart, and double precision would rank them the
    other way round, the upper song's score is used for the lower one too: a change of less than 2e-6. What the
    contributions and the bonus lack to a score is added to its largest contribution (in place).
    """
    # The running minimum never rises, and equals the scores wherever they already fall.
    shown = np.minimum.accumulate(scores + bonus)
    largest = np.abs(contributions).argmax(axis=1)
    contributions[np.arange(len(shown)), largest] += shown - (contributions.sum(axis=1) + bonus)
    return np.asarray(shown, dtype=np.float64)
