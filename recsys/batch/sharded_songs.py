"""Ranking a catalogue that is split over workers by whole songs, for recipes that compare each listener with them.

1. Every shard sends what it knows of the libraries, whose songs may be in any of them.
2. With that, every shard gives its own shortlist: the best songs of the whole catalogue are among them.
3. The shortlists together are a catalogue of a few thousand songs, ranked as the whole would be (`engine.shards`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from recsys.batch.mapped_catalogue import load_catalogue, load_shard
from recsys.batch.ranking import Chunk, Own, Ranked, ranked
from recsys.core.engine.candidates import why_none_is_left
from recsys.core.engine.many_listeners import list_or_problem
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommendations, Recommender
from recsys.core.engine.shards import Songs, songs_named
from recsys.errors import NothingToRank, TonearmError


@dataclass(frozen=True)
class Shortlist:
    """The best songs of one shard for one listener, and the counts of all its songs; or the sentence that says why."""

    songs: Songs | None
    counts: dict[str, int]
    problem: str = ""


def known_songs(shard: Path, given: Sequence[Own]) -> list[Songs]:
    """What a shard knows of the songs that each listener has or turned down."""
    catalogue, rows = load_shard(shard)
    tables = [pd.concat([one.tracks, one.disliked], ignore_index=True) for one in given]
    return [Songs.of(catalogue, songs_named(catalogue, table), rows) for table in tables]


def rank_own(
    shard: Path,
    chunk: Chunk,
    given: Sequence[Own],
    known: Sequence[Sequence[Songs]],
    recipe: Recipe,
    today: pd.Timestamp,
) -> Ranked:
    """Lists of what the listeners have themselves: the whole catalogue is what all shards know of that."""
    like = load_catalogue(shard)
    each = [Songs.joined(parts).as_catalogue(like) for parts in zip(*known, strict=True)]
    engines = (partial(own.engine, songs, recipe, today) for songs, own in zip(each, given, strict=True))
    return ranked(like, chunk, (list_or_problem(engine, recipe) for engine in engines))


def find_shortlists(
    shard: Path, given: Sequence[Own], known: Sequence[Sequence[Songs]], recipe: Recipe
) -> list[Shortlist]:
    """The best songs of a shard for each listener; `known` holds what each shard knows of each listener's songs."""
    catalogue, rows = load_shard(shard)
    found = []
    for own, parts in zip(given, zip(*known, strict=True), strict=True):
        own_songs = Songs.joined(parts).as_catalogue(catalogue)
        try:
            engine = Recommender(catalogue, own.tracks, dislikes=own.disliked, known=own_songs)
            listed, counts = engine.shortlist(recipe)
        except TonearmError as problem:
            found.append(Shortlist(None, {}, str(problem)))
        else:
            found.append(Shortlist(Songs.of(catalogue, np.sort(listed), rows), dict(counts)))
    return found


def merge(
    shard: Path,
    chunk: Chunk,
    given: Sequence[Own],
    known: Sequence[Sequence[Songs]],
    shortlists: Sequence[Sequence[Shortlist]],
    recipe: Recipe,
) -> Ranked:
    """The lists of the whole catalogue; of `shard` only what all shards share is used."""
    like = load_catalogue(shard)

    def rank(own: Own, parts: Sequence[Songs], best: Sequence[Shortlist]) -> Recommendations | TonearmError:
        for shortlist in best:
            if shortlist.problem:
                return NothingToRank(shortlist.problem)
        counts = {name: sum(shortlist.counts[name] for shortlist in best) for name in best[0].counts}
        if not counts["candidates"]:
            return NothingToRank(why_none_is_left(recipe.filters, counts))
        songs = [*parts, *(shortlist.songs for shortlist in best if shortlist.songs is not None)]
        whole = Songs.joined(songs).as_catalogue(like)
        return list_or_problem(partial(Recommender, whole, own.tracks, dislikes=own.disliked), recipe)

    each = zip(given, zip(*known, strict=True), zip(*shortlists, strict=True), strict=True)
    return ranked(like, chunk, [rank(*one) for one in each])
