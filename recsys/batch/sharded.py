"""Ranking a catalogue that is split over workers: each finds its best songs, and a merge ranks those alone.

1. Every shard gives what it knows of the libraries, for their numbers may be in any of them.
2. With that, every shard gives its own shortlist: the best songs of the whole catalogue are among them.
3. The shortlists together are a catalogue of a few thousand songs, ranked as the whole would be (`engine.shards`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from distributed import Client

from recsys.batch.mapped_catalogue import load_catalogue, load_shard
from recsys.batch.ranking import Ranked, ranked
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


def submit_chunk(
    client: Client, shards: Sequence[Path], number: int, libraries: Libraries, recipe: Recipe, retries: int
) -> Any:
    """
    A future of the `Ranked` of one chunk.

    Each shard stays with one worker, which maps that file alone, as long as the worker lives.
    """
    owners = sorted(client.nthreads())  # type: ignore[no-untyped-call]

    def submit(function: Any, shard: int, *arguments: Any) -> Any:
        owner = owners[shard % len(owners)]
        return client.submit(
            function,
            shards[shard],
            *arguments,
            workers=[owner],
            allow_other_workers=True,
            pure=False,
            retries=retries,
        )

    given = list(libraries)
    known = [submit(known_songs, shard, given) for shard in range(len(shards))]
    shortlists = [submit(find_shortlists, shard, given, known, recipe) for shard in range(len(shards))]
    return submit(merge, number % len(shards), given, known, shortlists, recipe)


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
    return ranked((listener, partial(rank, library, own, best)) for (listener, library), own, best in each)
