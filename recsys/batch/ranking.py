"""What a worker does: rank the mapped catalogue for a chunk of listeners, each exactly as `tonearm recommend` does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from recsys.batch.libraries import Listener
from recsys.batch.mapped_catalogue import MOST_FILES, load, load_shard
from recsys.batch.shared_tables import SharedTables
from recsys.bounded import BoundedDict
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.library_tracks import LibraryTracks
from recsys.core.engine.many_listeners import Listed, ManyListeners, list_or_problem
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommendations, Recommender
from recsys.errors import TonearmError
from recsys.services.recommend import recommender

COLUMNS: Final = ("listener", "rank", "track_id", "title", "artists", "score")

Chunk = Sequence[Listener]


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


@dataclass(frozen=True)
class Own:
    """What is known of one listener: track tables of their songs and of those they turned down, and their plays."""

    tracks: pd.DataFrame
    disliked: pd.DataFrame
    plays: pd.DataFrame

    @classmethod
    def of(cls, libraries: LibraryTracks, listener: Listener) -> "Own":
        """Of the tables that all listeners of a run share."""
        tracks, disliked = (
            libraries.tracks.iloc[positions].reset_index(drop=True) for positions in (listener.own, listener.disliked)
        )
        plays = pd.DataFrame({"track_id": tracks["track_id"], "played_at": pd.Series(listener.heard_at, dtype="str")})
        return cls(tracks, disliked, plays[plays["played_at"].fillna("") != ""])

    def engine(self, catalogue: Catalogue, recipe: Recipe, today: pd.Timestamp) -> Recommender:
        """The engine of the listener's own list, as the app makes it. Raises as `Recommender`."""
        thumbs = self.disliked.assign(liked=False)
        return recommender(catalogue, self.tracks, thumbs, plays=self.plays, now=today, choose_from=recipe.choose_from)


def rank_chunk(catalogue: Path, libraries: Path, chunk: Chunk, recipe: Recipe, today: pd.Timestamp) -> Ranked:
    """Rank for each listener of a chunk. A listener who cannot be ranked becomes a row of `problems`."""
    listeners = listeners_of(catalogue, recipe)
    tracks: LibraryTracks = load(libraries)
    if recipe.choose_from != "forgotten":
        return ranked(listeners.catalogue, chunk, listeners.lists(tracks, [one.library for one in chunk]))
    engines = (partial(Own.of(tracks, one).engine, listeners.catalogue, recipe, today) for one in chunk)
    return ranked(listeners.catalogue, chunk, (list_or_problem(engine, recipe) for engine in engines))


_last: BoundedDict[Path, ManyListeners] = BoundedDict(MOST_FILES)


def listeners_of(path: Path, recipe: Recipe) -> ManyListeners:
    """What all listeners of a process share, for one recipe at a time and the shards that it was asked for last."""
    for other in [other for other, listeners in _last.items() if listeners.recipe != recipe]:
        del _last[other]
    if path not in _last:
        catalogue, whole_rows = load_shard(path)
        _last[path] = ManyListeners(catalogue, recipe, SharedTables(path), whole_rows if len(whole_rows) else None)
    _last.move_to_end(path)
    return _last[path]


def ranked(catalogue: Catalogue, chunk: Chunk, outcomes: Iterable[Listed | Recommendations | TonearmError]) -> Ranked:
    """The tables of a chunk's lists; text is read of the songs that are listed alone."""
    lists: list[tuple[str, Listed]] = []
    tables: list[pd.DataFrame] = []
    problems: list[tuple[str, str]] = []
    for one, outcome in zip(chunk, outcomes, strict=True):
        if isinstance(outcome, TonearmError):
            problems.append((one.name, str(outcome)))
        elif isinstance(outcome, Listed):
            lists.append((one.name, outcome))
        else:
            tables.append(outcome.table.assign(listener=one.name)[list(COLUMNS)].astype({"listener": "str"}))
    lengths = [len(listed.rows) for _, listed in lists]
    rows = np.concatenate([np.arange(0), *(listed.rows for _, listed in lists)])
    table = pd.DataFrame(
        {
            "listener": pd.Series(np.repeat(np.array([name for name, _ in lists], dtype=object), lengths), dtype="str"),
            "rank": np.concatenate([np.arange(0), *(np.arange(1, length + 1) for length in lengths)]),
            **{name: catalogue.text(name, rows) for name in ("track_id", "title", "artists")},
            "score": np.concatenate([np.zeros(0), *(listed.scores for _, listed in lists)]),
        }
    )
    if tables:
        places = {one.name: place for place, one in enumerate(chunk)}
        every = pd.concat([table, *tables], ignore_index=True)
        table = every.iloc[np.argsort(every["listener"].map(places), kind="stable")].reset_index(drop=True)
    return Ranked(table, pd.DataFrame(problems, columns=["listener", "reason"], dtype="str"))
