"""
A large file fetched in one piece or in many: what a killed process had is continued by HTTP range.

Beside `FILE.part` is `FILE.part.json` with the address and the validator the server gave. A part is continued only
with that validator (`If-Range`, RFC 9110, 13.1.5), so bytes of two versions are never mixed; the notes are written
before the first byte, so a part without them does not exist.
"""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Final

import httpx

from recsys.catalogues.checked_http import Origin, opened_address, origin_of, shown
from recsys.catalogues.models import CatalogueEntry
from recsys.errors import DownloadFailed
from recsys.parsing import parse_json_object

CHUNK_BYTES: Final = 1 << 18
MAX_BYTES: Final = 2 << 30
SLACK_BYTES: Final = 16 << 20
"""What a file may have on top of twice the size its registry states, which is often an estimate."""

ATTEMPTS: Final = 5
"""Attempts in a row that bring no further byte before giving up."""

ATTEMPTS_TO_CONNECT: Final = 2
"""The same for a host that cannot even be connected to and never answered: somebody waits for another offer."""

MAX_WAIT_S: Final = 60.0
RETRIED: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
REFUSALS: Final = dict.fromkeys((404, 410), "There is no file at {} any more (status {}).") | dict.fromkeys(
    (401, 403), "{} wants a sign-in or refuses us (status {})."
)
"""Sentences by status, for an address and the status."""

Report = Callable[[int, int | None], None]
"""Called with bytes so far and in total (None: not known) at least every quarter megabyte. May raise to stop."""


class _TryAgain(Exception):
    """The server asked for another attempt, after `wait` seconds."""

    def __init__(self, status: int, wait: float) -> None:
        super().__init__(f"status {status}")
        self.wait = wait


def download(entry: CatalogueEntry, path: Path, report: Report, sleep: Callable[[float], None]) -> None:
    """
    Fetch a catalogue's file to `path`, whole and with the checksum of the registry, or not at all.

    What `report` or `sleep` raise to stop leaves the part, which the next call continues.

    Raises
    ------
    DownloadFailed
        The sentence says why, and what to do by hand.
    """
    part = _Part(path, entry)
    failures = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            before = part.size
            try:
                _continue(entry, part, report)
                break
            except (httpx.TransportError, _TryAgain) as problem:
                failures = 1 if part.size > before else failures + 1
                has_no_host = isinstance(problem, httpx.ConnectError) and not part.size
                if failures >= (ATTEMPTS_TO_CONNECT if has_no_host else ATTEMPTS):
                    raise DownloadFailed(_broken_off(entry, part, problem)) from None
                sleep(min(MAX_WAIT_S, max(2.0**failures, getattr(problem, "wait", 0.0))))
        part.finish()
    except OSError as problem:
        says = problem.strerror or problem
        raise DownloadFailed(f"The download cannot be stored in {path.parent}: {says}.") from problem


def _broken_off(entry: CatalogueEntry, part: "_Part", problem: Exception) -> str:
    reason = "no answer in time" if isinstance(problem, httpx.TimeoutException) else "no connection"
    if isinstance(problem, _TryAgain):
        reason = str(problem)
    if not part.size:
        return f"{shown(entry.address)} cannot be reached ({reason}). Try again later. {by_hand(entry)}"
    return (
        f"The download from {shown(entry.address)} broke off after {part.size / 1e6:.1f} MB ({reason}). "
        "Start it again: it continues where it stopped."
    )


def by_hand(entry: CatalogueEntry) -> str:
    """What to do when a catalogue cannot be fetched from here."""
    steps = f"Download the file yourself from {entry.page} and install it with “tonearm catalogue add FILE”"
    if entry.kind == "manual":
        return f"{steps}."
    return f"{steps}; if its address has changed, name the new one in a registry of your own (TONEARM_CATALOGUES)."


def _continue(entry: CatalogueEntry, part: "_Part", report: Report) -> None:
    """One request, for the rest if there is a part; every byte that arrives is stored."""
    trusted: Origin | None = origin_of(entry.address) if entry.may_be_private else None
    with opened_address(entry.address, part.range_headers(), trusted) as response:
        total = _accepted(entry, part, response)
        if total and part.size >= total:
            return
        max_bytes = min(MAX_BYTES, entry.bytes * 2 + SLACK_BYTES)
        too_large = (
            f"{shown(entry.address)} is larger than {max_bytes / 1e6:,.0f} MB; the registry states "
            f"{entry.bytes / 1e6:,.1f} MB. {by_hand(entry)}"
        )
        if (total or 0) > max_bytes:
            raise DownloadFailed(too_large)
        missing = (total or entry.bytes) - part.size
        free = shutil.disk_usage(part.file.parent).free
        if free < missing:
            raise DownloadFailed(
                f"The download needs {missing / 1e6:,.0f} MB more, and {part.file.parent} has {free / 1e6:,.0f} MB "
                "free. Free some space, or name another folder in TONEARM_DATA."
            )
        with part.file.open("ab") as file:
            for chunk in response.iter_raw(CHUNK_BYTES):
                if not file.tell():
                    _refuse_web_page(entry, response, chunk)
                file.write(chunk)
                if file.tell() > max_bytes:
                    raise DownloadFailed(too_large)
                report(file.tell(), total)
            file.flush()
            os.fsync(file.fileno())
        if not part.size:
            raise DownloadFailed(f"{shown(entry.address)} answered with an empty file. {by_hand(entry)}")


def _accepted(entry: CatalogueEntry, part: "_Part", response: httpx.Response) -> int | None:
    """The size of the whole file where the answer says it. An answer that is no (further) piece of it is raised."""
    status, headers = response.status_code, response.headers
    if status in RETRIED:
        wait = headers.get("retry-after", "")
        raise _TryAgain(status, float(wait) if wait.isascii() and wait.isdigit() else 0.0)
    if headers.get("content-encoding", "identity") != "identity":
        raise DownloadFailed(f"{shown(entry.address)} answered compressed, which was not asked for. {by_hand(entry)}")
    range_, _, whole = headers.get("content-range", "").removeprefix("bytes ").partition("/")
    total = _bytes_in(whole)
    if status == httpx.codes.PARTIAL_CONTENT and range_.split("-")[0] == str(part.size):
        return total
    if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and part.size and total == part.size:
        return total
    if status in (httpx.codes.PARTIAL_CONTENT, httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE):
        part.discard()
        raise _TryAgain(status, 0.0)
    if status != httpx.codes.OK:
        why = REFUSALS.get(status, "{} answered with status {}.").format(shown(entry.address), status)
        raise DownloadFailed(f"{why} {by_hand(entry)}")
    part.restart(headers)
    return _bytes_in(headers.get("content-length", ""))


def _refuse_web_page(entry: CatalogueEntry, response: httpx.Response, head: bytes) -> None:
    is_html = response.headers.get("content-type", "").lower().startswith("text/html")
    if is_html or head.removeprefix(b"\xef\xbb\xbf").lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
        raise DownloadFailed(
            f"{shown(entry.address)} answered with a web page, not with a table of songs; perhaps it wants a sign-in. "
            f"{by_hand(entry)}"
        )


def _bytes_in(text: str) -> int | None:
    """A size as HTTP writes it; None for anything else, such as more digits than any file has bytes."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


@dataclass(frozen=True)
class _Part:
    """What has arrived so far of the file `path`."""

    path: Path
    entry: CatalogueEntry

    @property
    def file(self) -> Path:
        return self.path.with_name(f"{self.path.name}.part")

    @property
    def notes(self) -> Path:
        return self.path.with_name(f"{self.path.name}.part.json")

    @property
    def size(self) -> int:
        """Bytes that have arrived; 0 without a part."""
        return self.file.stat().st_size if self.file.exists() else 0

    def range_headers(self) -> dict[str, str]:
        """Headers that ask for the rest. A part of another address, or without a strong validator, is discarded."""
        validator = None
        with suppress(OSError, ValueError):
            notes = parse_json_object(self.notes.read_bytes())
            if notes.get("address") == self._address:
                validator = notes.get("validator")
        if not self.size or not isinstance(validator, str):
            self.discard()
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": validator}

    def restart(self, headers: httpx.Headers) -> None:
        """Begin from the first byte. The notes come first: a process killed in between leaves no part to mix up."""
        self.discard()
        etag = headers.get("etag", "")
        is_strong = bool(etag) and not etag.startswith("W/")
        validator = etag if is_strong else headers.get("last-modified")
        notes = {"address": self._address, "validator": validator}
        beside = self.notes.with_suffix(".new")
        beside.write_text(json.dumps(notes), "utf-8")
        beside.replace(self.notes)

    def discard(self) -> None:
        """Forget what has arrived."""
        self.file.unlink(missing_ok=True)
        self.notes.unlink(missing_ok=True)

    def finish(self) -> None:
        """Give the file its name, if it is the one that the registry means."""
        expected = self.entry.sha256
        if expected is not None and digest_of(self.file) != expected:
            self.discard()
            raise DownloadFailed(
                f"What {shown(self.entry.address)} sent is not the file of the registry (its sha256 differs), so it "
                f"was deleted. Try again; if it stays so, the file was changed. {by_hand(self.entry)}"
            )
        self.file.replace(self.path)
        self.notes.unlink(missing_ok=True)

    @property
    def _address(self) -> str:
        """A hash, since an address may hold a signature."""
        return sha256(self.entry.address.encode()).hexdigest()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in lower-case hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
