"""Batch workers on one machine: what a second one speeds up, and what memory it takes of its own."""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from distributed import wait

from recsys.batch.cluster import connected, rank_all
from recsys.batch.mapped_catalogue import save, save_shards
from recsys.batch.ranking import Chunk, rank_chunk
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.library_tracks import LibraryTracks
from recsys.core.engine.recipe import Recipe
from recsys.core.model.tracks import as_tracks
from tests.bench.invented import invented
from tests.bench.rows import Row

SONGS = 1_000_000
LIBRARY = 200
CHUNK = 32
LISTENERS = 1_280
GOAL = 1.8
RECIPE = Recipe(length=30)


def rows(quick: bool = False) -> Iterator[Row]:
    """Seconds of two workers against 1.8 times those of one, and memory of the second against the first."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue, libraries, chunks = _prepared(Path(folder), LISTENERS // (4 if quick else 1))
        (one, _), (two, memory) = (_measured(catalogue, libraries, chunks, count) for count in (1, 2))
    name = f"batch on two workers, 1M songs: {one / two:.2f} times one worker (≤ 1.0)"
    yield Row(name, two, f"one worker / {GOAL}", GOAL * two / one)
    own, first = min(memory), max(memory)
    yield Row(f"{own / 1e6:.0f} MB of a second worker's own, 1M songs (≤ 0.25)", None, "all of the first", own / first)


def _prepared(folder: Path, listeners: int) -> tuple[Path, Path, list[Chunk]]:
    table, rng = invented(SONGS), np.random.default_rng(0)
    catalogue = Catalogue.from_tracks(table)
    owned = [rng.choice(SONGS, LIBRARY, replace=False) for _ in range(listeners)]
    distinct, positions = np.unique(np.concatenate(owned), return_inverse=True)
    ids = table["track_id"].iloc[distinct].array
    tracks = as_tracks(pd.DataFrame({"track_id": ids, "title": ids, "artists": ""}))
    save(LibraryTracks(catalogue, tracks), folder / "all.libraries")
    each = [(str(at), own) for at, own in enumerate(np.split(positions, listeners))]
    chunks = [each[at : at + CHUNK] for at in range(0, listeners, CHUNK)]
    return save_shards(catalogue, 1, folder / "all")[0], folder / "all.libraries", chunks


def _measured(catalogue: Path, libraries: Path, chunks: list[Chunk], count: int) -> tuple[float, list[int]]:
    """Seconds for all chunks, and bytes: of one worker all that is resident, of the others what only they have."""
    for table in catalogue.parent.glob("*.table"):
        table.unlink()  # what an earlier run computed
    with connected(None, count) as client:
        # Every worker has opened its files before the time begins.
        opened = [
            client.submit(rank_chunk, catalogue, libraries, chunks[at], RECIPE, workers=[address], pure=False)
            for at, address in enumerate(client.nthreads())
        ]
        wait(opened)
        began = time.perf_counter()
        rank_all(client, [catalogue], libraries, list(enumerate(chunks)), RECIPE, lambda *_: None)
        seconds = time.perf_counter() - began
        pids = list(client.run(os.getpid).values())
        memory = [psutil.Process(pids[0]).memory_info().rss]
        memory += [psutil.Process(pid).memory_full_info().uss for pid in pids[1:]]
    return seconds, memory
