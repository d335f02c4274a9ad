"""How well each method finds hidden songs again: measured list by list, compared list by list.

All methods get the same visible songs, the same candidates and the same questions.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.evaluation.baselines import Answer, Chance, Method, Popularity, textbook, z_scored
from recsys.core.evaluation.holdout import HoldOut, Lists, Pool, Split, split
from recsys.core.evaluation.metrics import (
    Interval,
    artist_repetition,
    auc,
    catalog_coverage,
    distance,
    hit,
    interval,
    ndcg,
    r_precision,
    ratio,
    recall,
)
from recsys.core.model.arrays import Integers, Mask
from recsys.core.model.features import FEATURES
from recsys.errors import NothingToRank

TOP: Final = 50
DEPTH: Final = 100
"""Places that every method fills; more where a list hides more."""

ASKED: Final = 1_000
"""Irrelevant songs, drawn again for each list, that the hidden ones are compared with for AUC."""

METRICS: Final = {
    "ndcg@50": "NDCG@50",
    "r_precision": "R-precision",
    "recall@50": "recall@50",
    "recall@100": "recall@100",
    "hit@10": "hit@10",
    "auc": "AUC",
    "catalog_coverage": "coverage",
    "intra_list_distance": "distance",
    "artist_repetition": "same artist",
}
"""Key in JSON -> heading in a table. All but `catalog_coverage` are measured for each list."""

TITLES: Final = {
    "random": "random",
    "popularity": "popularity",
    "textbook": "textbook",
    "z_scored": "z-scored",
    "ours": "ours",
    "ours_audio": "ours, audio alone",
}
"""Method -> its name in a table."""

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of steps that are done (cuts of lists, in an evaluation), and of all steps."""


class Ours:
    """The product's own ranking: what a library of the visible songs would be shown under a recipe."""

    def __init__(self, listeners: "Listeners", recipe: Recipe) -> None:
        self._listeners, self._recipe = listeners, recipe

    def answer(self, visible: Integers, candidates: Mask, depth: int, rng: np.random.Generator) -> Answer:
        """Candidates as stage 2 ranks them; any song can be asked for its score of stage 2. Draws nothing."""
        ranking = self._listeners.recommender(visible).rank_candidates(self._recipe)
        points_of = self._listeners.pool.catalogue.vectors
        rows = ranking.rows[candidates[ranking.rows]][:depth]
        return Answer(rows, lambda asked: ranking.scorer.scores(points_of(asked)))


class Listeners:
    """Recommenders for owners of some songs of a pool; the last one is cached, for several recipes ask for the same."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._last: tuple[bytes, Recommender] | None = None

    def recommender(self, visible: Integers) -> Recommender:
        """The recommender of a listener whose library is the songs in these rows."""
        key = visible.tobytes()
        if self._last is None or self._last[0] != key:
            self._last = (key, Recommender(self.pool.catalogue, self.pool.tracks.iloc[visible]))
        return self._last[1]


def methods(pool: Pool, recipe: Recipe) -> dict[str, Method]:
    """
    Every method there is to compare, by its key in `TITLES`.

    `popularity` is absent where none is known, `ours_audio` (the recipe with all but audio features at 0) where no
    audio feature has weight.
    """
    listeners = Listeners(pool)
    popularity = pool.tracks["popularity"].to_numpy(dtype=np.float64)
    found: dict[str, Method] = {"random": Chance()}
    if not np.isnan(popularity).all():
        found["popularity"] = Popularity(popularity)
    found |= {"textbook": textbook(pool.tracks), "z_scored": z_scored(pool.tracks), "ours": Ours(listeners, recipe)}
    weights = {f.name: recipe.weights[f.name] * f.is_audio for f in FEATURES}
    if any(weights.values()):
        found["ours_audio"] = Ours(listeners, replace(recipe, weights=weights))
    return found


@dataclass(frozen=True)
class Evaluation:
    """
    What was measured.

    Attributes
    ----------
    values : mapping of method to DataFrame
        One row per list, by name; a column per key of `METRICS` but `catalog_coverage`.
    catalog_coverage : mapping of method to float
    counts : mapping of str to int
        `lists` that were measured, and those left out: `too_short` with too few testable songs, `beyond_limit`, and
        `nothing_hidden` when no hidden song may be looked for: by a new artist, where only those count.
    """

    values: Mapping[str, pd.DataFrame]
    catalog_coverage: Mapping[str, float]
    counts: Mapping[str, int]

    def as_json(self, rng: np.random.Generator) -> dict[str, Any]:
        """
        Means with bootstrap intervals, plain values without NaN.

        `methods`: method -> metric -> mean, low, high (null ends for catalog_coverage, one number for
        all lists).
        `ratios_to_textbook`: method -> metric -> the same of the ratio of means, or null where the textbook found
        nothing; `high` is null where nothing bounds the ratio.
        `differences`: "ours - textbook" and the like -> metric -> the same of paired differences.
        """
        means, ratios, differences = {}, {}, {}
        for name, values in self.values.items():
            found = {metric: _ends(interval(column.to_numpy(), rng)) for metric, column in values.items()}
            found["catalog_coverage"] = {"mean": self.catalog_coverage[name], "low": None, "high": None}
            means[name] = {metric: found[metric] for metric in METRICS}
        for name in (name for name in self.values if name != "textbook"):
            values, to = self.values[name], self.values["textbook"]
            each = {metric: ratio(values[metric].to_numpy(), to[metric].to_numpy(), rng) for metric in values}
            ratios[name] = {metric: _ends(one) if one else None for metric, one in each.items()}
        ours = [name for name in self.values if name.startswith("ours")]
        for one, other in product(ours, [name for name in self.values if name not in ours]):
            apart = self.values[one] - self.values[other]
            ends = {metric: _ends(interval(column.to_numpy(), rng)) for metric, column in apart.items()}
            differences[f"{one} - {other}"] = ends
        return {"methods": means, "ratios_to_textbook": ratios, "differences": differences}


def _ends(found: Interval) -> dict[str, float | None]:
    """An interval as plain values; an end that is infinite is null."""
    return {name: end if np.isfinite(end) else None for name, end in asdict(found).items()}


@dataclass(frozen=True)
class ListMeasures:
    """
    What was measured on one list.

    `records` has a row per method and cut with a hidden song: method, list and the metrics; `first` the rows that each
    method listed first for the first cut.
    """

    records: list[dict[str, Any]]
    first: dict[str, Integers]


def measure_list(pool: Pool, lists: Lists, methods: Mapping[str, Method], hold_out: HoldOut, name: str) -> ListMeasures:
    """Cut one list and ask every method for what is hidden; depends on no other list."""
    records: list[dict[str, Any]] = []
    first: dict[str, Integers] = {}
    for cut in range(hold_out.cuts):
        rng = hold_out.rng(name, cut)
        halves = split(pool, lists[name], hold_out, rng)
        if not len(halves.hidden):
            continue
        # Irrelevant candidates, at most `ASKED`.
        is_wrong = halves.candidates.copy()
        is_wrong[halves.hidden] = False
        wrong = np.flatnonzero(is_wrong)
        asked = rng.choice(wrong, min(ASKED, len(wrong)), replace=False)
        for key, method in methods.items():
            answer = method.answer(halves.visible, halves.candidates, max(DEPTH, len(halves.hidden)), rng)
            records.append({"method": key, "list": name} | measure(pool, halves, answer, asked))
            if cut == 0:
                first[key] = answer.rows[:TOP]
    return ListMeasures(records, first)


def evaluate(
    pool: Pool, lists: Lists, methods: Mapping[str, Method], hold_out: HoldOut, progress: Progress = lambda *_: None
) -> Evaluation:
    """
    Cut every list and ask every method for what is hidden.

    Raises
    ------
    NothingToRank
        No list is long enough, or none has a hidden song that may be looked for.
    """
    names = hold_out.chosen(lists)
    each = (measure_list(pool, lists, methods, hold_out, name) for name in names)
    return summarize(pool, lists, hold_out, each, progress)


def summarize(
    pool: Pool, lists: Lists, hold_out: HoldOut, each: Iterable[ListMeasures], progress: Progress = lambda *_: None
) -> Evaluation:
    """The evaluation that the measures of all chosen lists make, in the order of their names; raises as `evaluate`."""
    chosen, too_short = len(hold_out.chosen(lists)), hold_out.too_short(lists)
    records: list[dict[str, Any]] = []
    first: dict[str, list[Integers]] = {}
    for done, measured in enumerate(each):
        for cut in range(hold_out.cuts):
            progress(done * hold_out.cuts + cut, chosen * hold_out.cuts)
        records += measured.records
        for method, rows in measured.first.items():
            first.setdefault(method, []).append(rows)
    if not records:
        reason = (
            f"No list holds {hold_out.min_tracks:,} songs or more that the catalogue knows with their audio features"
        )
        if chosen:
            reason = "Every song that the lists hide is visible under another name"
        if chosen and hold_out.only_new_artists:
            reason = "No list hides a song by an artist that is new to it"
        raise NothingToRank(f"{reason}, so there is nothing to measure.")
    methods = list(dict.fromkeys(record["method"] for record in records))
    means = pd.DataFrame(records).groupby(["method", "list"]).mean()
    values = {method: means.loc[method] for method in methods}
    testable = int(pool.is_testable.sum())
    covered = {}
    for method in methods:
        listed = first.get(method, [])
        covered[method] = catalog_coverage(np.concatenate([*listed, np.arange(0)]), TOP * len(listed), testable)
    measured_lists = means.index.levshape[1]
    counts = {
        "lists": measured_lists,
        "too_short": too_short,
        "beyond_limit": len(lists) - too_short - chosen,
        "nothing_hidden": chosen - measured_lists,
    }
    return Evaluation(values, covered, counts)


def measure(pool: Pool, cut: Split, answer: Answer, asked: Integers) -> dict[str, float]:
    """All metrics of one answer to one list, without `catalog_coverage`; `asked` are irrelevant rows for AUC."""
    is_hit = np.isin(answer.rows, cut.hidden)
    first, relevant = answer.rows[:TOP], len(cut.hidden)
    scores = answer.scores_of(np.concatenate([cut.hidden, asked]))
    return {
        "ndcg@50": ndcg(is_hit, relevant, TOP),
        "r_precision": r_precision(is_hit, relevant),
        "recall@50": recall(is_hit, relevant, TOP),
        "recall@100": recall(is_hit, relevant, 100),
        "hit@10": hit(is_hit, 10),
        "auc": auc(scores, np.arange(len(scores)) < relevant),
        "intra_list_distance": distance(pool.points[first]) / pool.spread,
        "artist_repetition": artist_repetition(pool.artists[first]),
    }
