"""Catalogues on disk: fetched, imported and stored in the data folder, and installed where the app reads its own."""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import pandas as pd

from recsys.catalogues.cached_file import downloaded, is_address
from recsys.catalogues.checked_http import shown
from recsys.catalogues.fetch import fetch, locked
from recsys.catalogues.models import CatalogueEntry, Passport
from recsys.catalogues.passport import passport_of, read_passport, write_passport
from recsys.catalogues.registry import read_registry
from recsys.errors import NoTracks, SettingsProblem, UnreadableFile
from recsys.importers.any_file import read_file
from recsys.importers.catalogue_file import add_to_catalogue, check_is_catalogue, read_catalogue, write_catalogue
from recsys.services.catalogues import CatalogueProgress, ImportCounts, ReadyCatalogue, ReportProgress, Sleep
from recsys.settings import Settings

LONGEST_TITLE: Final = 80
"""The most characters of a title that names the files of a catalogue."""


class StoredCatalogues:
    """
    `CatalogueFiles` on disk.

    Parameters
    ----------
    folder : Path
        Where downloads and fetched catalogues are stored.
    target : Path or None
        The app's own catalogue; None where it is named by an address, and nothing can be installed.
    """

    def __init__(self, folder: Path, target: Path | None) -> None:
        self._folder, self._target = folder, target

    def obtain(self, entry: CatalogueEntry, report: ReportProgress, sleep: Sleep) -> ReadyCatalogue:
        path = self._folder / f"{entry.name}.parquet"
        report(CatalogueProgress(entry.name))
        with locked(entry, self._folder, sleep):
            stored = read_passport(path)
            if stored is not None and stored.fingerprint == entry.fingerprint:
                return ReadyCatalogue(path, stored, None)
            published = fetch(
                entry,
                self._folder,
                lambda size, total: report(CatalogueProgress(entry.name, "download", size, total)),
                sleep,
            )
            report(CatalogueProgress(entry.name, "import"))
            try:
                return _imported(entry, published, path)
            finally:
                published.unlink(missing_ok=True)

    def install(self, ready: ReadyCatalogue) -> ReadyCatalogue:
        target = self._target
        if target is None:
            raise SettingsProblem("TONEARM_CATALOGUE is an address, which cannot be written. Name a file with --to.")
        if target.exists():
            check_is_catalogue(target)
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            previous, passport = None, read_passport(target)
            if target.exists() and (passport is None or not passport.fingerprint):
                # A second name for a catalogue that was built by hand and cannot be fetched again.
                previous = target.with_name(f"{target.stem}.previous{target.suffix}")
                copy = previous.with_name(f".{previous.name}.{os.getpid()}")
                shutil.copyfile(target, copy)
                copy.replace(previous)
            shutil.copyfile(ready.path, beside)
            with beside.open("rb+") as copied:
                os.fsync(copied.fileno())
            write_passport(ready.passport, beside, target)
            beside.replace(target)
        except OSError as problem:
            says = problem.strerror or problem
            raise UnreadableFile(f"The catalogue cannot be written to {target}: {says}.") from problem
        finally:
            beside.unlink(missing_ok=True)
        return replace(ready, path=target, is_installed=True, previous=previous)


def _imported(entry: CatalogueEntry, published: Path, path: Path) -> ReadyCatalogue:
    imported = read_file(published, entry.title)
    tracks, report = imported.tracks, imported.report
    if not len(tracks):
        raise NoTracks(f"“{entry.title}” holds no tracks, so nothing was installed.")
    passport = passport_of(tracks, entry)
    beside = path.with_suffix(".new.parquet")
    try:
        write_catalogue(tracks, beside)
        write_passport(passport, beside, path)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    counts = ImportCounts(report.rows, report.tracks, report.duplicates, report.skipped, report.with_features)
    return ReadyCatalogue(path, passport, counts)


def stored_catalogues(settings: Settings, target: Path | None = None) -> StoredCatalogues:
    """Those of the settings; `target` is another file to install to."""
    if target is None and not is_address(settings.catalogue):
        target = Path(settings.catalogue)
    return StoredCatalogues(settings.data_folder / "catalogues", target)


def registry(settings: Settings) -> tuple[CatalogueEntry, ...]:
    """The registry of the settings. Raises as `read_registry`."""
    return read_registry(settings.catalogues, settings.data_folder / "catalogues")


def catalogue_tracks(source: str, folder: Path) -> pd.DataFrame:
    """
    The track table of a catalogue in a file or at an address, whose copy is stored in `folder`.

    Raises
    ------
    UnreadableFile
        It is missing, cannot be reached, or cannot be read as tracks.
    """
    if "://" in source and not is_address(source):
        raise UnreadableFile(f"The catalogue at {shown(source)} must be a file, or begin with https://.")
    return read_catalogue(downloaded(source, folder) if is_address(source) else Path(source))


def add_files(tracks: pd.DataFrame, files: Sequence[str], path: Path) -> pd.DataFrame:
    """
    Extend the catalogue at `path` by the tracks of files, or create it, and return what it now holds.

    Its passport names what it was made of: the title it had, or its own name where it had none, and the files' names.
    Raises as `add_to_catalogue`.
    """
    before = read_passport(path)
    title = before.title if before else path.name if path.exists() else ""
    catalogue = add_to_catalogue(tracks, path)
    title = " and ".join(dict.fromkeys([*filter(None, title.split(" and ")), *files]))
    with suppress(UnreadableFile):  # the catalogue is written, and can be used without its passport
        write_passport(passport_of(catalogue, title=title[:LONGEST_TITLE]), path, path)
    return catalogue


def catalogue_passport(source: str, tracks: pd.DataFrame) -> Passport:
    """The passport of a catalogue in a file or at an address; counted, and stored beside a file that had none."""
    if is_address(source):
        return passport_of(tracks, title=shown(source))
    path = Path(source)
    passport = read_passport(path)
    if passport is None:
        passport = passport_of(tracks, title=path.name)
        with suppress(UnreadableFile):  # a folder that may only be read
            write_passport(passport, path, path)
    return passport
