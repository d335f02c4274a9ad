"""The two movements of the mixer in words: where a list aims, and how much a feature counts."""

from typing import Final

from recsys.core.engine.recipe import FURTHEST_AIM
from recsys.core.model.features import Feature

LEVEL_WORDS: Final = ("off", "a little", "normal", "a lot", "decides")
_HOW_FAR: Final = ("a little ", "", "much ", "far ")
AIM_STEP: Final = FURTHEST_AIM / len(_HOW_FAR)
AIMS: Final = tuple(AIM_STEP * step for step in range(-len(_HOW_FAR), len(_HOW_FAR) + 1))


def levels(f: Feature) -> tuple[float, ...]:
    """
    The weight of each of `LEVEL_WORDS` for a feature; "normal" is its default weight, whatever that is.

    The others are measured against what the remaining features weigh together by default, about 16: 10 decides.
    """
    usual = f.default_weight
    return (0.0, min(0.5, usual / 2), usual, max(2.5, 2 * usual), max(10.0, 4 * usual))


def nearest_level(f: Feature, weight: float) -> int:
    """The number of the level nearest to a weight; only a weight of 0 is off."""
    offered = levels(f)
    return 0 if weight == 0 else min(range(1, len(offered)), key=lambda level: abs(offered[level] - weight))


def level_in_words(f: Feature, weight: float) -> str:
    """A weight in words, such as "a lot"; one between two levels is called by the nearer."""
    return LEVEL_WORDS[nearest_level(f, weight)]


def move_in_words(f: Feature, start: float, end: float) -> str:
    """Where a weight has been moved to; within a level, which way: "normal, slightly more"."""
    word = level_in_words(f, end)
    if start == end or word != level_in_words(f, start):
        return word
    return f"{word}, slightly {'more' if end > start else 'less'}"


def nearest_aim(shift: float) -> float:
    """The aim nearest to a shift; only a shift of 0 is none."""
    return 0.0 if not shift else min(filter(None, AIMS), key=lambda aim: abs(aim - shift))


def aim_in_words(f: Feature, shift: float) -> str:
    """A shift in words: "much calmer", "a little more acoustic"; "like you" at 0. One between two by the nearer."""
    if not shift:
        return "like you"
    how_far = _HOW_FAR[round(abs(nearest_aim(shift)) / AIM_STEP) - 1]
    return f"{how_far}{f.more if shift > 0 else f.less}"
