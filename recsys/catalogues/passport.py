"""
The passport of a catalogue: counted from its songs, stored as JSON beside its file.

`catalogue.parquet` has its passport in `catalogue.passport.json`, under the SHA-256 of the file. The passport is
written before the file is replaced and the one of the old file stays until then, so a process killed at any moment
leaves a file with its own passport; a file that was replaced by hand has none.
"""

import json
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from recsys.catalogues.download import digest_of
from recsys.catalogues.models import CatalogueEntry, Passport
from recsys.core.engine.layout import deduplicate
from recsys.core.model.identity import song_hashes
from recsys.core.model.tracks import has_audio
from recsys.errors import UnreadableFile
from recsys.parsing import parse_json_object

BY_HAND: Final = "brought as a file; nobody recorded where it is from"


def passport_of(tracks: pd.DataFrame, entry: CatalogueEntry | None = None, title: str = "") -> Passport:
    """
    Count what the songs of a track table know; each song once, by its most complete row.

    `entry` is where the table came from; None for one that was brought by hand under the name `title`.
    """
    songs = tracks.iloc[deduplicate(tracks, song_hashes(tracks))]
    years = songs["year"].dropna()
    counted: dict[str, Any] = {
        "songs": len(songs),
        "newest_year": int(years.max()) if len(years) else None,
        "audio_share": _share(has_audio(songs).to_numpy(bool)),
        "year_share": _share(songs["year"].notna().to_numpy(bool)),
        "genre_share": _share(songs["genres"].notna().to_numpy(bool)),
        "popularity_share": _share(songs["popularity"].notna().to_numpy(bool)),
    }
    if entry is None:
        return Passport("", title or "Your file", source=BY_HAND, **counted)
    return Passport(
        entry.name,
        entry.title,
        source=entry.source,
        licence=entry.licence,
        date=entry.date,
        address=entry.address,
        fingerprint=entry.fingerprint,
        registry_songs=entry.songs,
        **counted,
    )


def invented_passport(tracks: pd.DataFrame) -> Passport:
    """The passport of the demo's catalogue."""
    counted = passport_of(tracks, title="Invented songs")
    values = counted.as_json() | {"name": "invented", "source": "made up by Tonearm; no such songs exist"}
    return Passport(**values | {"licence": "none needed", "is_invented": True})


def _share(is_known: np.ndarray) -> float:
    return float(is_known.mean()) if len(is_known) else 0.0


def passport_file(catalogue: Path) -> Path:
    """Where the passport of a catalogue file is stored."""
    return catalogue.with_suffix(".passport.json")


def read_passport(catalogue: Path) -> Passport | None:
    """The stored passport of exactly this file; None where there is none, or the file was changed by hand."""
    if not catalogue.is_file():
        return None
    stored = _stored(catalogue).get(digest_of(catalogue), {})
    try:
        return Passport(**{field.name: stored[field.name] for field in fields(Passport) if field.name in stored})
    except TypeError:  # written by another version, or by hand
        return None


def write_passport(passport: Passport, written: Path, catalogue: Path) -> None:
    """
    Store the passport of `written`, a file that is `catalogue` already or is about to replace it.

    Raises
    ------
    UnreadableFile
        The folder cannot be written to.
    """
    stored = _stored(catalogue)
    current = digest_of(catalogue) if catalogue.is_file() else ""
    others = {current: stored[current]} if current in stored else {}
    path = passport_file(catalogue)
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(json.dumps(others | {digest_of(written): passport.as_json()}, indent=1), "utf-8")
        beside.replace(path)
    except OSError as problem:
        raise UnreadableFile(f"The passport cannot be written to {path}: {problem.strerror or problem}.") from problem


def _stored(catalogue: Path) -> dict[str, dict[str, Any]]:
    with suppress(OSError, ValueError):
        return parse_json_object(passport_file(catalogue).read_bytes())
    return {}
