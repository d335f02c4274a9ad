"""Why a song is on the list, in words: what would change without its strongest reason."""

from typing import Final

from recsys.core.engine.explanation import Explanation
from recsys.core.model.features import FEATURES

_TITLES: Final = {f.name: f.title for f in FEATURES}


def total(score: float) -> str:
    """The score as the sum of the bars, with two decimals like theirs; each bar is rounded by itself."""
    written = f"{round(score, 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}")  # + 0.0: never "−0.00"
    return f"Before rounding, the bars add up to the score, {written}, against the average song of the catalogue."


def without(explanation: Explanation, place: int) -> str:
    """
    What the track's rank would be if its strongest feature weighed nothing.

    Ranks are by score alone. Where the limit per artist or variety lifted the track to another place, that is said.
    """
    rank = f"{explanation.rank:,}"
    lifted = f"By score alone it would be number {rank}; songs above it made way. " if explanation.rank != place else ""
    says = f"{lifted}Without {_TITLES[explanation.strongest].lower()} it"
    if explanation.rank_without is None:
        return f"{says} could not be ranked."
    if explanation.rank_without == explanation.rank:
        return f"{says} would still be number {rank}."
    return f"{says} would be number {explanation.rank_without:,} instead of {rank}."
