"""What the proposals that thumbs make are worth: AUC of held-out thumbs with all of them applied, and without."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.profile import profile
from recsys.core.engine.query import embed
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.scoring import DensityRatioScorer
from recsys.core.insights.proposals import propose
from recsys.importers.any_file import read_file
from recsys.importers.catalogue_file import read_catalogue
from tests.bench.rows import Row

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CATALOGUE, LIKES = DATA / "catalogue.csv", DATA / "likes" / "one_listener_likes.csv"
COUNTS = (5, 10, 20, 100)
REPEATS = 8


def rows(quick: bool = False) -> Iterator[Row]:
    """AUC by number of thumbs, five folds several times over; nothing where the listener's data is not at hand."""
    if not LIKES.exists():
        return
    catalogue = Catalogue.from_tracks(read_catalogue(CATALOGUE))
    imported = read_file(LIKES, LIKES.name)
    liked = imported.tracks["track_id"].map(imported.liked)
    thumbs = imported.tracks.assign(liked=liked.astype(bool))[liked.notna()].reset_index(drop=True)
    found = np.array([run for repeat in range(2 if quick else REPEATS) for run in _runs(catalogue, thumbs, repeat)])
    for number, count in enumerate(COUNTS):
        without, with_them, changed = found[:, number].mean(axis=0)
        name = f"AUC of held-out thumbs after {count}, {changed:.1f} proposals applied: {with_them:.4f} (≥ 1.0)"
        yield Row(name, None, f"without {without:.4f}", with_them / without)


def _runs(catalogue: Catalogue, thumbs: pd.DataFrame, repeat: int) -> Iterator[list[tuple[float, float, int]]]:
    """For each fold and each number of thumbs: AUC without and with the proposals, and how many were applied."""
    rng, y = np.random.default_rng(repeat), thumbs["liked"].to_numpy()
    for train, test in StratifiedKFold(5, shuffle=True, random_state=repeat).split(y, y):
        order = rng.permutation(train)
        recipe, applied, measured = Recipe(), 0, []
        for count in range(1, max(COUNTS) + 1):
            given = thumbs.iloc[order[:count]]
            # Each thumb brings a proposal up to 30; later ones, which take longer, are asked for every tenth time.
            if (count <= 30 or count % 10 == 0) and (proposal := propose(catalogue, given, recipe)):
                recipe, applied = proposal.recipe, applied + 1
            if count in COUNTS:
                held_out = thumbs.iloc[test]
                measured.append(
                    (_auc(catalogue, given, held_out, Recipe()), _auc(catalogue, given, held_out, recipe), applied)
                )
        yield measured


def _auc(catalogue: Catalogue, thumbs: pd.DataFrame, held_out: pd.DataFrame, recipe: Recipe) -> float:
    vectors, is_liked = embed(catalogue, thumbs), thumbs["liked"].to_numpy()
    if not is_liked.any():
        return 0.5
    found = profile(vectors.take(is_liked).shifted(recipe.shifts), recipe.weights, catalogue.known_features)
    scorer = DensityRatioScorer(found.tracks, catalogue.background, vectors.take(~is_liked), found.metric)
    return float(roc_auc_score(held_out["liked"], scorer.scores(embed(catalogue, held_out))))
