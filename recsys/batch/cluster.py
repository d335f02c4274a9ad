"""Runs chunks of work on Dask: local worker processes, or the workers of a running cluster."""

import logging
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

import dask
import pandas as pd
from distributed import Client, LocalCluster, Nanny, as_completed
from distributed.utils import get_mp_context

from recsys.batch.ranking import Chunk, Ranked, rank_chunk
from recsys.batch.sharded import submit_chunk
from recsys.core.engine.recipe import Recipe
from recsys.errors import SettingsProblem

IN_FLIGHT: Final = 4
"""Chunks handed to the scheduler at a time, per worker thread: enough to keep it busy, few enough for memory."""
CONNECT_SECONDS: Final = 30
RETRIES: Final = 10
"""How often a chunk is tried again after the worker that had it died."""
CLOSE_SECONDS: Final = 60
"""How long a local worker may take to end. Dask waits for five seconds after killing it and then raises."""

COPY_BYTES: Final = 32 << 20

FORKED: Final = {
    "distributed.worker.multiprocessing-method": "forkserver",
    "distributed.worker.profile.enabled": False,
}
"""Local workers are forked from a process that has imported everything, and share its memory."""

STARTED: Final = {"distributed.worker.preload": ["recsys.batch.worker_imports"]}
"""Elsewhere each worker imports the same when it starts."""

Job = tuple[int, Chunk]
"""The number of a chunk, and its listeners."""


class PatientNanny(Nanny):
    """
    A local worker's process, with time to end.

    Dask lets a killed process take five seconds and then raises `TimeoutError`. On a busy machine it may take longer,
    and a run whose lists are all finished would fail.
    """

    async def close(  # type: ignore[override]  # as in Dask itself
        self, timeout: float = CLOSE_SECONDS, reason: str = "nanny-close"
    ) -> Literal["OK"]:
        """End the process, and kill it where that takes four fifths of the time."""
        return await super().close(timeout, reason)


@contextmanager
def connected(scheduler: str | None, workers: int) -> Iterator[Client]:
    """
    A client of the cluster at an address, or of `workers` local processes of one thread each.

    Raises
    ------
    SettingsProblem
        Nothing answers at the address, or it has no worker.
    """
    settings = {
        "distributed.scheduler.allowed-failures": RETRIES,
        "distributed.comm.timeouts.connect": CONNECT_SECONDS,
        **(FORKED if sys.platform == "linux" else STARTED),
    }
    logging.getLogger("distributed").setLevel(logging.WARNING)  # it reports every connection otherwise
    with dask.config.set(settings):
        if scheduler is None:
            if sys.platform == "linux":
                get_mp_context().set_forkserver_preload(["recsys.batch.worker_imports"])
            with (
                LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    worker_class=PatientNanny,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                ) as cluster,
                Client(cluster) as client,
                _quiet_end(),
            ):
                yield client
            return
        try:
            client = Client(scheduler, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as problem:
            sentence = f"No Dask scheduler answers at {scheduler}: start one with `dask scheduler`."
            raise SettingsProblem(sentence) from problem
        with client:
            if not client.nthreads():
                raise SettingsProblem(f"The scheduler at {scheduler} has no workers: start some with `dask worker`.")
            with _quiet_end():
                yield client


@contextmanager
def _quiet_end() -> Iterator[None]:
    """Nothing is logged of work that is given up when a run is ended from outside."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        raise


def share_file(client: Client, path: Path) -> None:
    """Copy a file to the same path on every machine of the cluster that does not have it; once per machine."""
    machines = {address.split("://")[-1].rsplit(":", 1)[0]: address for address in client.nthreads()}
    size = path.stat().st_size
    for address in machines.values():
        if client.submit(_size_of, path, workers=[address], pure=False).result() == size:
            continue
        with path.open("rb") as file:
            first = True
            while content := file.read(COPY_BYTES):
                client.submit(_append, path, content, first, workers=[address], pure=False).result()
                first = False


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else -1


def _append(path: Path, content: bytes, is_first: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("wb" if is_first else "ab") as file:
        file.write(content)


def in_order(client: Client, function: Callable[..., Any], each: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
    """The results of a function for some arguments, in their order; few are waiting at a time."""
    slots = IN_FLIGHT * max(1, sum(client.nthreads().values()))
    futures: deque[Any] = deque()
    for arguments in each:
        futures.append(client.submit(function, *arguments, pure=False, retries=RETRIES))
        if len(futures) >= slots:
            yield futures.popleft().result()
    while futures:
        yield futures.popleft().result()


def rank_all(
    client: Client,
    catalogues: Sequence[Path],
    libraries: Path,
    jobs: Iterable[Job],
    recipe: Recipe,
    today: pd.Timestamp,
    done: Callable[[int, Ranked], None],
) -> None:
    """
    Rank one catalogue, or the shards of one, for every chunk; `libraries` is the file of their `LibraryTracks`.

    `done(number, ranked)` is called in this process as each chunk ends, in whatever order they end.

    A worker that dies has its chunks ranked by another one. Ranking depends on nothing but its arguments, so a chunk
    that is ranked twice has the same result.
    """
    waiting = iter(jobs)
    numbers: dict[str, int] = {}

    def submit() -> Any | None:
        job = next(waiting, None)
        if job is None:
            return None
        if len(catalogues) == 1:
            arguments = (catalogues[0], libraries, job[1], recipe, today)
            future = client.submit(rank_chunk, *arguments, pure=False, retries=RETRIES)
        else:
            future = submit_chunk(client, catalogues, libraries, job, recipe, today, RETRIES)
        numbers[str(future.key)] = job[0]
        return future

    slots = IN_FLIGHT * max(1, sum(client.nthreads().values()))
    first = [future for _ in range(slots) if (future := submit()) is not None]
    running = as_completed(first)
    for future in running:
        done(numbers.pop(str(future.key)), future.result())
        future.release()
        if (following := submit()) is not None:
            running.add(following)
