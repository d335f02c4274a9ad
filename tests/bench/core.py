"""How long the engine takes, against reading its matrix once, scikit-learn, and a rebuilt vector index."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

import faiss
import numpy as np
from sklearn.metrics.pairwise import cosine_similarity

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.filters import Filters
from recsys.core.engine.profile import Profile, profile
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.engine.retrieval import CandidateSearch
from recsys.core.model.arrays import Floats
from recsys.core.model.features import AUDIO_FEATURES
from recsys.core.model.scaling import NUMBER_AXES
from tests.bench.invented import invented, recipes, repeated
from tests.bench.rows import Row, together

TOP = 50
LIBRARY = 500
ANSWER_SECONDS = 0.020
READ = "reading the matrix once"
SKLEARN = "scikit-learn's cosine_similarity + argsort"


def listener_of(catalogue: Catalogue, count: int) -> Recommender:
    """A listener with some songs of an invented catalogue of so many."""
    return Recommender(catalogue, invented(count).sample(LIBRARY, random_state=0))


class Engine:
    """One catalogue and one listener of it."""

    def __init__(self, catalogue: Catalogue, listener: Recommender) -> None:
        self.catalogue, self.listener = catalogue, listener
        self.search = CandidateSearch(catalogue)
        self.excluded_rows = np.zeros(len(catalogue), dtype=bool)

    @classmethod
    def of(cls, count: int) -> "Engine":
        """Of an invented catalogue, some songs of which are the library."""
        catalogue = Catalogue.from_tracks(invented(count))
        return cls(catalogue, listener_of(catalogue, count))

    @property
    def name(self) -> str:
        """Songs × axes."""
        count = len(self.catalogue)
        return f"{count // 1_000_000}M × 12" if count >= 1_000_000 else f"{count // 1_000}k × 12"

    @cached_property
    def afresh(self) -> list[Profile]:
        """Profiles under weights all of which change from one to the next."""
        return [self._profile(Recipe(weights=weights | {"genre": 0.0})) for weights in recipes(7)]

    @cached_property
    def moved(self) -> list[Profile]:
        """Profiles under weights one of which changes from one to the next."""
        return [self._profile(Recipe().with_weight("energy", weight)) for weight in np.linspace(1, 2, 7).tolist()]

    @cached_property
    def audio(self) -> list[Profile]:
        """Profiles of the nine audio features alone."""
        chosen = {f.name for f in AUDIO_FEATURES}
        chosen_weights = [
            {name: weight * (name in chosen) for name, weight in weights.items()} for weights in recipes(7)
        ]
        return [self._profile(Recipe(weights=weights | {"genre": 0.0})) for weights in chosen_weights]

    def _profile(self, recipe: Recipe) -> Profile:
        return profile(self.listener.own_vectors, recipe.weights, self.catalogue.known_features)

    def top(self, profiles: list[Profile], at: int) -> None:
        """Stage 1 and the best of it, under the next of some profiles."""
        found = profiles[at % len(profiles)]
        self.search.top_k(found.centroid, found.metric, TOP, self.excluded_rows)

    def read(self, _: int) -> None:
        """Read every number of the matrix once, as fast as numpy can."""
        numbers = self.catalogue.axes.reshape(-1)
        numbers @ numbers

    @cached_property
    def table(self) -> np.ndarray:
        """The same numbers as a table in double precision, as pandas holds them."""
        return np.ascontiguousarray(self.catalogue.axes.T, dtype=np.float64)

    def textbook(self, at: int) -> None:
        """What is usually written: weigh a table, ask scikit-learn for the cosine, sort everything."""
        roots, wanted = self._weighted(at)
        np.argsort(-cosine_similarity(self.table * roots, wanted[None])[:, 0])[:TOP]

    def textbook_single(self, at: int) -> None:
        """The same in single precision on nine columns."""
        roots, wanted = self._weighted(at)
        rows = np.ascontiguousarray(self.catalogue.axes[:9].T) * roots[:9]
        np.argsort(-cosine_similarity(rows, wanted[None, :9])[:, 0])[:TOP]

    def index(self, at: int) -> None:
        """A flat faiss index built for the new weights, and one search in it."""
        roots, wanted = self._weighted(at)
        rows = np.ascontiguousarray(self.catalogue.axes.T) * roots
        faiss.normalize_L2(rows)
        built = faiss.IndexFlatIP(NUMBER_AXES)
        built.add(rows)
        built.search(wanted[None], TOP)

    def _weighted(self, at: int) -> tuple[Floats, Floats]:
        """The roots of the weights, and the weighted centroid."""
        found = self.afresh[at % len(self.afresh)]
        roots = np.sqrt(found.metric.axis_weights[:NUMBER_AXES])
        return roots, (found.centroid[:NUMBER_AXES] * roots).astype(np.float32)


def rows(quick: bool = False) -> Iterator[Row]:
    """All measurements of speed; `quick` leaves out ten million songs."""
    small, large = Engine.of(114_000), Engine.of(1_000_000)
    yield _part_a(large)
    for engine in (small, large):
        yield from _stage_one(engine)
        yield from _against_others(engine)
        yield from _whole_answer(engine)
        yield from _with_filters(engine)
    yield _growth(small, large)
    if not quick:
        huge = Engine(repeated(large.catalogue, 10), large.listener)
        yield from _stage_one(huge)
        yield _growth(large, huge)


def _part_a(engine: Engine) -> Row:
    ours, theirs = together(lambda at: engine.top(engine.audio, at), engine.textbook_single, 9)
    return Row("weighted cosine + top 50, 1M × 9 (≤ 1.0)", ours, SKLEARN, ours / theirs)


def _stage_one(engine: Engine) -> Iterator[Row]:
    repeats = 41 if len(engine.catalogue) <= 1_000_000 else 15
    for name, profiles in (("any weights changed (≤ 2.5)", engine.afresh), ("one slider moved (≤ 1.2)", engine.moved)):
        ours, read = together(lambda at, of=profiles: engine.top(of, at), engine.read, repeats)
        yield Row(f"stage 1 + top 50, {engine.name}, {name}", ours, READ, ours / read)


def _against_others(engine: Engine) -> Iterator[Row]:
    for name, other, limit in (
        (SKLEARN, engine.textbook, "0.02"),
        ("faiss IndexFlatIP rebuilt for the weights", engine.index, "0.1"),
    ):
        ours, theirs = together(lambda at: engine.top(engine.afresh, at), other, 9)
        yield Row(f"stage 1 + top 50, {engine.name}, any weights changed (≤ {limit})", ours, name, ours / theirs)


def _whole_answer(engine: Engine) -> Iterator[Row]:
    steps = np.linspace(1, 2, 7).tolist()
    moved = {
        "a weight moved": [Recipe(length=TOP).with_weight("energy", step) for step in steps],
        "an aim moved": [Recipe(length=TOP, shifts={"energy": step}) for step in steps],
    }
    for what, made in moved.items():
        seconds, _ = together(lambda at, of=made: engine.listener.recommend(of[at % len(of)]), engine.read, 21)
        name = f"whole answer with stage 2, {engine.name}, library of {LIBRARY}, {what} (≤ 1.0 at 1M)"
        yield Row(name, seconds, f"{1000 * ANSWER_SECONDS:.0f} ms", seconds / ANSWER_SECONDS)


def _with_filters(engine: Engine) -> Iterator[Row]:
    """The whole answer with filters that leave much, little and hardly anything, one slider moved each time."""
    names = engine.catalogue.tracks["artists"].cat.categories[:1000].tolist()
    filters = {
        "half of the songs left": Filters(ranges={"year": (1990, None)}, no_live=True, not_artists=tuple(names[:200])),
        "a tenth left": Filters(ranges={"year": (1990, 1999), "energy": (0.3, None)}, blocked_artists=tuple(names)),
        "a hundredth left": Filters(ranges={"year": (1990, 1991), "valence": (0.5, None)}, no_remix=True),
    }
    weights = np.linspace(1, 2, 7).tolist()
    without = [Recipe(length=TOP).with_weight("energy", weight) for weight in weights]
    other = listener_of(engine.catalogue, len(engine.catalogue))
    for name, some in filters.items():
        filtered = [replace(recipe, filters=some) for recipe in without]
        ours, plain = together(
            lambda at, of=filtered: engine.listener.recommend(of[at % len(of)]),
            lambda at: other.recommend(without[at % len(without)]),
            21,
        )
        yield Row(f"whole answer with filters, {engine.name}, {name} (≤ 1.3 at 1M)", ours, "without", ours / plain)


def _growth(smaller: Engine, larger: Engine) -> Row:
    less, more = together(lambda at: smaller.top(smaller.afresh, at), lambda at: larger.top(larger.afresh, at), 15)
    per_song = more / len(larger.catalogue) / (less / len(smaller.catalogue))
    return Row(f"stage 1 per song, {larger.name} (about 1: linear)", more, f"per song at {smaller.name}", per_song)
