"""A catalogue at an address, kept in a folder: downloaded once, asked for again only if it changed."""

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from recsys.errors import UnreadableFile
from recsys.importers.open_source import MOST_BYTES

TIMEOUT: Final = httpx.Timeout(20.0)
MOST_REDIRECTS: Final = 5
LOOPBACK: Final = ("127.0.0.1", "::1")
VALIDATORS: Final = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


def downloaded(address: str, folder: Path) -> Path:
    """
    The file at an address, in `folder`.

    If the server says it has not changed, or cannot be reached, the copy from last time is used. The address may hold
    a signature, so messages show no more than its host and path.

    Raises
    ------
    UnreadableFile
        It is no address, or not https (http is allowed on this machine), there is no copy and the server does not give
        one, or it cannot be kept.
    """
    _check_address(address)
    kept = folder / f"{sha256(address.encode()).hexdigest()[:16]}.download"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with httpx.Client(timeout=TIMEOUT, follow_redirects=True, max_redirects=MOST_REDIRECTS) as client:
            _fetch(client, address, kept)
    except OSError as problem:
        raise UnreadableFile(f"The catalogue cannot be kept in {folder}: {problem.strerror or problem}.") from problem
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        if not kept.exists():
            raise UnreadableFile(
                f"The catalogue at {_shown(address)} cannot be reached ({type(problem).__name__}). "
                "Check the address and the connection."
            ) from None
    return kept


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
    except ValueError as problem:
        raise UnreadableFile(f"The catalogue's address cannot be understood ({problem}).") from None
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise UnreadableFile(f"The catalogue at {_shown(address)} must be fetched over https.")


def _shown(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.hostname}{parts.path}"


def _fetch(client: httpx.Client, address: str, kept: Path) -> None:
    notes = kept.with_suffix(".json")
    with client.stream("GET", address, headers=_known(notes) if kept.exists() else {}) as response:
        _check_address(str(response.url))
        if response.status_code == httpx.codes.NOT_MODIFIED:
            return
        response.raise_for_status()
        _write(response, kept, address)
        said = {header: response.headers[name] for name, header in VALIDATORS.items() if name in response.headers}
    notes.write_text(json.dumps(said), "utf-8")


def _known(notes: Path) -> dict[str, str]:
    """What the server said of the copy; nothing if that was never written, or not to its end."""
    try:
        return dict(json.loads(notes.read_text("utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def _write(response: httpx.Response, kept: Path, address: str) -> None:
    beside = kept.with_suffix(f".{os.getpid()}")
    size = 0
    try:
        with beside.open("wb") as file:
            for chunk in response.iter_bytes(1 << 20):
                size += file.write(chunk)
                if size > MOST_BYTES:
                    raise UnreadableFile(f"The catalogue at {_shown(address)} is larger than {MOST_BYTES >> 30} GB.")
        beside.replace(kept)
    finally:
        beside.unlink(missing_ok=True)
