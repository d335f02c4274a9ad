"""What an import gives back: the tracks, and a report whose numbers add up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pandas as pd

from recsys.core.model.tracks import has_audio

MOST_PROBLEMS: Final = 100
"""The most problems that are listed with their sentences; all are counted."""

MOST_NAMES: Final = 12
LONGEST_NAME: Final = 100

PODCAST: Final = "podcast episode"
"""A reason to skip a row that several kinds of files share."""


@dataclass(frozen=True)
class Problem:
    """One value that could not be used. `row` is counted as a spreadsheet does: the header is row 1."""

    row: int
    column: str
    value: str
    sentence: str


@dataclass(frozen=True)
class FileReport:
    """
    What became of every row of one file: rows = tracks + duplicates + all skipped.

    Attributes
    ----------
    file, format : str
        The name it was given under, and what its content was recognised as.
    rows, tracks, duplicates : int
        Rows read, distinct tracks among them, and further rows of the same tracks. For a listening history a row is
        a play.
    skipped : mapping of reason to int
        Rows that are no track.
    with_features : int
        How many of `tracks` have at least one audio feature.
    problems : tuple of Problem
        Values that became missing; the first hundred of `problem_count`.
    notes : tuple of str
        Sentences about the file as a whole.

    Raises
    ------
    ValueError
        The numbers do not add up: a row was lost.
    """

    file: str
    format: str
    rows: int
    tracks: int
    duplicates: int
    skipped: Mapping[str, int] = field(default_factory=dict)
    with_features: int = 0
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.rows != self.tracks + self.duplicates + sum(self.skipped.values()):
            raise ValueError(f"The report of {self.file} does not add up: {self.as_json()}.")

    def as_json(self) -> dict[str, Any]:
        """The counts and notes as plain values, in the order they are printed."""
        names = ("file", "format", "rows", "tracks", "duplicates", "skipped", "with_features")
        counts = {name: getattr(self, name) for name in names}
        return counts | {"skipped": dict(self.skipped), "notes": list(self.notes)}


@dataclass(frozen=True, eq=False)
class Imported:
    """
    The tracks of one or several files.

    Attributes
    ----------
    tracks : DataFrame
        A track table; every track once.
    plays : DataFrame
        Columns `track_id`, `played_at` (ISO 8601, UTC), `ms_played`; no rows unless a listening history was read.
    liked : Series of bool by track_id, or None
        For files that mark tracks as liked or disliked.
    reports : tuple of FileReport
        One per file, in the order given.
    """

    tracks: pd.DataFrame
    plays: pd.DataFrame
    liked: pd.Series | None
    reports: tuple[FileReport, ...]

    @property
    def report(self) -> FileReport:
        """The report of the only file, or the sum over all of them; a track in two files counts once."""
        return self.reports[0] if len(self.reports) == 1 else sum_of(self.reports, self.tracks)


def with_notes(imported: Imported, notes: tuple[str, ...]) -> Imported:
    """An import of one file with further notes, which come first."""
    report = imported.reports[0]
    return replace(imported, reports=(replace(report, notes=notes + report.notes),)) if notes else imported


def sum_of(reports: Iterable[FileReport], tracks: pd.DataFrame, file: str = "") -> FileReport:
    """One report for several files whose merged tracks are `tracks`."""
    reports = list(reports)
    skipped: dict[str, int] = {}
    for report in reports:
        for reason, count in report.skipped.items():
            skipped[reason] = skipped.get(reason, 0) + count
    rows = sum(report.rows for report in reports)
    return FileReport(
        file=file or f"{len(reports)} files",
        format=", ".join(dict.fromkeys(report.format for report in reports)),
        rows=rows,
        tracks=len(tracks),
        duplicates=rows - len(tracks) - sum(skipped.values()),
        skipped=skipped,
        with_features=count_with_features(tracks),
        problems=tuple(
            replace(each, sentence=f"{report.file}: {each.sentence}") for report in reports for each in report.problems
        )[:MOST_PROBLEMS],
        problem_count=sum(report.problem_count for report in reports),
        notes=tuple(dict.fromkeys(note for report in reports for note in report.notes)),
    )


def count_with_features(tracks: pd.DataFrame) -> int:
    """How many tracks have at least one audio feature."""
    return int(has_audio(tracks).sum())


def listed(names: Sequence[str]) -> str:
    """The first names of several, with how many more there are; files and columns may have thousands."""
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def shortened(name: str) -> str:
    """The name of a file as a sentence can hold it: in a ZIP it may have 65,535 characters."""
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
