"""Real songs on request: what can be fetched, who may install it, and fetching as a job with progress and cancel."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from recsys.catalogues.models import CatalogueEntry, Passport
from recsys.errors import BadValue, NotAllowed
from recsys.services.jobs import Job, Jobs, Snapshot

Stage = Literal["waiting", "download", "import", "install"]
Installers = Literal["loopback", "everyone", "nobody"]


@dataclass(frozen=True)
class CatalogueProgress:
    """How far a catalogue is: its name, the stage, and while it downloads the bytes so far and in total (or None)."""

    name: str
    stage: Stage = "waiting"
    bytes: int = 0
    total: int | None = None

    @property
    def share(self) -> float | None:
        """From 0 to 1; None while it cannot be known."""
        if self.stage == "download":
            return min(1.0, self.bytes / self.total) if self.total else None
        return None if self.stage == "waiting" else 1.0


@dataclass(frozen=True)
class ImportCounts:
    """What became of the rows of the published file: rows = tracks + duplicates + all skipped."""

    rows: int
    tracks: int
    duplicates: int
    skipped: Mapping[str, int] = field(default_factory=dict)
    with_features: int = 0


@dataclass(frozen=True)
class ReadyCatalogue:
    """
    A fetched catalogue.

    Attributes
    ----------
    path : Path
        The Parquet catalogue: the server's own once it is installed, else a copy in the data folder.
    passport : Passport
    counts : ImportCounts or None
        None when it was fetched before and the copy was used.
    is_installed : bool
        True when everybody on this server has it now.
    previous : Path or None
        Where a catalogue that was built by hand and is now replaced was moved to.
    """

    path: Path
    passport: Passport
    counts: ImportCounts | None
    is_installed: bool = False
    previous: Path | None = None


ReportProgress = Callable[[CatalogueProgress], None]
Sleep = Callable[[float], None]


class CatalogueFiles(Protocol):
    """Where catalogues are fetched to and installed."""

    def obtain(self, entry: CatalogueEntry, report: ReportProgress, sleep: Sleep) -> ReadyCatalogue:
        """Fetch, import and store a catalogue; at once if the same one was fetched before. Raises `UnreadableFile`."""

    def install(self, ready: ReadyCatalogue) -> ReadyCatalogue:
        """Make it the server's catalogue; the old one is used until the new one is whole. Raises `UnreadableFile`."""


class Catalogues:
    """
    Parameters
    ----------
    registry : callable
        The entries, in order. May raise `SettingsProblem` or `DownloadFailed`.
    files : CatalogueFiles
    jobs : Jobs
        Where fetching continues while pages are changed; its key is "catalogue:<listener>".
    installers : "loopback", "everyone" or "nobody"
        Who may install for the whole server; the command line always may.
    installed : callable
        Called, in the job, after a catalogue was installed: the app loads it.
    """

    def __init__(
        self,
        registry: Callable[[], tuple[CatalogueEntry, ...]],
        files: CatalogueFiles,
        jobs: Jobs,
        installers: Installers,
        installed: Callable[[], None],
    ) -> None:
        self._registry, self._files, self._jobs = registry, files, jobs
        self._installers, self._installed = installers, installed

    def entries(self) -> tuple[CatalogueEntry, ...]:
        """Every catalogue of the registry, in its order."""
        return self._registry()

    def fetchable(self) -> tuple[CatalogueEntry, ...]:
        """Those that one button can fetch; the first is the one to offer."""
        return tuple(entry for entry in self._registry() if entry.kind != "manual")

    def entry(self, name: str) -> CatalogueEntry:
        """The entry of a name. Raises `BadValue`, with the names there are."""
        by_name = {entry.name: entry for entry in self._registry()}
        if name not in by_name:
            close = difflib.get_close_matches(name, by_name, 1)
            meant = f" Did you mean “{close[0]}”?" if close else ""
            raise BadValue(f"There is no catalogue “{name[:60]}”.{meant} There are: {', '.join(by_name)}.", "name")
        return by_name[name]

    def may_install(self, is_loopback: bool) -> bool:
        """
        True when a visitor may install for everybody.

        `is_loopback` is true when the app is reached on this host only: its own address is a loopback address.
        """
        return self._installers == "everyone" or (self._installers == "loopback" and is_loopback)

    def start(self, name: str, listener: str, install: bool, is_loopback: bool) -> Snapshot:
        """
        Begin fetching a catalogue; when it is done `Snapshot.result` is a `ReadyCatalogue`.

        With `install` False it is only made ready, for the listener's own session. While a listener has one running, a
        second start joins it.

        Raises
        ------
        NotAllowed
            The listener may not install for everybody.
        BadValue
            There is no catalogue of that name.
        """
        if install and not self.may_install(is_loopback):
            raise NotAllowed("Only the owner of this server may install a catalogue for everybody.")
        entry = self.entry(name)

        def work(job: Job) -> ReadyCatalogue:
            return self.get(entry, job.report, job.sleep, install)

        return self._jobs.start(_key(listener), work)

    def snapshot(self, listener: str) -> Snapshot | None:
        """How the listener's job is doing; `progress` is a `CatalogueProgress`. None when there was none."""
        return self._jobs.snapshot(_key(listener))

    def cancel(self, listener: str) -> None:
        """Stop the listener's job. What has arrived is continued the next time."""
        self._jobs.cancel(_key(listener))

    def get(self, entry: CatalogueEntry, report: ReportProgress, sleep: Sleep, install: bool) -> ReadyCatalogue:
        """
        Fetch a catalogue here and now, and install it if wished.

        Raises
        ------
        UnreadableFile
            It cannot be fetched, read or written; the server's catalogue is as it was.
        """
        ready = self._files.obtain(entry, report, sleep)
        if install:
            report(CatalogueProgress(entry.name, "install"))
            ready = self._files.install(ready)
            self._installed()
        return ready


def _key(listener: str) -> str:
    return f"catalogue:{listener}"


def passport_sentences(passport: Passport) -> list[str]:
    """The passport in short sentences for a listener, most important first."""
    if passport.is_invented:
        return [f"{passport.songs:,} invented songs: no such songs exist, and nothing here is true of real music."]
    lines = [f"{passport.title}: {passport.songs:,} songs"]
    if more := passport.other_versions:
        was = "was the same song" if more == 1 else "were the same songs"
        lines.append(f"The registry counts {passport.registry_songs:,}; {more:,} of them {was} in another version")
    lines += [f"Source: {passport.source}"] if passport.source else []
    lines += [f"Licence as stated: {passport.licence}"] if passport.licence else []
    lines += [f"Values from: {passport.date}"] if passport.date else []
    newest = f", newest {passport.newest_year}" if passport.newest_year else ""
    shares = {"year": passport.year_share, "genres": passport.genre_share, "popularity": passport.popularity_share}
    known = ", ".join(f"{name} {_percent(share)}{newest if name == 'year' else ''}" for name, share in shares.items())
    return [*lines, f"Known of its songs: audio {_percent(passport.audio_share)}, {known}"]


def _percent(share: float) -> str:
    """Whole percent that never claims all or none falsely."""
    percent = round(share * 100)
    if 0 < share < 1:
        percent = min(99, max(1, percent))
    return f"{percent}%"


def size_in_words(count: int) -> str:
    """Bytes as a listener reads them: "8 MB", "340 kB"."""
    return f"{count / 1e6:,.0f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3)):,} kB"


def as_json(ready: ReadyCatalogue) -> dict[str, Any]:
    """Plain values of a fetched catalogue, for programs."""
    counts = ready.counts
    return {
        "path": str(ready.path),
        "installed": ready.is_installed,
        "previous": str(ready.previous) if ready.previous else None,
        "passport": ready.passport.as_json(),
        "import": None if counts is None else vars(counts) | {"skipped": dict(counts.skipped)},
    }
