"""What a worker does: rank the mapped catalogue for a chunk of listeners, each exactly as `tonearm recommend` does."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from recsys.batch.mapped_catalogue import MOST_FILES, load, load_shard
from recsys.batch.shared_tables import SharedTables
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.library_tracks import LibraryTracks
from recsys.core.engine.many_listeners import Listed, ManyListeners
from recsys.core.engine.recipe import Recipe
from recsys.core.model.arrays import Integers
from recsys.errors import TonearmError

COLUMNS: Final = ("listener", "rank", "track_id", "title", "artists", "score")

Chunk = Sequence[tuple[str, Integers]]
"""Listeners with the positions of their tracks in the table of all libraries."""


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


def rank_chunk(catalogue: Path, libraries: Path, chunk: Chunk, recipe: Recipe) -> Ranked:
    """Rank for each listener of a chunk. Who cannot be ranked becomes a row of `problems`."""
    listeners = listeners_of(catalogue, recipe)
    tracks: LibraryTracks = load(libraries)
    return ranked(listeners.catalogue, chunk, listeners.lists(tracks, [own for _, own in chunk]))


_last: OrderedDict[Path, ManyListeners] = OrderedDict()


def listeners_of(path: Path, recipe: Recipe) -> ManyListeners:
    """What all listeners of a process share, for one recipe at a time and the shards that it was asked for last."""
    if path not in _last or _last[path].recipe != recipe:
        for other in [other for other, listeners in _last.items() if listeners.recipe != recipe]:
            del _last[other]
        catalogue, whole_rows = load_shard(path)
        _last[path] = ManyListeners(catalogue, recipe, SharedTables(path), whole_rows if len(whole_rows) else None)
    _last.move_to_end(path)
    while len(_last) > MOST_FILES:
        _last.popitem(last=False)
    return _last[path]


def ranked(catalogue: Catalogue, chunk: Chunk, outcomes: Iterable[Listed | TonearmError]) -> Ranked:
    """The tables of a chunk's lists; text is read of the songs that are listed alone."""
    lists: list[tuple[str, Listed]] = []
    problems: list[tuple[str, str]] = []
    for (listener, _), outcome in zip(chunk, outcomes, strict=True):
        if isinstance(outcome, TonearmError):
            problems.append((listener, str(outcome)))
        else:
            lists.append((listener, outcome))
    lengths = [len(listed.rows) for _, listed in lists]
    songs = catalogue.tracks.iloc[np.concatenate([np.arange(0), *(listed.rows for _, listed in lists)])]
    table = pd.DataFrame(
        {
            "listener": pd.Series(np.repeat(np.array([name for name, _ in lists], dtype=object), lengths), dtype="str"),
            "rank": np.concatenate([np.arange(0), *(np.arange(1, length + 1) for length in lengths)]),
            **{name: songs[name].astype("str").array for name in ("track_id", "title", "artists")},
            "score": np.concatenate([np.zeros(0), *(listed.scores for _, listed in lists)]),
        }
    )
    return Ranked(table, pd.DataFrame(problems, columns=["listener", "reason"], dtype="str"))
