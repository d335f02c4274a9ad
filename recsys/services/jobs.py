"""Long work outside the screens' threads: it continues when the page is changed, reloaded or closed."""

import logging
import threading
import traceback
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, Final, Literal

from recsys.auth.models import is_guest
from recsys.errors import Erased, NoRoom, StorageProblem, TonearmError

State = Literal["running", "done", "failed", "cancelled"]
MAX_FINISHED: Final = 200
"""At most this many finished jobs are remembered; older ones are dropped when a new one starts."""

MAX_OF_ONE: Final = 6
"""Unfinished jobs of one listener: every kind once. A changed library or catalogue would start another proof."""

MAX_OF_GUESTS: Final = 20
"""Unfinished jobs of all guests together, of which anybody can create any number."""

log = logging.getLogger(__name__)


class Cancelled(BaseException):
    """The listener asked the work to stop. Not an `Exception`, so that no handler inside the work swallows it."""


@dataclass(frozen=True)
class Snapshot:
    """
    A job at one moment. `progress` is what the work reported last (None before the first report).

    `message` is empty unless the job failed: then it is a sentence for the listener. `result` is what the work
    returned, once it is done.
    """

    state: State
    message: str = ""
    progress: Any = None
    result: Any = None

    @property
    def is_active(self) -> bool:
        """True while the work runs."""
        return self.state == "running"


class Job:
    """Passed to the work: where it reports progress, and learns that it should stop."""

    def __init__(self) -> None:
        self.progress: Any = None
        self._stop = threading.Event()

    def report(self, progress: Any) -> None:
        """Publish progress (an immutable value). Raises `Cancelled` when the listener asked to stop."""
        self.progress = progress
        self.check()

    def check(self) -> None:
        """Raise `Cancelled` when the listener asked to stop."""
        if self._stop.is_set():
            raise Cancelled

    def sleep(self, seconds: float) -> None:
        """Wait, but not longer than until the listener asks to stop; then raise `Cancelled`."""
        if self._stop.wait(seconds):
            raise Cancelled

    def cancel(self) -> None:
        """Ask the work to stop at its next report."""
        self._stop.set()


class Jobs:
    """
    The running and finished jobs of a process, by key (such as "sync:<listener>"). Safe to use from any thread.

    The outcome of a job is read from its future, so nothing the work raises is ever swallowed here.

    Parameters
    ----------
    workers, syncs, of_guests : int
        Jobs at a time: of listeners, their syncs (which mostly wait for Spotify), and of guests. Each kind has threads
        of its own, so that nobody's sync waits behind a proof, and no listener behind guests.
    """

    def __init__(self, workers: int = 4, syncs: int = 8, of_guests: int = 2) -> None:
        self._pool = ThreadPoolExecutor(workers, "job")
        self._sync_pool = ThreadPoolExecutor(syncs, "sync")
        self._guest_pool = ThreadPoolExecutor(of_guests, "guest-job")
        self._jobs: dict[str, tuple[Job, Future[Any]]] = {}
        self._lock = threading.Lock()
        self._is_closed = False

    def start(self, key: str, work: Callable[[Job], Any]) -> Snapshot:
        """
        Start the work, or join the one running under this key: a second click or tab changes nothing.

        Where too many jobs wait already, or the server shuts down, this one has failed with a sentence.
        """
        with self._lock:
            if key not in self._jobs or self._jobs[key][1].done():
                finished = [name for name, (_, future) in self._jobs.items() if future.done()]
                dropped = {key, *finished[: max(0, len(finished) - MAX_FINISHED)]}
                kind, _, listener = key.partition(":")
                pool = self._sync_pool if kind == "sync" else self._pool
                if is_guest(listener):
                    pool = self._guest_pool
                job = Job()
                future = self._refusal(key) or pool.submit(copy_context().run, work, job)
                kept = {name: held for name, held in self._jobs.items() if name not in dropped}
                self._jobs = {**kept, key: (job, future)}  # last, also where it ran before
                future.add_done_callback(lambda ended: _log_failure(key, ended))
        return self.snapshot(key) or Snapshot("running")

    def snapshot(self, key: str) -> Snapshot | None:
        """How the job under this key is doing, or how it ended; None when there was none."""
        held = self._jobs.get(key)
        if held is None:
            return None
        job, future = held
        if not future.done():
            return Snapshot("running", progress=job.progress)
        problem = None if future.cancelled() else future.exception()
        if future.cancelled() or isinstance(problem, Cancelled):
            return Snapshot("cancelled", progress=job.progress)
        if problem is None:
            return Snapshot("done", progress=job.progress, result=future.result())
        if isinstance(problem, TonearmError):
            return Snapshot("failed", str(problem), job.progress)
        sentence = (
            f"Something unexpected went wrong ({type(problem).__name__}). "
            "Everything stored so far is safe; start again to continue."
        )
        return Snapshot("failed", sentence, job.progress)

    def is_active(self, key: str) -> bool:
        """True while the job under this key waits or runs."""
        job = self.snapshot(key)
        return job is not None and job.is_active

    def ended(self, listener: str) -> frozenset[Job]:
        """
        The jobs on a listener's rows that have ended: another set as soon as one more has.

        Their keys read "kind:listener" and no more; a test on a library that was handed over changes no rows.
        """
        held = [pair for key, pair in list(self._jobs.items()) if key.split(":")[1:] == [listener]]
        return frozenset(job for job, future in held if future.done())

    def running(self, kind: str) -> list[Snapshot]:
        """The jobs that run and whose key reads "kind:…"."""
        snapshots = [self.snapshot(key) for key in list(self._jobs) if key.startswith(f"{kind}:")]
        return [snapshot for snapshot in snapshots if snapshot and snapshot.is_active]

    def cancel(self, key: str) -> None:
        """Ask the job to stop; it does so after the page at hand is stored. No job, no effect."""
        held = self._jobs.get(key)
        if held:
            held[0].cancel()
            held[1].cancel()

    def wait(self, key: str, seconds: float | None = None) -> Snapshot | None:
        """Block until the job has ended or the time is over; then its snapshot."""
        held = self._jobs.get(key)
        if held:
            futures.wait([held[1]], seconds)
        return self.snapshot(key)

    def stop(self, listener: str, seconds: float | None = None) -> None:
        """End all jobs of a listener (their keys read "kind:listener"), and wait for that or until the time is over."""
        keys = [key for key in list(self._jobs) if key.split(":")[1:2] == [listener]]
        for key in keys:
            self.cancel(key)
        futures.wait([held[1] for key in keys if (held := self._jobs.get(key))], seconds)

    def close(self) -> None:
        """Stop everything and wait for it: called when the server shuts down. What is stored stays stored."""
        with self._lock:
            self._is_closed = True
        for key in list(self._jobs):
            self.cancel(key)
        for pool in (self._pool, self._sync_pool, self._guest_pool):
            pool.shutdown(wait=True, cancel_futures=True)

    def _refusal(self, key: str) -> Future[Any] | None:
        """
        A failed future where one listener, or all guests together, have too many unfinished jobs, or the server shuts
        down; else None.
        """
        kind, listener = [*key.split(":"), ""][:2]
        unfinished = [other.split(":")[1:2] for other, (_, future) in self._jobs.items() if not future.done()]
        of_guests = [others for others in unfinished if others and is_guest(others[0])]
        sentence = ""
        if self._is_closed:
            sentence = "The server is shutting down. Try again in a minute."
        elif kind != "sync" and unfinished.count([listener]) >= MAX_OF_ONE:
            sentence = "Several things are still running for you. Wait until one of them is finished."
        elif is_guest(listener) and len(of_guests) >= MAX_OF_GUESTS:
            sentence = "Many guests are waiting at the moment. Try again in a few minutes."
        if not sentence:
            return None
        refused: Future[Any] = Future()
        refused.set_exception(TonearmError(sentence))
        return refused


def _log_failure(key: str, future: Future[Any]) -> None:
    """
    Log what whoever runs the server has to fix: the sentence of a problem of the store, and of an unexpected error the
    class and place, never the text: that may hold a title, an id or a token.
    """
    problem = None if future.cancelled() else future.exception()
    if isinstance(problem, StorageProblem) and not isinstance(problem, (NoRoom, Erased)):
        log.error("The job “%s” failed: %s: %s", key.partition(":")[0], type(problem).__name__, problem)
    if problem is None or isinstance(problem, (Cancelled, TonearmError)):
        return
    frames = traceback.extract_tb(problem.__traceback__)
    place = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames[-4:]))
    log.error("The job “%s” failed: %s at %s", key.partition(":")[0], type(problem).__name__, place)
