"""Lists of an evaluation measured on Dask: each depends on itself alone, so the numbers are those of one process."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from recsys.batch.cluster import connected, in_order, share_file
from recsys.batch.mapped_catalogue import load, save
from recsys.core.engine.recipe import Recipe
from recsys.core.evaluation.baselines import Method
from recsys.core.evaluation.holdout import HoldOut, Lists, Pool
from recsys.core.evaluation.offline import ListMeasures, measure_list, methods

LISTS_AT_ONCE: Final = 4
"""Lists of one task."""


def measured_lists(
    pool: Pool, lists: Lists, recipe: Recipe, hold_out: HoldOut, scheduler: str | None, workers: int
) -> Iterator[ListMeasures]:
    """The measures of all chosen lists, in order, from local worker processes or the cluster at an address."""
    names = hold_out.chosen(lists)
    chunks = [names[at : at + LISTS_AT_ONCE] for at in range(0, len(names), LISTS_AT_ONCE)]
    with tempfile.TemporaryDirectory(prefix="tonearm-") as folder, connected(scheduler, workers) as client:
        path = Path(folder) / f"{pool.catalogue.checksum}.pool"
        _ = pool.catalogue.artists, pool.catalogue.songs_in_order
        save((pool, lists), path)
        share_file(client, path)
        for measured in in_order(client, measure_chunk, [(path, recipe, hold_out, chunk) for chunk in chunks]):
            yield from measured


def measure_chunk(path: Path, recipe: Recipe, hold_out: HoldOut, names: Sequence[str]) -> list[ListMeasures]:
    """The measures of some lists of the pool in a file."""
    pool, lists, compared = _opened(path, json.dumps(recipe.as_json()))
    return [measure_list(pool, lists, compared, hold_out, name) for name in names]


@lru_cache(maxsize=1)
def _opened(path: Path, recipe: str) -> tuple[Pool, Lists, dict[str, Method]]:
    """The pool in a file, its lists, and the methods under a recipe as JSON; once per process."""
    pool, lists = load(path)
    return pool, lists, methods(pool, Recipe.from_json(json.loads(recipe)))
