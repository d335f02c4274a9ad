"""A small or rarely changing file at an address, stored in a folder: requested again only if it changed."""

import json
import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

import httpx

from recsys.catalogues.checked_http import is_private_literal, opened_address, origin_of, shown
from recsys.errors import DownloadFailed
from recsys.parsing import parse_json_object

MAX_BYTES: Final = 2 << 30
VALIDATORS: Final = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


def is_address(source: Path | str) -> bool:
    """True for `http://` and `https://`."""
    return isinstance(source, str) and source.lower().startswith(("http://", "https://"))


def downloaded(address: str, folder: Path, max_bytes: int = MAX_BYTES) -> Path:
    """
    The file at an address that the owner named, in `folder`.

    If the server says it has not changed, or cannot be reached, the copy from last time is used. The address may hold
    a signature, so messages show no more than its host and path.

    Raises
    ------
    DownloadFailed
        It is no address, or not https (http is allowed on this host), it redirects into a private network, there is no
        copy and the server does not give one, or it cannot be stored.
    """
    origin = origin_of(address)
    trusted = origin if is_private_literal(origin.host) else None
    stored = folder / f"{sha256(address.encode()).hexdigest()[:16]}.download"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Headers that ask for the file only if it changed; none if they were never written, or not completely.
        notes, headers = stored.with_suffix(".json"), {}
        with suppress(FileNotFoundError, ValueError):
            headers = parse_json_object(notes.read_bytes()) if stored.exists() else {}
        with opened_address(address, headers, trusted) as response:
            if response.status_code == httpx.codes.NOT_MODIFIED:
                return stored
            response.raise_for_status()
            _write(response, stored, address, max_bytes)
            sent = {header: response.headers[name] for name, header in VALIDATORS.items() if name in response.headers}
        notes.write_text(json.dumps(sent), "utf-8")
    except OSError as problem:
        raise DownloadFailed(f"The catalogue cannot be stored in {folder}: {problem.strerror or problem}.") from problem
    except httpx.HTTPError as problem:
        if not stored.exists():
            raise DownloadFailed(
                f"The catalogue at {shown(address)} cannot be reached ({type(problem).__name__}). "
                "Check the address and the connection."
            ) from None
    return stored


def _write(response: httpx.Response, stored: Path, address: str, max_bytes: int) -> None:
    beside = stored.with_suffix(f".{os.getpid()}")
    size = 0
    try:
        with beside.open("wb") as file:
            for chunk in response.iter_bytes(1 << 20):
                size += file.write(chunk)
                if size > max_bytes:
                    limit = f"{max_bytes >> 30} GB" if max_bytes >= 1 << 30 else f"{max_bytes >> 20} MB"
                    raise DownloadFailed(f"The catalogue at {shown(address)} is larger than {limit}.")
        beside.replace(stored)
    finally:
        beside.unlink(missing_ok=True)
