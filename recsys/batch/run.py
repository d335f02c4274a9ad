"""One batch run from a file of libraries to a file of lists."""

import math
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import pandas as pd

from recsys.batch.checkpoint import Checkpoint
from recsys.batch.cluster import connected, rank_all, share_file
from recsys.batch.libraries import Libraries
from recsys.batch.mapped_catalogue import MOST_SHARDS, save, save_shards
from recsys.batch.ranking import Ranked
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.library_tracks import LibraryTracks
from recsys.core.engine.recipe import Recipe
from recsys.core.insights.wording import counted
from recsys.errors import SettingsProblem

CHUNK: Final = 32
"""Listeners of one task: enough to make the scheduler's overhead small, few enough to lose little with a worker."""


@dataclass(frozen=True)
class Outcome:
    """
    What a run wrote.

    Attributes
    ----------
    listeners, rows, continued : int
        Listeners in the file, rows in the output, and listeners whose lists an earlier, interrupted run had made.
    problems : DataFrame
        listener, reason: who could not be ranked. All others have a list.
    """

    listeners: int
    rows: int
    continued: int
    problems: pd.DataFrame


def run_batch(
    libraries: Path | Libraries,
    tracks: pd.DataFrame,
    recipe: Recipe,
    out: Path,
    version: str,
    today: pd.Timestamp,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    shards: int = 1,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """
    Rank the catalogue for every listener and write the lists as one Parquet file.

    The lists equal those of `Recommender` for each listener alone, whatever the number of workers and shards.
    Finished chunks are stored beside `out`; a run with the same content and recipe continues from them.

    Parameters
    ----------
    libraries : Path or Libraries
        For a file see `Libraries.read`.
    tracks : DataFrame
        The catalogue as a track table.
    recipe : Recipe
    out : Path
        Replaced when everything is finished.
    version : str
        Of the program: another version does not continue from this one's chunks.
    today : Timestamp
        Midnight, with a time zone: what a recipe for forgotten songs counts from.
    workers : int
        Local worker processes; not used with `scheduler`.
    scheduler : str, optional
        The address of a running Dask scheduler.
    shards : int
        Parts of the catalogue, each held by one worker.
    progress : callable
        `progress(done, total)` in listeners.

    Raises
    ------
    UnreadableFile
        The libraries cannot be read, or the output cannot be written.
    SettingsProblem
        The scheduler does not answer, or there are more shards than its workers can hold.
    """
    with_times = recipe.choose_from == "forgotten"
    given = libraries if isinstance(libraries, Libraries) else Libraries.read(libraries, with_times)
    chunks = list(given.chunks(CHUNK, with_times))
    checksum = sha256(pd.util.hash_pandas_object(tracks, index=False).to_numpy().tobytes()).hexdigest()
    settings = {"version": version, "catalogue": checksum, "libraries": given.checksum, "recipe": recipe.as_json()}
    if with_times:
        settings["today"] = today.isoformat()
    checkpoint = Checkpoint(out, settings)
    left = [number for number in range(len(chunks)) if not checkpoint.has(number)]
    continued = done = len(given) - sum(len(chunks[number]) for number in left)
    progress(done, len(given))

    def store(number: int, ranked: Ranked) -> None:
        nonlocal done
        checkpoint.add(number, ranked)
        done += len(chunks[number])
        progress(done, len(given))

    if left:
        with tempfile.TemporaryDirectory(prefix="tonearm-") as folder, connected(scheduler, workers) as client:
            _check_shards(shards, len(client.nthreads()))  # type: ignore[no-untyped-call]
            songs, tracks_file = Catalogue.from_tracks(tracks), Path(folder) / f"{checksum}.libraries"
            mapped = save_shards(songs, shards, Path(folder) / checksum)
            save(LibraryTracks(songs, given.tracks), tracks_file)
            for path in (*mapped, tracks_file):
                share_file(client, path)
            rank_all(client, mapped, tracks_file, ((number, chunks[number]) for number in left), recipe, today, store)
    whole = checkpoint.finish(len(chunks))
    return Outcome(len(given), whole.rows, continued, whole.problems)


def _check_shards(shards: int, workers: int) -> None:
    if shards > (most := MOST_SHARDS * workers):
        needed = math.ceil(shards / MOST_SHARDS)
        raise SettingsProblem(
            f"{shards:,} shards are too many for {counted(workers, 'worker')} (at most {MOST_SHARDS} each): "
            f"use --shards {most:,}, or {needed:,} workers. One shard a worker is fastest."
        )
