"""Measures how good the recommendations are, and writes the tables into README.md: `make evaluate`.

Everything is measured anew with the code as it stands, so the tables cannot go stale. The data are real listeners'
(see ../shared/data/README.md) and stay outside the project.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import pandas as pd

from recsys.commands.evaluate import with_genres
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.evaluation.baselines import Answer, MeanCosine, Method, textbook, z_scored
from recsys.core.evaluation.holdout import HoldOut, Pool
from recsys.core.evaluation.metrics import Interval, auc, interval, ratio
from recsys.core.evaluation.offline import TITLES, Evaluation, Listeners, Ours, evaluate, methods
from recsys.core.model.arrays import Doubles, Integers, Mask
from recsys.core.model.features import AUDIO_FEATURES, FEATURES, NUMBER_FEATURES
from recsys.core.model.scaling import QuantileTransform, columns
from recsys.importers.any_file import read_file
from recsys.importers.playlists_file import read_playlists

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
DATA = ROOT.parent / "shared" / "data"
BEGIN, END = "<!-- evaluation:begin -->\n", "<!-- evaluation:end -->"
LISTENERS = ("listener_a", "listener_b", "listener_c")
FOLDS, REPEATS = 5, 4
WITHOUT_POPULARITY = "ours, without popularity"
PLAYLIST_CUTS = 1
STEP_LISTS = 150


def main() -> None:
    """Measure, print, and write between the markers."""
    if not DATA.is_dir():
        sys.exit(f"{DATA} is not here, so nothing was measured and README.md is as it was.")
    text = "\n".join([*playlists(), *steps(), *libraries(), *likes()])
    click.echo(text)
    README.write_text(between_markers(README.read_text("utf-8"), text), "utf-8")


def between_markers(readme: str, text: str) -> str:
    """The README with the text between its markers; whatever stood there is replaced."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"README.md has no lines {BEGIN.strip()} and {END} to write between.")
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


@dataclass(frozen=True)
class Measured:
    """An evaluation with what the tables say of it."""

    found: Evaluation

    def values(self, method: str, metric: str = "ndcg@50") -> Doubles:
        return self.found.values[method][metric].to_numpy()

    def mean(self, method: str, metric: str) -> str:
        value = (
            self.found.catalog_coverage[method] if metric == "catalog_coverage" else self.values(method, metric).mean()
        )
        return f"{value:.3f}" if metric == "recall@50" else f"{value:.2f}"

    def ndcg(self, method: str) -> str:
        return ends(interval(self.values(method), rng()), 4)

    def times(self, method: str) -> str:
        found = ratio(self.values(method), self.values("textbook"), rng())
        return ends(found, 1) if found and method != "textbook" else ""

    def gain(self, method: str, over: str) -> str:
        apart = interval(self.values(method) - self.values(over), rng())
        return f"{apart.mean:+.4f} [{apart.low:+.4f}, {apart.high:+.4f}]".replace("-", "−")


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def ends(found: Interval, digits: int) -> str:
    high = f"{found.high:.{digits}f}" if np.isfinite(found.high) else "∞"
    return f"{found.mean:.{digits}f} [{found.low:.{digits}f}, {high}]"


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def tidytuesday() -> tuple[Pool, Mapping[str, Integers]]:
    folder = DATA / "tidytuesday"
    pool = Pool.from_tracks(read_file(folder / "spotify_songs.csv", "spotify_songs.csv").tracks)
    return pool, pool.lists(read_playlists(folder / "playlists.csv"))


def playlists() -> list[str]:
    """Every method on the development playlists, for all songs and for new artists only."""
    pool, lists = tidytuesday()
    everything, new = (
        Measured(evaluate(pool, lists, compared(pool, is_new), HoldOut(only_new_artists=is_new, cuts=PLAYLIST_CUTS)))
        for is_new in (False, True)
    )
    lines = [
        f"**Playlists.** Half of each of {everything.found.counts['lists']} playlists "
        "([TidyTuesday](https://github.com/rfordatascience/tidytuesday/tree/main/data/2020/2020-01-21), 2020) "
        f"is hidden and looked for among {len(pool.tracks):,} songs. “Textbook” is min-max on five "
        "features, mean and cosine. A song that is not on the list counts as wrong though its owner may like it: only "
        "comparisons mean anything. In brackets: 95 % bootstrap intervals over playlists.",
        "",
        row(
            *("method", "NDCG@50", "× textbook", "NDCG@50, new artists only", "× textbook"),
            *("recall@50", "hit@10", "AUC", "coverage", "distance", "same artist"),
        ),
        "|---|" + "--:|" * 10,
    ]
    metrics = ("recall@50", "hit@10", "auc", "catalog_coverage", "intra_list_distance", "artist_repetition")
    for method in everything.found.values:
        factors = [f"{each.ndcg(method)} | {each.times(method)}" for each in (everything, new)]
        lines.append(
            row(TITLES.get(method, method), *factors, *(everything.mean(method, metric) for metric in metrics))
        )
    return [*lines, "", *in_halves(everything), ""]


def compared(pool: Pool, is_new: bool) -> dict[str, Method]:
    """Every method, and ours without popularity."""
    without = Recipe(weights={"popularity": 0.0}, only_new_artists=is_new)
    found = methods(pool, Recipe(only_new_artists=is_new))
    return found | {WITHOUT_POPULARITY: Ours(Listeners(pool), without)}


def in_halves(measured: Measured) -> list[str]:
    """Ours on the half of the playlists on which sharpness and popularity were chosen, and on the other."""
    names = measured.found.values["ours"].index
    is_test = pd.util.hash_array(names.to_numpy(dtype=object)) % 2 == 1
    lines = [
        f"The sharpness of the score, the place of a year among the eras and the weight of popularity were chosen on "
        f"one half of these playlists ({np.count_nonzero(~is_test)}, by a hash of their name); the other half "
        f"({np.count_nonzero(is_test)}) was only measured. Popularity is taken from one snapshot of the catalogue on "
        "both sides. It brings better-known songs of the same taste forward; its slider at 0 ranks by sound, year and "
        "genre alone.",
        "",
        row("NDCG@50", "half it was chosen on", "other half"),
        "|---|--:|--:|",
    ]
    for method in ("textbook", WITHOUT_POPULARITY, "ours"):
        values = measured.values(method)
        halves = (ends(interval(values[chosen], rng()), 4) for chosen in (~is_test, is_test))
        lines.append(row(TITLES.get(method, method), *halves))
    return lines


class StageOne:
    """Our weighted cosine with the mean profile alone: the best of it in order, and nothing after."""

    def __init__(self, listeners: Listeners, recipe: Recipe) -> None:
        self._listeners, self._recipe = listeners, recipe

    def answer(self, visible: Integers, candidates: Mask, depth: int, rng: np.random.Generator) -> Answer:
        ranking = self._listeners.recommender(visible).rank_candidates(self._recipe)
        rows = ranking.rows[np.argsort(-ranking.cosines, kind="stable")]
        scores = np.full(len(candidates), -np.inf)
        scores[ranking.rows] = ranking.cosines
        return Answer(rows[candidates[rows]][:depth], scores.__getitem__)


def rank_gauss(tracks: pd.DataFrame) -> MeanCosine:
    """The nine audio features by rank, tempo as it stands."""
    placed = [
        np.where(np.isnan(column), np.nan, QuantileTransform.fit(column).transform(column))
        for f, column in zip(NUMBER_FEATURES, columns(tracks), strict=True)
        if f.is_audio
    ]
    return MeanCosine(np.stack(placed, axis=1))


def each_step(pool: Pool) -> dict[str, Method]:
    """From the textbook to the product, one change at a time."""
    listeners = Listeners(pool)
    flat = {f.name: float(f in AUDIO_FEATURES) for f in FEATURES}
    with_duration = flat | {"duration": 1.0}
    with_year = with_duration | {"year": 1.0}
    return {
        "textbook": textbook(pool.tracks),
        "all nine features, centred and standardised": z_scored(pool.tracks),
        "by rank instead of by value": rank_gauss(pool.tracks),
        "tempo as an angle within the octave": StageOne(listeners, Recipe(weights=flat)),
        "and duration": StageOne(listeners, Recipe(weights=with_duration)),
        "and release year": StageOne(listeners, Recipe(weights=with_year)),
        "against the catalogue’s background": Ours(listeners, Recipe(weights=with_year)),
        "default weights": Ours(listeners, Recipe(weights={"popularity": 0.0})),
        "and popularity": Ours(listeners, Recipe()),
    }


def steps() -> list[str]:
    """What every step of the model brought on the development playlists."""
    pool, lists = tidytuesday()
    each = each_step(pool)
    found = Measured(evaluate(pool, lists, each, HoldOut(cuts=1, limit=STEP_LISTS)))
    lines = [
        f"**What each step brought**, on {found.found.counts['lists']} of the same playlists.",
        "",
        row("step", "NDCG@50", "× textbook", "more than the step before"),
        "|---|--:|--:|--:|",
    ]
    before = None
    for step in each:
        lines.append(row(step, found.ndcg(step), found.times(step), found.gain(step, before) if before else ""))
        before = step
    return [*lines, ""]


def libraries() -> list[str]:
    """Three listeners' saved songs in a large catalogue, without and with genres."""
    names = {name: read_file(DATA / "exportify" / f"{name}.csv", name).tracks for name in LISTENERS}
    entries = pd.concat([pd.DataFrame({"list": name, "track_id": t["track_id"]}) for name, t in names.items()])
    tracks = read_file(DATA / "catalogue.csv", "catalogue.csv").tracks
    pool = Pool.from_tracks(with_genres(tracks, DATA / "genres.csv"))
    measured_of = {}
    for is_new in (False, True):
        listeners = Listeners(pool)
        without = Ours(listeners, Recipe(weights={"genre": 0.0, "popularity": 0.0}, only_new_artists=is_new))
        compared = {
            "textbook": textbook(pool.tracks),
            "z-scored": z_scored(pool.tracks),
            "ours, without genres": without,
            "ours": Ours(listeners, Recipe(weights={"popularity": 0.0}, only_new_artists=is_new)),
        }
        measured_of[is_new] = Measured(
            evaluate(pool, pool.lists(entries), compared, HoldOut(only_new_artists=is_new, cuts=20))
        )
    lines = [
        f"**Libraries.** Three listeners’ saved songs ({', '.join(str(len(t)) for t in names.values())} tracks), half "
        f"hidden twenty times, among {len(pool.tracks):,} songs; genres are known for "
        f"{pool.tracks['genres'].notna().mean():.0%} of them. Popularity takes no part: "
        "this catalogue mixes the exports of several years. Three people are too few for an interval.",
        "",
        row("method", "NDCG@50", "new artists only", "AUC", "AUC, new artists only"),
        "|---|--:|--:|--:|--:|",
    ]
    for method in measured_of[False].found.values:
        means = [f"{measured_of[is_new].values(method).mean():.4f}" for is_new in (False, True)]
        aucs = [measured_of[is_new].mean(method, "auc") for is_new in (False, True)]
        lines.append(row(method, *means, *aucs))
    return [*lines, ""]


def likes() -> list[str]:
    """One listener's thumbs: how often a liked song scores above a disliked one that the engine has not seen."""
    marked = read_file(DATA / "likes" / "one_listener_likes.csv", "likes")
    tracks, liked = marked.tracks, marked.tracks["track_id"].map(marked.liked).to_numpy(bool)
    catalogue = Catalogue.from_tracks(read_file(DATA / "catalogue.csv", "catalogue.csv").tracks)
    simple = textbook(tracks)

    def simply(train: Mask, test: Mask) -> Doubles:
        asked = np.flatnonzero(test)
        return np.asarray(simple.answer(np.flatnonzero(train & liked), test, len(tracks), rng()).scores_of(asked))

    def ours(train: Mask, test: Mask, dislikes: bool) -> Doubles:
        disliked = tracks[train & ~liked] if dislikes else None
        ranking = Recommender(catalogue, tracks[train & liked], dislikes=disliked).rank_candidates(Recipe())
        return ranking.scorer.scores(catalogue.space.transform(tracks[test])).astype(np.float64)

    compared = {
        "textbook, from likes": simply,
        "ours, from likes": lambda train, test: ours(train, test, dislikes=False),
        "ours, from likes and dislikes": lambda train, test: ours(train, test, dislikes=True),
    }
    lines = [
        f"**Thumbs.** One listener marked {len(tracks):,} songs as liked or not. AUC by {FOLDS}-fold "
        f"cross-validation, {REPEATS} times: how often a liked song scores above one that is not.",
        "",
        row("method", "AUC"),
        "|---|--:|",
    ]
    return lines + [row(name, f"{cross_validated(scores, liked):.3f}") for name, scores in compared.items()]


def cross_validated(scores: object, liked: Mask) -> float:
    """Mean AUC over the folds of several divisions; `scores(train, test)` scores the songs of `test`."""
    found = []
    for repeat in range(REPEATS):
        fold = np.random.default_rng(repeat).permutation(len(liked)) % FOLDS
        found += [auc(scores(fold != held, fold == held), liked[fold == held]) for held in range(FOLDS)]
    return float(np.mean(found))


if __name__ == "__main__":
    main()
