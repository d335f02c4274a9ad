"""The two movements of the mixer in words: where a list aims, and how much a feature counts."""

from typing import Final

from recsys.core.model.features import Feature

LEVEL_WORDS: Final = ("off", "a little", "normal", "a lot", "decides")
AIM_STEP: Final = 0.5
AIMS: Final = tuple(AIM_STEP * step for step in range(-4, 5))
_HOW_FAR: Final = ("a little ", "", "much ", "far ")


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


def aim_in_words(f: Feature, shift: float) -> str:
    """A shift in words: "much calmer", "a little more acoustic"; "like you" at 0."""
    if not shift:
        return "like you"
    steps = min(max(round(abs(shift) / AIM_STEP), 1), len(_HOW_FAR))
    return f"{_HOW_FAR[steps - 1]}{f.more if shift > 0 else f.less}"
