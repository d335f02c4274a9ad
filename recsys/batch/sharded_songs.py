"""Ranking a catalogue that is split over workers by whole songs, for recipes that compare each listener with them.

1. Every shard gives what it knows of the libraries, for their numbers may be in any of them.
2. With that, every shard gives its own shortlist: the best songs of the whole catalogue are among them.
3. The shortlists together are a catalogue of a few thousand songs, ranked as the whole would be (`engine.shards`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from recsys.batch.mapped_catalogue import load_catalogue, load_shard
from recsys.batch.ranking import COLUMNS, Ranked
from recsys.core.engine.candidates import why_none_is_left
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.engine.shards import Songs, songs_named
from recsys.errors import NothingToRank, TonearmError

Libraries = Sequence[tuple[str, pd.DataFrame]]


@dataclass(frozen=True)
class Shortlist:
    """The best songs of one shard for one listener, and the counts of all its songs; or the sentence that says why."""

    songs: Songs | None
    counts: dict[str, int]
    problem: str = ""


def known_songs(shard: Path, libraries: Libraries) -> list[Songs]:
    """What a shard knows of each library."""
    catalogue, rows = load_shard(shard)
    return [Songs.of(catalogue, songs_named(catalogue, library), rows) for _, library in libraries]


def find_shortlists(
    shard: Path, libraries: Libraries, known: Sequence[Sequence[Songs]], recipe: Recipe
) -> list[Shortlist]:
    """The best songs of a shard for each listener; `known` holds what each shard knows of each library."""
    catalogue, rows = load_shard(shard)
    found = []
    for (_, library), parts in zip(libraries, zip(*known, strict=True), strict=True):
        library_songs = Songs.joined(parts).as_catalogue(catalogue)
        try:
            listed, counts = Recommender(catalogue, library, known=library_songs).shortlist(recipe)
        except TonearmError as problem:
            found.append(Shortlist(None, {}, str(problem)))
        else:
            found.append(Shortlist(Songs.of(catalogue, np.sort(listed), rows), dict(counts)))
    return found


def merge(
    shard: Path,
    libraries: Libraries,
    known: Sequence[Sequence[Songs]],
    shortlists: Sequence[Sequence[Shortlist]],
    recipe: Recipe,
) -> Ranked:
    """The lists of the whole catalogue; of `shard` only what all shards share is used."""
    like = load_catalogue(shard)

    def rank(library: pd.DataFrame, own: Sequence[Songs], best: Sequence[Shortlist]) -> pd.DataFrame:
        for shortlist in best:
            if shortlist.problem:
                raise NothingToRank(shortlist.problem)
        counts = {name: sum(shortlist.counts[name] for shortlist in best) for name in best[0].counts}
        if not counts["candidates"]:
            raise NothingToRank(why_none_is_left(recipe.filters, counts))
        songs = [*own, *(shortlist.songs for shortlist in best if shortlist.songs is not None)]
        return Recommender(Songs.joined(songs).as_catalogue(like), library).recommend(recipe).table

    each = zip(libraries, zip(*known, strict=True), zip(*shortlists, strict=True), strict=True)
    lists, problems = [], []
    for (listener, library), own, best in each:
        try:
            found = rank(library, own, best)
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
