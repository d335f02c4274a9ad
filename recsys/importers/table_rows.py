"""Batches of strings to rows of the track table, with every invalid value reported."""

from collections import Counter
from dataclasses import dataclass, field
from functools import reduce
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recsys.core.model.features import AUDIO_FEATURES
from recsys.core.model.tracks import MAX_TEXT, NUMBERS, TEXT
from recsys.importers import text_cells
from recsys.importers.columns import Columns
from recsys.importers.damaged_text import Repairs
from recsys.importers.delimited import Batch
from recsys.importers.number_cells import UNKNOWN, modes_of_keys, numbers, says_missing
from recsys.importers.report import MOST_PROBLEMS, PODCAST, Problem
from recsys.importers.units import Units

HEADER_AGAIN: Final = "the header again"
MADE_FROM: Final = {"year": "release_date", "mode": "key", "artists": "title"}
"""The column that a value is read from where the file has none of its own for it."""

PLACEHOLDERS: Final = pa.array(
    ["empty_field", "unknown artist", "<unknown>", "[unknown]", "<unknown artist>", "unknown title", "unknown track"]
)
"""What programs write where they know no name, in lower case."""

TOTAL_TITLES: Final = pa.array(
    ["total", "total:", "totals", "totals:", "grand total", "sum", "sum:", "summe", "gesamt"]
)
TOTAL_ARTISTS: Final = r"^[\d.,:\s]*(?:songs?|tracks?|titles?|items?)?[\d.,:\s]*$"
RULE: Final = r"^[-:=_|+]{3,}$"
"""A line between the header and the rows, in both columns."""

NUMBERED: Final = r"^\d{1,4}[.)]\s+"
AUDIO_FILE: Final = r"(?i)\.(?:mp3|m4a|flac|ogg|opus|wav|aac|aiff?|wma|alac)$"
KINDS: Final = {"track_id": "a Spotify track id", "added_at": "a time", "played_at": "a time", "isrc": "an ISRC"}
"""What a text of some columns must be."""

NO_IDENTITY: Final = "no Spotify id, and no title with an artist"
ANALYSED: Final = (*(f.column for f in AUDIO_FEATURES), "key", "mode", "time_signature")


@dataclass
class RowReader:
    """
    Turns the batches of one file into rows.

    Attributes
    ----------
    columns : Columns
    skipped : Counter of reason
        Rows that are no track.
    problems : list of Problem
        The first `MOST_PROBLEMS` of `problem_count`.
    repairs : Repairs
        Texts that were damaged before they came.
    units : Units
    """

    columns: Columns
    skipped: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    repairs: Repairs = field(default_factory=Repairs)
    units: Units = field(init=False)

    def __post_init__(self) -> None:
        self.units = Units(self.columns)

    def read(self, batch: Batch) -> pa.Table:
        """
        The rows of a batch that are tracks.

        Returns
        -------
        Table
            Columns of the track table that the file has, `row` (its number), `liked`, and those of `OF_PLAYS`.
            `track_id`, `title` and `artists` may be null, but not all that tells a track apart.
        """
        batch = self._without_headers(batch)
        cells = {ours: batch.cells[at] for ours, at in self.columns.places.items()}
        if self.columns.more_artists:
            artists = [cells["artists"], *(batch.cells[at] for at in self.columns.more_artists)]
            trimmed = [text_cells.tidy(column) for column in artists]
            cells["artists"] = pc.binary_join_element_wise(*trimmed, "; ", null_handling="skip")
        rows = {"row": pa.array(batch.row_numbers)} | self._texts(cells, batch) | self._numbers(cells, batch)
        table = pa.table(rows)
        return table.filter(self._is_track(cells, table))

    def _without_headers(self, batch: Batch) -> Batch:
        """A batch without rows that repeat the header, as concatenated files have them."""
        names = [(batch.cells[at], self.columns.names[ours]) for ours, at in self.columns.places.items()]
        if len(names) < 2:
            return batch
        first, second = (pc.equal(pc.utf8_trim_whitespace(cells), name) for cells, name in names[:2])
        is_header = pc.fill_null(pc.and_(first, second), False)
        if not pc.any(is_header).as_py():
            return batch
        self.skipped[HEADER_AGAIN] += pc.sum(is_header).as_py()
        is_row = pc.invert(is_header)
        cells = {at: column.filter(is_row) for at, column in batch.cells.items()}
        return Batch(cells, batch.row_numbers[is_row.to_numpy(False)])

    def _texts(self, cells: dict[str, pa.Array], batch: Batch) -> dict[str, pa.Array]:
        read = {
            "track_id": self._id,
            "artists": lambda column: text_cells.artist_names(column, self.columns.dialect.artist_commas),
            "genres": text_cells.genre_names,
            "added_at": text_cells.iso_times,
            "played_at": text_cells.iso_times,
            "isrc": text_cells.isrcs,
        }
        cells = {ours: self._plain(ours, cells[ours]) for ours in (*TEXT, "played_at") if ours in cells}
        for ours, column in cells.items():
            cells[ours] = self._shorter_than(text_cells.MAX_CELL, ours, column, column, batch)
        texts: dict[str, pa.Array] = {ours: read.get(ours, text_cells.tidy)(column) for ours, column in cells.items()}
        if not self.columns.dialect.is_ours:
            self._clear_placeholders(texts)
        if self.columns.has_joint_titles:
            self._split_titles(texts)
        for ours, column in texts.items():
            texts[ours] = self._shorter_than(MAX_TEXT, ours, column, cells.get(ours, column), batch)
        for ours, what in KINDS.items():
            if ours in texts:
                self._report(ours, _misread(cells[ours], texts[ours]), cells[ours], batch, f"is not {what}")
        return texts

    def _shorter_than(self, limit: int, ours: str, column: pa.Array, cells: pa.Array, batch: Batch) -> pa.Array:
        """The same texts without those above a number of characters, which are reported."""
        if (pc.max(pc.binary_length(column)).as_py() or 0) <= limit:
            return column
        is_long = pc.fill_null(pc.greater(pc.utf8_length(column), limit), False)
        self._report(ours, is_long, cells, batch, f"is longer than {limit:,} characters")
        return pc.if_else(is_long, pa.scalar(None, column.type), column) if pc.any(is_long).as_py() else column

    def _plain(self, ours: str, cells: pa.Array) -> pa.Array:
        """Text cells without what their writer put around them."""
        if self.columns.dialect.is_ours:
            return text_cells.without_guards(cells)
        if self.columns.dialect.writes_na:
            cells = pc.if_else(pc.equal(cells, "NA"), pa.scalar(None, cells.type), cells)
        if ours in ("title", "artists", "album"):
            cells = self.repairs.read(cells)
        return cells

    def _clear_placeholders(self, texts: dict[str, pa.Array]) -> None:
        """Placeholder names become null, and the title of a row of totals, or that has no id and says N/A for both."""
        for ours in {"title", "artists"} & texts.keys():
            is_none = pc.is_in(pc.utf8_lower(texts[ours]), value_set=PLACEHOLDERS)
            texts[ours] = pc.if_else(is_none, pa.scalar(None, pa.string()), texts[ours])
        if {"title", "artists"} <= texts.keys():
            is_total = pc.and_(
                pc.is_in(pc.utf8_lower(texts["title"]), value_set=TOTAL_TITLES),
                pc.fill_null(pc.match_substring_regex(texts["artists"], TOTAL_ARTISTS), True),
            )
            rules = [pc.fill_null(pc.match_substring_regex(texts[ours], RULE), False) for ours in ("title", "artists")]
            missing = [pc.fill_null(says_missing(texts[ours]), False) for ours in ("title", "artists")]
            if "track_id" in texts:  # a song may be called NA
                missing.append(texts["track_id"].is_null())
            is_total = pc.or_(pc.or_(is_total, pc.and_(*rules)), reduce(pc.and_, missing))
            texts["title"] = pc.if_else(is_total, pa.scalar(None, pa.string()), texts["title"])

    def _split_titles(self, texts: dict[str, pa.Array]) -> None:
        """Where no artist is given, "Artist - Title" becomes both; numbers of a list and endings of files go away."""
        absent = pa.nulls(len(texts["title"]), pa.string())
        artists = texts.get("artists", absent)
        has_none = pc.and_(artists.is_null(), texts.get("track_id", absent).is_null())
        titles = pc.replace_substring_regex(texts["title"], AUDIO_FILE, "")
        if pc.all(pc.match_substring_regex(titles, NUMBERED)).as_py():
            titles = pc.replace_substring_regex(titles, NUMBERED, "")
        parts = pc.extract_regex(titles, r"^(?P<artist>.*?\S)\s+[-–—]\s+(?P<title>\S.*)$")
        is_joint = pc.and_(has_none, parts.is_valid())
        texts["artists"] = pc.if_else(is_joint, pc.struct_field(parts, "artist"), artists)
        texts["title"] = pc.if_else(is_joint, pc.struct_field(parts, "title"), texts["title"])

    def _id(self, cells: pa.Array) -> pa.Array:
        if self.columns.dialect.is_ours:
            return text_cells.tidy(cells)
        return text_cells.ids(cells)

    def _numbers(self, cells: dict[str, pa.Array], batch: Batch) -> dict[str, pa.Array]:
        read = {}
        for ours in (*NUMBERS, "liked", "ms_played"):
            if ours in cells:
                found = numbers(cells[ours], ours)
                self._report(ours, found.is_malformed, cells[ours], batch, "is not a number")
                read[ours] = found.values
        if "key" in cells and "mode" not in read:
            modes = modes_of_keys(cells["key"])
            if modes.null_count < len(modes):
                read["mode"], cells["mode"] = modes, cells["key"]
        self._add_year(cells, read, batch)
        read = _without_unanalysed(self.units.scaled(read, cells))
        return {ours: self._in_range(ours, values, cells, batch) for ours, values in read.items()}

    def _add_year(self, cells: dict[str, pa.Array], read: dict[str, pa.Array], batch: Batch) -> None:
        if "release_date" not in cells:
            return
        dates = cells["release_date"]
        years = text_cells.years(dates)
        self._report("release_date", _misread(dates, years), dates, batch, "is not a date")
        read["year"] = pc.coalesce(read["year"], years) if "year" in read else years

    def _in_range(self, ours: str, values: pa.Array, cells: dict[str, pa.Array], batch: Batch) -> pa.Array:
        """Values within range; Spotify's own words for "unknown" become missing without a report."""
        low, high = self.units.valid_ranges[ours]
        is_valid = pc.and_(pc.greater_equal(values, low), pc.less_equal(values, high))
        valid = pc.if_else(is_valid, values, pa.scalar(None, pa.float64()))
        is_lost = _lost(values, valid)
        if ours in UNKNOWN:
            is_lost = pc.and_(is_lost, pc.fill_null(pc.not_equal(values, UNKNOWN[ours]), False))
        shown = cells.get(ours, cells.get("release_date")) if ours == "year" else cells[ours]
        self._report(ours, is_lost, shown, batch, f"is not between {low:g} and {high:g}")
        return valid

    def _is_track(self, cells: dict[str, pa.Array], table: pa.Table) -> pa.Array:
        """Which rows can be identified; the others are counted."""
        absent = pa.array(np.zeros(len(table), dtype=bool))
        has = {ours: table[ours].is_valid() if ours in table.column_names else absent for ours in ("title", "artists")}
        is_named = pc.and_(has["title"], has["artists"])
        if "track_id" not in cells:
            is_podcast, is_track = absent, is_named
        else:
            is_podcast = pc.fill_null(pc.match_substring_regex(cells["track_id"], text_cells.PODCAST), False)
            is_track = pc.or_(table["track_id"].is_valid(), is_named)
        is_track = pc.and_(is_track, pc.invert(is_podcast))
        self._skip(PODCAST, int(pc.sum(is_podcast).as_py() or 0))
        self._skip(NO_IDENTITY, int(pc.sum(pc.invert(pc.or_(is_track, is_podcast))).as_py() or 0))
        return is_track

    def _skip(self, reason: str, count: int) -> None:
        if count:
            self.skipped[reason] += count

    def _report(self, ours: str, is_lost: pa.Array, cells: pa.Array, batch: Batch, sentence: str) -> None:
        """Note the rows where a value was lost, and keep the first of them with their sentence."""
        count = int(pc.sum(is_lost).as_py() or 0)
        self.problem_count += count
        if not count or len(self.problems) >= MOST_PROBLEMS:
            return
        column = self.columns.names.get(ours) or self.columns.names[MADE_FROM[ours]]
        where = np.flatnonzero(is_lost.to_numpy(zero_copy_only=False))[: MOST_PROBLEMS - len(self.problems)]
        for at in where:
            row, value = int(batch.row_numbers[at]), str(cells[int(at)].as_py())[:80]
            self.problems.append(
                Problem(row, column, value, f"Row {row}: {column} “{value}” {sentence}, so it was left empty.")
            )


def _misread(before: pa.Array, after: pa.Array) -> pa.Array:
    """Cells that held something else than was looked for; "NA", a local file and an episode are known to have none."""
    has_none = pc.or_(
        says_missing(before), pc.match_substring_regex(before, f"{text_cells.LOCAL}|{text_cells.PODCAST}")
    )
    return pc.and_(_lost(before, after), pc.invert(has_none))


def _lost(before: pa.Array, after: pa.Array) -> pa.Array:
    return pc.and_(pc.is_valid(before), pc.is_null(after))


def _without_unanalysed(read: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """Spotify gives danceability 0 and tempo 0 to what it could not analyse: none of those numbers means anything."""
    if not {"danceability", "tempo"} <= read.keys():
        return read
    is_unanalysed = pc.and_(pc.equal(read["danceability"], 0.0), pc.equal(read["tempo"], 0.0))
    is_unanalysed = pc.fill_null(is_unanalysed, False)
    nothing = pa.scalar(None, pa.float64())
    return {
        ours: pc.if_else(is_unanalysed, nothing, values) if ours in ANALYSED else values
        for ours, values in read.items()
    }
