"""
What a listener's thumbs say about their sliders: at most one small change is proposed after each thumb, never made.

With few thumbs (up to 30) an aim is proposed: half a step towards the songs liked, in the feature in which they differ
most from the songs turned down, if Welch's t of the difference is at least 2 (each side with the catalogue's own
spread mixed in as one more song, so that two alike songs do not count as certainty); at most three aims.

With more thumbs the two sides themselves score well, and aims only overshoot (AUC -.01 at 100 thumbs on the
development listener). Then an aim is proposed to go back by half a step, unless that lowers the AUC with which the
thumbs predict each other (five folds) by .02. From 80 thumbs on, which can tell, one slider is proposed to move by one
position, if that raises this AUC by .03 and by 2.5 standard errors: of 22 changes tried, the best looks good by chance.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.presets import WEIGHTS_TRIED
from recsys.core.engine.profile import profile
from recsys.core.engine.query import embed
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.scoring import DensityRatioScorer
from recsys.core.model.arrays import Doubles, Integers, Mask
from recsys.core.model.features import NUMBER_FEATURES, Feature
from recsys.core.model.scaling import FIRST_AXIS, FeatureMatrix, rank_length
from recsys.errors import BadRecipe, NothingToRank

FEW: Final = 30
"""Thumbs up to which aims are proposed."""

ENOUGH: Final = 80
"""Thumbs from which weights are proposed: with half as many the folds mistake chance for taste."""

MOST_AIMS: Final = 3
AIM_STEP: Final = 0.5
LEAST_T: Final = 2.0
FEWEST_PER_SIDE: Final = 2
LEAST_LOSS: Final = 0.02
LEAST_GAIN: Final = 0.03
LEAST_STANDARD_ERRORS: Final = 2.5
FOLDS: Final = 5
MOST_THUMBS: Final = 200
"""The latest thumbs that are used: enough to tell, few enough for a quick answer."""

BACKGROUND: Final = slice(None, None, 8)


@dataclass(frozen=True)
class Proposal:
    """
    One small change of a recipe.

    `sentence` says what would change and `reason` why; `recipe` is the recipe with it; `name` the feature.
    """

    name: str
    sentence: str
    reason: str
    recipe: Recipe


def propose(catalogue: Catalogue, thumbs: pd.DataFrame, recipe: Recipe) -> Proposal | None:
    """
    The change that the thumbs support most, by the rule above; None where they support none.

    Parameters
    ----------
    catalogue : Catalogue
    thumbs : DataFrame
        A track table with `liked`, oldest first.
    recipe : Recipe
        As the sliders are now.
    """
    latest = thumbs.tail(MOST_THUMBS)
    is_liked = latest["liked"].to_numpy(dtype=bool)
    if min(np.count_nonzero(is_liked), np.count_nonzero(~is_liked)) < FEWEST_PER_SIDE:
        return None
    vectors = embed(catalogue, latest)
    if len(latest) <= FEW:
        return _aim(vectors, is_liked, recipe)
    return _tuned(catalogue, vectors, is_liked, recipe)


def _aim(vectors: FeatureMatrix, is_liked: Mask, recipe: Recipe) -> Proposal | None:
    """Half a step towards the songs liked, in the feature with the largest t."""
    found = []
    for f in _ranked_features():
        number = NUMBER_FEATURES.index(f)
        values, known = vectors.values[FIRST_AXIS[number]] / rank_length(f), vectors.mask[number] > 0
        t = _welch(values[known & is_liked], values[known & ~is_liked])
        if abs(t) >= LEAST_T and not recipe.shifts.get(f.name) and recipe.weights[f.name]:
            found.append((abs(t), f, t > 0))
    if not found or sum(1 for shift in recipe.shifts.values() if shift) >= MOST_AIMS:
        return None
    _, f, is_more = max(found, key=lambda one: one[0])
    towards = f.high_words if is_more else f.low_words
    return Proposal(
        f.name,
        f"{f.title}: aim a little more towards “{towards}”",
        f"The songs you like are further towards “{towards}” than those you turned down.",
        replace(recipe, shifts={**recipe.shifts, f.name: AIM_STEP if is_more else -AIM_STEP}),
    )


def _welch(liked: Doubles, disliked: Doubles) -> float:
    """Welch's t of two samples in steps of the catalogue's spread; 0 where a side is too small."""
    if min(len(liked), len(disliked)) < FEWEST_PER_SIDE:
        return 0.0
    squared = 0.0
    for side in (liked, disliked):
        variance = (((side - side.mean()) ** 2).sum() + 1.0) / len(side)  # one more song at the catalogue's own spread
        squared += variance / len(side)
    return float((liked.mean() - disliked.mean()) / np.sqrt(squared))


def _tuned(catalogue: Catalogue, vectors: FeatureMatrix, is_liked: Mask, recipe: Recipe) -> Proposal | None:
    """The change by one position that lets the thumbs predict each other best, if by enough."""
    now = _fold_aucs(catalogue, vectors, is_liked, recipe)
    for proposal in _aims_back(recipe):
        if (_fold_aucs(catalogue, vectors, is_liked, proposal.recipe) - now).mean() > -LEAST_LOSS:
            return proposal
    if len(is_liked) < ENOUGH:
        return None
    best: tuple[float, Proposal] | None = None
    for proposal in _changes(recipe):
        gains = _fold_aucs(catalogue, vectors, is_liked, proposal.recipe) - now
        gain, error = float(gains.mean()), float(gains.std(ddof=1) / np.sqrt(len(gains)))
        if gain >= max(LEAST_GAIN, LEAST_STANDARD_ERRORS * error) and (best is None or gain > best[0]):
            best = gain, proposal
    return None if best is None else best[1]


def _aims_back(recipe: Recipe) -> Iterator[Proposal]:
    """Every aim half a step back."""
    for f in _ranked_features():
        if shift := recipe.shifts.get(f.name):
            nearer = shift - np.sign(shift) * min(AIM_STEP, abs(shift))
            yield Proposal(
                f.name,
                f"{f.title}: aim nearer to your own taste again",
                f"You have given more than {FEW} thumbs: they steer better than this aim.",
                replace(recipe, shifts={**recipe.shifts, f.name: float(nearer)}),
            )


def _changes(recipe: Recipe) -> Iterator[Proposal]:
    """Every slider one position up or down."""
    reason = "With it your thumbs tell the songs you like from the others better."
    for f in _ranked_features():
        at = min(range(len(WEIGHTS_TRIED)), key=lambda step: abs(WEIGHTS_TRIED[step] - recipe.weights[f.name]))
        for to, says in ((at + 1, "count it more"), (at - 1, "count it less")):
            if 0 < to < len(WEIGHTS_TRIED):
                sentence = f"{f.title}: {says}"
                yield Proposal(f.name, sentence, reason, recipe.with_weight(f.name, WEIGHTS_TRIED[to]))


def _fold_aucs(catalogue: Catalogue, vectors: FeatureMatrix, is_liked: Mask, recipe: Recipe) -> Doubles:
    """The AUC of each fold of the thumbs, scored by the others, (FOLDS,); one half where nothing can be scored."""
    fold = np.empty(len(is_liked), dtype=np.int64)
    fold[np.argsort(is_liked, kind="stable")] = np.arange(len(is_liked)) % FOLDS  # both sides in every fold
    aucs = np.full(FOLDS, 0.5)
    for number in range(FOLDS):
        is_tested = fold == number
        try:
            liked = vectors.take(is_liked & ~is_tested).shifted(recipe.shifts)
            found = profile(liked, recipe.weights, catalogue.known_features)
        except (BadRecipe, NothingToRank):
            continue
        disliked, background = vectors.take(~is_liked & ~is_tested), catalogue.background.take(BACKGROUND)
        scores = DensityRatioScorer(found.tracks, background, disliked, found.metric).scores(vectors.take(is_tested))
        # The chance that a liked song scores above another one, equal scores counted half.
        above, below = scores[is_liked[is_tested]], scores[~is_liked[is_tested]]
        if len(above) and len(below):
            order: Integers = np.sign(np.subtract.outer(above, below)).astype(np.int64)
            aucs[number] = (order.mean() + 1) / 2
    return aucs


def _ranked_features() -> list[Feature]:
    """The features that a thumb can teach an aim for: numbers that have a less and a more."""
    return [f for f in NUMBER_FEATURES if f.is_ordered]
