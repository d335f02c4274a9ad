"""Lists for many listeners on one core, against scikit-learn's cosine and a sort for each of them."""

import time
from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.metrics.pairwise import cosine_similarity

from recsys.batch.mapped_catalogue import complete
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.library_tracks import Library, LibraryTracks
from recsys.core.engine.many_listeners import ManyListeners
from recsys.core.engine.recipe import Recipe
from recsys.core.model.tracks import as_tracks
from tests.bench.invented import invented
from tests.bench.rows import Row, together

LIBRARY = 200
CHUNK = 32
SKLEARN = "scikit-learn's cosine_similarity + argsort"


def rows(quick: bool = False) -> Iterator[Row]:
    """Whole two-stage lists, with the libraries' tracks looked up on the way, at two sizes."""
    for count, listeners, limit in ((100_000, 1_600, "0.5"), (1_000_000, 320, "0.1")):
        yield _row(count, listeners if not quick else listeners // 5, limit)


def _row(count: int, listeners: int, limit: str) -> Row:
    table, rng = invented(count), np.random.default_rng(0)
    catalogue = Catalogue.from_tracks(table)
    complete(catalogue)  # as a run does before its workers begin; scikit-learn's matrix is made beforehand too
    libraries = [rng.choice(count, LIBRARY, replace=False) for _ in range(listeners)]
    distinct, positions = np.unique(np.concatenate(libraries), return_inverse=True)
    ids = table["track_id"].iloc[distinct].array
    own = [Library(each) for each in np.split(positions, listeners)]
    tracks = as_tracks(pd.DataFrame({"track_id": ids, "title": ids, "artists": ""}))
    began = time.thread_time()
    looked_up, many = LibraryTracks(catalogue, tracks), ManyListeners(catalogue, Recipe(length=30))
    once = time.thread_time() - began
    matrix = np.ascontiguousarray(catalogue.axes.T, dtype=np.float64)
    spent = [0.0]

    def ours(at: int) -> None:
        start = time.thread_time()
        list(many.lists(looked_up, own[at * CHUNK : (at + 1) * CHUNK]))
        spent[0] += time.thread_time() - start

    def textbook(at: int) -> None:
        mean = matrix[libraries[at]].mean(axis=0, keepdims=True)
        np.argsort(-cosine_similarity(matrix, mean)[:, 0])[:30]

    _, theirs = together(ours, textbook, listeners // CHUNK - 1)
    each = (spent[0] + once) / listeners  # the first chunk too: what is computed once belongs to all
    name = f"{1 / each:,.0f} lists a second and core, {count // 1000}k songs, {listeners} libraries of 200 (≤ {limit})"
    return Row(name, each, SKLEARN, each / theirs)
