"""Ranking a catalogue that is split over workers: each sends its best songs as numbers, and these are merged.

1. Every shard ranks its own songs for every listener and gives rows, cosines and scores of its shortlist: 16 bytes a
   song. The best of the whole catalogue are among them, because no number depends on the other songs.
2. The best of all shards are merged: the shortlist of the whole, of which nearly always the first hundred decide.
3. The shards give text and features of those alone, and the list is chosen as from the whole.

Recipes that compare each listener with single songs (familiar artists, an order, locked songs) send whole songs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from distributed import Client, worker_client

from recsys.batch.mapped_catalogue import load, load_catalogue, load_shard
from recsys.batch.ranking import Chunk, Own, Ranked, listeners_of, ranked
from recsys.batch.sharded_songs import find_shortlists, known_songs, merge, rank_own
from recsys.core.engine.candidates import why_none_is_left
from recsys.core.engine.library_tracks import LibraryTracks
from recsys.core.engine.many_listeners import Listed, ManyListeners, can_share
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import SHORTLIST
from recsys.core.engine.selection import Ranking, usual_pool
from recsys.core.engine.shards import Songs
from recsys.core.engine.similarity import top_positions
from recsys.core.model.arrays import Floats, Integers
from recsys.errors import NothingToRank, TonearmError


@dataclass(frozen=True)
class Best:
    """
    The best songs for one listener, by score: `rows` of the whole catalogue, `cosines` and `scores`, (n,) each.

    `counts` are those of `Recommendations`, or `problem` says why there are none.
    """

    rows: Integers
    cosines: Floats
    scores: Floats
    counts: dict[str, int]
    problem: str = ""

    @classmethod
    def none(cls, problem: str, counts: dict[str, int] | None = None) -> "Best":
        """No song, and why."""
        return cls(np.arange(0), np.zeros(0, np.float32), np.zeros(0, np.float32), counts or {}, problem)

    def first(self, count: int) -> "Best":
        """The first of them."""
        return replace(self, rows=self.rows[:count], cosines=self.cosines[:count], scores=self.scores[:count])


def submit_chunk(
    client: Client,
    shards: Sequence[Path],
    libraries: Path,
    job: tuple[int, Chunk],
    recipe: Recipe,
    today: pd.Timestamp,
    retries: int,
) -> Any:
    """
    A future of the `Ranked` of one chunk.

    Each shard stays with one worker, which maps that file alone, as long as the worker lives.
    """
    number, chunk = job
    owners = sorted(client.nthreads())  # type: ignore[no-untyped-call]

    def submit(function: Any, shard: int, *arguments: Any) -> Any:
        return client.submit(
            function,
            shards[shard],
            *arguments,
            workers=[owners[shard % len(owners)]],
            allow_other_workers=True,
            pure=False,
            retries=retries,
        )

    every = range(len(shards))
    if not can_share(recipe):
        tracks: LibraryTracks = load(libraries)
        given = [Own.of(tracks, one) for one in chunk]
        known = [submit(known_songs, shard, given) for shard in every]
        if recipe.choose_from == "forgotten":
            return submit(rank_own, number % len(shards), chunk, given, known, recipe, today)
        shortlists = [submit(find_shortlists, shard, given, known, recipe) for shard in every]
        return submit(merge, number % len(shards), chunk, given, known, shortlists, recipe)
    found = [submit(best_of_shard, shard, libraries, chunk, recipe) for shard in every]
    best = client.submit(best_of_all, found, recipe, pure=False, retries=retries)
    songs = [submit(songs_of_shard, shard, best) for shard in every]
    return submit(choose, number % len(shards), list(shards), chunk, libraries, best, songs, recipe)


def best_of_shard(shard: Path, libraries: Path, chunk: Chunk, recipe: Recipe) -> list[Best]:
    """The best songs of a shard for each listener of a chunk."""
    listeners, whole_rows = listeners_of(shard, recipe), load_shard(shard)[1]
    tracks: LibraryTracks = load(libraries)
    return [
        Best.none(str(found))
        if isinstance(found, TonearmError)
        else Best(whole_rows[found.rows], found.cosines, found.scores, dict(found.counts))
        for found in listeners.rankings(tracks, [one.library for one in chunk])
    ]


def best_of_all(shards: Sequence[Sequence[Best]], recipe: Recipe) -> tuple[list[Best], list[Best]]:
    """The shortlists of the whole catalogue, and of each what is nearly always enough to choose from."""
    whole = []
    for parts in zip(*shards, strict=True):
        if problem := next((part.problem for part in parts if part.problem), ""):
            whole.append(Best.none(problem))
            continue
        counts = {name: sum(part.counts[name] for part in parts) for name in parts[0].counts}
        if not counts["candidates"]:
            whole.append(Best.none(why_none_is_left(recipe.filters, counts), counts))
            continue
        rows, cosines, scores = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("rows", "cosines", "scores")
        )
        # By row first, so that of equal cosines the first row of the whole catalogue is taken, as there.
        in_order = np.argsort(rows)
        shortlist = in_order[top_positions(cosines[in_order], SHORTLIST)]
        best = shortlist[np.argsort(-scores[shortlist], kind="stable")]
        whole.append(Best(rows[best], cosines[best], scores[best], counts))
    # A list of a length in minutes is filled from the whole shortlist.
    enough = usual_pool(recipe) if recipe.minutes is None else SHORTLIST
    return [each.first(enough) for each in whole], whole


def songs_of_shard(shard: Path, best: tuple[list[Best], list[Best]]) -> Songs:
    """Text and features of the songs of a shard that may be listed."""
    return _songs(shard, np.concatenate([each.rows for each in best[0]]))


def _songs(shard: Path, rows: Integers) -> Songs:
    catalogue, whole_rows = load_shard(shard)
    return Songs.of(catalogue, np.flatnonzero(np.isin(whole_rows, rows)), whole_rows)


def choose(
    shard: Path,
    shards: Sequence[Path],
    chunk: Chunk,
    libraries: Path,
    best: tuple[list[Best], list[Best]],
    songs: Sequence[Songs],
    recipe: Recipe,
) -> Ranked:
    """The lists of a chunk; of `shard` only what all shards share is used."""
    first, whole = best
    few = Few(shard, songs, recipe)
    lists = few.lists(load(libraries), chunk, first)
    short = [
        at
        for at, listed in enumerate(lists)
        if isinstance(listed, Listed) and len(listed.rows) < recipe.length and len(first[at].rows) < len(whole[at].rows)
    ]
    if short:
        # Limits left a list short, so its whole shortlist is tried; its songs are asked for where they are.
        rows = np.unique(np.concatenate([whole[at].rows for at in short]))
        with worker_client() as client:
            more = client.gather([client.submit(_songs, each, rows, pure=False) for each in shards])
        few = Few(shard, [*songs, *more], recipe)
        lists = few.lists(load(libraries), chunk, [whole[at] if at in short else each for at, each in enumerate(first)])
    return ranked(few.catalogue, chunk, lists)


class Few:
    """The songs of several shards that a chunk's lists are chosen from, as a catalogue of their own."""

    def __init__(self, shard: Path, songs: Sequence[Songs], recipe: Recipe) -> None:
        joined = Songs.joined(songs)
        self._rows = joined.tracks.index.to_numpy()
        self.catalogue = joined.as_catalogue(load_catalogue(shard))
        self._listeners = ManyListeners(self.catalogue, recipe)

    def lists(self, tracks: LibraryTracks, chunk: Chunk, best: Sequence[Best]) -> list[Listed | TonearmError]:
        """The list of each listener from their best songs, by score."""
        lists: list[Listed | TonearmError] = []
        for one, each in zip(chunk, best, strict=True):
            if each.problem:
                lists.append(NothingToRank(each.problem))
                continue
            found, scorer = self._listeners.profile_of(tracks, one.library)
            rows, bonus = np.searchsorted(self._rows, each.rows), np.zeros(len(each.rows), np.float32)
            ranking = Ranking(found, scorer, rows, each.scores, bonus, each.cosines, each.counts)
            lists.append(self._listeners.listed(ranking))
        return lists
