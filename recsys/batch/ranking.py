"""What a worker does: rank the mapped catalogue for a chunk of listeners, each exactly as `tonearm recommend` does."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import pandas as pd

from recsys.batch.mapped_catalogue import load_catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.errors import TonearmError

COLUMNS: Final = ("listener", "rank", "track_id", "title", "artists", "score")


@dataclass(frozen=True)
class Ranked:
    """
    The outcome for a chunk of listeners; each listener is in exactly one of the two tables.

    Attributes
    ----------
    lists : DataFrame
        listener, rank, track_id, title, artists, score; the listeners in the order they were given.
    problems : DataFrame
        listener, reason: who could not be ranked, and the sentence that says why.
    """

    lists: pd.DataFrame
    problems: pd.DataFrame


def rank_chunk(catalogue: Path, libraries: Sequence[tuple[str, pd.DataFrame]], recipe: Recipe) -> Ranked:
    """Rank for each (listener, track table). A listener who cannot be ranked becomes a row of `problems`."""
    songs = load_catalogue(catalogue)

    def rank(library: pd.DataFrame) -> pd.DataFrame:
        return Recommender(songs, library).recommend(recipe).table

    return ranked((listener, partial(rank, library)) for listener, library in libraries)


def ranked(libraries: Iterable[tuple[str, Callable[[], pd.DataFrame]]]) -> Ranked:
    """The outcome for listeners, each with what makes the table of their list or raises why there is none."""
    lists, problems = [], []
    for listener, rank in libraries:
        try:
            found = rank()
        except TonearmError as problem:
            problems.append((listener, str(problem)))
        else:
            lists.append(found.assign(listener=listener)[list(COLUMNS)])
    empty = pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS})
    empty = empty.astype({"rank": "int64", "score": "float64"})
    return Ranked(
        pd.concat([empty, *lists], ignore_index=True) if lists else empty,
        pd.DataFrame(problems, columns=["listener", "reason"], dtype="str"),
    )
