"""Batch workers on one machine: what a second one speeds up, and what memory it takes of its own."""

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import psutil
from distributed import wait

from recsys.batch.cluster import connected, rank_all
from recsys.batch.libraries import Listener
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
LOOK_S = 0.1
RECIPE = Recipe(length=30)
TODAY = pd.Timestamp("2026-11-28", tz="UTC")


def rows(quick: bool = False) -> Iterator[Row]:
    """Seconds of two workers against 1.8 times those of one, and memory of the second against the first."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue, libraries, chunks = _prepared(Path(folder), LISTENERS // (4 if quick else 1))
        one, two = (_ranked(catalogue, libraries, chunks, count)[0] for count in (1, 2))
        # Apart from the time, because reading the sizes holds up the workers.
        _, peaks = _ranked(catalogue, libraries, chunks[: len(chunks) // 4], 2, is_watched=True)
    name = f"batch on two workers, 1M songs: {one / two:.2f} times one worker (≤ 1.0)"
    yield Row(name, two, f"one worker / {GOAL}", GOAL * two / one)
    second, first = min(peak.private for peak in peaks), max(peak.resident for peak in peaks)
    name = f"{second / 1e6:.0f} MB at most that a second worker shares with nobody, 1M songs (≤ 0.25)"
    yield Row(name, None, f"{first / 1e6:.0f} MB at most resident in the first", second / first)


class Peak(NamedTuple):
    """
    The most bytes that a process had at a time while it ranked.

    `resident` is all that it had mapped into memory, shared or not; `private` what the machine would get back if it
    ended (unique set size). Pages of the mapped catalogue that it alone has read so far are among these.
    """

    resident: int
    private: int


def _prepared(folder: Path, listeners: int) -> tuple[Path, Path, list[Chunk]]:
    table, rng = invented(SONGS), np.random.default_rng(0)
    catalogue = Catalogue.from_tracks(table)
    owned = [rng.choice(SONGS, LIBRARY, replace=False) for _ in range(listeners)]
    distinct, positions = np.unique(np.concatenate(owned), return_inverse=True)
    ids = table["track_id"].iloc[distinct].array
    tracks = as_tracks(pd.DataFrame({"track_id": ids, "title": ids, "artists": ""}))
    save(LibraryTracks(catalogue, tracks), folder / "all.libraries")
    each = [Listener(str(at), own) for at, own in enumerate(np.split(positions, listeners))]
    chunks = [each[at : at + CHUNK] for at in range(0, listeners, CHUNK)]
    return save_shards(catalogue, 1, folder / "all")[0], folder / "all.libraries", chunks


def _ranked(
    catalogue: Path, libraries: Path, chunks: list[Chunk], count: int, is_watched: bool = False
) -> tuple[float, list[Peak]]:
    """Seconds for all chunks, and what each worker had at most meanwhile if it was watched."""
    for table in catalogue.parent.glob("*.table"):
        table.unlink()  # what an earlier run computed
    with connected(None, count) as client:
        # Every worker has opened its files before the time begins.
        opened = [
            client.submit(rank_chunk, catalogue, libraries, chunks[at], RECIPE, TODAY, workers=[address], pure=False)
            for at, address in enumerate(client.nthreads())
        ]
        wait(opened)
        with watched(list(client.run(os.getpid).values()) if is_watched else []) as peaks:
            began = time.perf_counter()
            rank_all(client, [catalogue], libraries, list(enumerate(chunks)), RECIPE, TODAY, lambda *_: None)
            seconds = time.perf_counter() - began
    return seconds, list(peaks.values())


@contextmanager
def watched(pids: list[int]) -> Iterator[dict[int, Peak]]:
    """What some processes have at most while the block runs, read every `LOOK_S`."""
    peaks, is_over = dict.fromkeys(pids, Peak(0, 0)), threading.Event()

    def look() -> None:
        for pid in pids:
            sizes = psutil.Process(pid).memory_full_info()
            peaks[pid] = Peak(max(peaks[pid].resident, sizes.rss), max(peaks[pid].private, sizes.uss))

    def watch() -> None:
        while not is_over.wait(LOOK_S):
            look()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peaks
        look()
    finally:
        is_over.set()
        thread.join()
