"""A listener's own library as its own judge: hide half of it, and count what comes back in the first 50 places.

The library is cut in two many times and each half is hidden in turn, so every song is hidden equally often and no
single cut decides. What is resampled for the interval are songs: more cuts make the answer about these songs surer,
but not the answer about the next songs of the same listener.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from recsys.core.engine.recipe import Recipe
from recsys.core.evaluation.baselines import Method, textbook
from recsys.core.evaluation.holdout import LONGEST_LIST, Pool, Split
from recsys.core.evaluation.metrics import Interval, interval
from recsys.core.evaluation.offline import TOP, Listeners, Ours, Progress
from recsys.core.model.arrays import Doubles, Integers
from recsys.errors import NothingToRank

OURS: Final = "ours"
TUNED: Final = "tuned"
TEXTBOOK: Final = "textbook"
CHANCE: Final = "chance"

FEWEST: Final = 20
"""Songs that are needed to hide half of them."""

CUTS: Final = 10


@dataclass(frozen=True)
class Proof:
    """
    How many of a listener's hidden songs stood in the first 50 places, on average over all cuts.

    Attributes
    ----------
    songs, hidden, candidates : int
        Own songs that took part, how many of them are hidden at a time, and among how many songs they were looked for.
    found : mapping of method to Interval
        Songs found, with their 95 % interval.
    chance : float
        Songs that a list drawn at random finds.
    more : mapping of method to Interval
        How many songs more the first method of `found` finds than each other one, and than `CHANCE`.
    """

    songs: int
    hidden: int
    candidates: int
    found: Mapping[str, Interval]
    chance: float
    more: Mapping[str, Interval]


def prove(pool: Pool, rows: Integers, recipe: Recipe, rng: np.random.Generator, progress: Progress) -> Proof:
    """
    Test the weights of a recipe on a library, against the textbook and chance.

    Parameters
    ----------
    rows : rows of the library's testable songs in the pool

    Raises
    ------
    NothingToRank
        There are fewer than `FEWEST` of them, or the weights cannot rank them.
    """
    check_enough(rows)
    rows, others = within(rows, rng)
    methods: dict[str, Method] = {OURS: Ours(Listeners(pool), recipe), TEXTBOOK: textbook(pool.tracks)}
    return compared(methods, halves(pool, rows, np.arange(0), others, CUTS, rng), rng, progress)


def check_enough(rows: Integers, fewest: int = FEWEST) -> None:
    """Raise `NothingToRank` with the numbers where there are too few songs to hide half of them."""
    if len(rows) < fewest:
        raise NothingToRank(
            f"This test hides half of your songs and looks for them, so it needs at least {fewest} songs with all "
            f"their audio features. Your library has {len(rows)}."
        )


def compared(methods: Mapping[str, Method], splits: list[Split], rng: np.random.Generator, progress: Progress) -> Proof:
    """Compare the first of several methods with the others and with chance, on splits that `halves` made."""
    shares: dict[str, Doubles] = {}
    total = len(methods) * len(splits)
    for name, method in methods.items():
        shares[name] = found_shares(method, splits, rng, partial(_further, progress, len(shares) * len(splits), total))
    one, other = (len(half.hidden) for half in splits[:2])
    hidden, candidates = (one + other) // 2, int(splits[0].candidates.sum())
    chance = hidden * min(1.0, TOP / candidates)
    first, *rest = shares
    more = {name: interval(hidden * (shares[first] - shares[name]), rng) for name in rest}
    found = {name: interval(hidden * each, rng) for name, each in shares.items()}
    over_chance = interval(hidden * shares[first] - chance, rng)
    if not shares[first].any():
        # Every resample is the same and its interval a point, which says nothing about what a rare hit would change:
        # the high end is that of Clopper and Pearson (Biometrika 26, 1934) for no hit among n songs.
        over_chance = replace(over_chance, high=hidden * (1 - 0.025 ** (1 / len(shares[first]))) - chance)
    return Proof(
        songs=len(splits[0].visible) + one,
        hidden=hidden,
        candidates=candidates,
        found=found,
        chance=chance,
        more=more | {CHANCE: over_chance},
    )


def _further(progress: Progress, before: int, total: int, done: int, _: int) -> None:
    progress(before + done, total)


def halves(
    pool: Pool, rows: Integers, visible: Integers, others: Integers, cuts: int, rng: np.random.Generator
) -> list[Split]:
    """
    Two splits a cut: each half of `rows` is hidden once while the other half is visible.

    The songs of `visible` are visible in every split; those of `others` take no part at all.
    """
    candidates = pool.is_testable.copy()
    candidates[pool.owned(visible)] = False
    candidates[others] = False
    splits = []
    for _ in range(cuts):
        one, other = np.array_split(rng.permutation(rows), 2)
        for hidden, shown in ((one, other), (other, one)):
            allowed = candidates.copy()
            allowed[pool.owned(shown)] = False
            splits.append(Split(np.concatenate([visible, shown]), hidden, allowed))
    return splits


def found_shares(method: Method, splits: list[Split], rng: np.random.Generator, progress: Progress) -> Doubles:
    """For each song that is ever hidden, in what share of those splits it stood in the first 50 places: (songs,)."""
    found, hidden = np.zeros((2, len(splits[0].candidates)))
    for done, cut in enumerate(splits):
        progress(done, len(splits))
        listed = method.answer(cut.visible, cut.candidates, TOP, rng).rows
        hidden[cut.hidden] += 1
        found[np.intersect1d(listed, cut.hidden)] += 1
    return np.asarray(found[hidden > 0] / hidden[hidden > 0])


def within(rows: Integers, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """As many rows as take part, drawn where there are more, and the others."""
    mixed = rng.permutation(rows)
    return mixed[:LONGEST_LIST], mixed[LONGEST_LIST:]
