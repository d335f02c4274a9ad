"""Text with a delimiter, read in batches of strings: encoding, delimiter and header are found, not assumed."""

import codecs
import csv
import io
import string
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate, compress, islice
from typing import BinaryIO, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from recsys.errors import NoTracks, UnreadableFile
from recsys.importers.columns import recognise
from recsys.importers.headerless import inferred_header
from recsys.importers.text_encoding import BLOCK_BYTES, SAMPLE_BYTES, Text

SAMPLE_ROWS: Final = 200
csv.field_size_limit(BLOCK_BYTES)
MOST_COLUMNS: Final = 2_000
MOST_LINES_ABOVE: Final = 20
"""Rows in which the header is looked for: "Shazam Library", "Exported on …", the name of a sheet."""
MOST_CELLS_ABOVE: Final = 4_000
"""Cells among which the header is looked for: what is above one is short."""

DELIMITERS: Final = (",", ";", "\t", "|")
TOO_LONG: Final = "more cells than the header"
MOST_ODD: Final = 200_000
"""Rows with another number of cells than the header; each takes twenty microseconds."""

UNCLOSED: Final = (
    f"a quote is opened there and never closed, or a cell is longer than {BLOCK_BYTES >> 20} MB. "
    "Open it in a spreadsheet, save it again as CSV and retry."
)


@dataclass(frozen=True)
class Layout:
    """
    How a text is written.

    Attributes
    ----------
    encoding : str
    skip : int
        Bytes of byte order mark.
    delimiter : str
    header : tuple of str
        As many cells as the rows have.
    header_row : int
        The number of the header's row, from 1; 0 where there is none and `header` was inferred.
    sample : tuple of rows
        The first rows below the header.
    """

    encoding: str
    skip: int
    delimiter: str
    header: tuple[str, ...]
    header_row: int
    sample: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Batch:
    """Some rows: string arrays by position of their column, and the row numbers (header = row 1)."""

    cells: dict[int, pa.Array]
    row_numbers: np.ndarray


def find_layout(text: Text, name: str) -> Layout:
    """
    Look at the first rows of a text.

    Raises
    ------
    NoTracks
        It has no row below a header, or has more columns than any table of tracks.
    UnreadableFile
        A quote is opened in its first rows and never closed.
    """
    stream, encoding, skip = text.stream, text.encoding, text.skip
    found, is_whole = _look(stream, encoding, skip, SAMPLE_BYTES)
    if not is_whole and not (found and found.sample):  # the first rows are longer than that
        found, is_whole = _look(stream, encoding, skip, BLOCK_BYTES)
    if found is not None and not found.sample and not is_whole:
        raise UnreadableFile(f"“{name}” cannot be read from its first rows on: {UNCLOSED}")
    if found is None or not found.sample:
        raise NoTracks(f"“{name}” holds no rows below its header. Export it again and check that it has tracks.")
    if len(found.header) > MOST_COLUMNS:
        raise NoTracks(f"“{name}” has {len(found.header):,} columns; that is not a table of tracks.")
    return found


def _look(stream: BinaryIO, encoding: str, skip: int, size: int) -> tuple[Layout | None, bool]:
    """The layout that the first `size` bytes show best, if any, and whether they are all there is."""
    stream.seek(skip)
    head = stream.read(size)
    is_whole = len(head) < size
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head, final=is_whole)
    first = text[:5].lower()  # Excel writes `sep=;` above a table
    is_named = first.startswith("sep=") and first[4:] in set(string.punctuation + "\t ") - {'"', ""}
    layouts = [
        _layout_with(text, is_whole, delimiter, encoding, skip)
        for delimiter in ((first[4],) if is_named else DELIMITERS)
    ]

    def recognised(layout: Layout) -> tuple[int, int]:
        return len(recognise(layout.header[:MOST_COLUMNS], layout.sample).places), len(layout.header)

    return max((each for each in layouts if each), key=recognised, default=None), is_whole


def _layout_with(text: str, is_whole: bool, delimiter: str, encoding: str, skip: int) -> Layout | None:
    rows: list[list[str]] = []
    with suppress(csv.Error):  # a cell beyond the limit, as an unclosed quote makes
        rows.extend(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), SAMPLE_ROWS + 1))
    if not is_whole and len(rows) > 1:
        rows.pop()  # it may be cut
    separator_lines = ("sep=", *(f"sep={each}" for each in DELIMITERS))
    filled = [
        (at, row)
        for at, row in enumerate(filter(None, rows), start=1)
        if any(row) and "".join(row).lower() not in separator_lines
    ]
    if not filled:
        return None
    place = 0
    cells_so_far = accumulate(len(row) for _, row in filled[:MOST_LINES_ABOVE])
    candidates = filled[: max(1, sum(cells <= MOST_CELLS_ABOVE for cells in cells_so_far))]
    for at, (_, row) in enumerate(candidates):
        if len(row) <= MOST_COLUMNS and recognise(row, [below for _, below in filled[at + 1 :]]).has_identity:
            place = at
            break
    else:
        inferred = inferred_header([row for _, row in filled])
        if inferred:
            return Layout(encoding, skip, delimiter, inferred, 0, tuple(tuple(row) for _, row in filled))
    header_row, header = filled[place]
    sample = tuple(tuple(row) for _, row in filled[place + 1 :])
    return Layout(encoding, skip, delimiter, _widened(header, sample), header_row, sample)


def _widened(header: list[str], sample: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """A header as wide as nearly all rows. R leaves out the name of the first column, others end rows with a comma."""
    is_wider = [len(row) == len(header) + 1 for row in sample]
    if not sample or sum(is_wider) < 0.9 * len(sample):
        return tuple(header)
    ends_empty = all(not row[-1].strip() for row, wider in zip(sample, is_wider, strict=True) if wider)
    return (*header, "") if ends_empty else ("", *header)


def batches(stream: BinaryIO, layout: Layout, places: set[int], name: str, skipped: Counter[str]) -> Iterator[Batch]:
    """
    The rows below the header, in batches of about eight megabytes; empty lines are no rows.

    Rows with fewer cells than the header, or with more of which the rest are empty, come last. Rows with too many
    cells are counted in `skipped`.

    Raises
    ------
    UnreadableFile
        A quote is opened and never closed, a cell is larger than a batch, or too many rows have another length.
    """
    odd: list[arrow_csv.InvalidRow] = []
    stream.seek(layout.skip)
    number = 0
    try:
        for batch in _arrow_reader(stream, layout, places, odd):
            # The numbers of the next `count` rows after `last`, stepping over odd ones.
            count = len(batch)
            taken = np.fromiter((row.number for row in odd), np.int64, len(odd))
            free = np.setdiff1d(np.arange(number + 1, number + 1 + count + len(taken)), taken, assume_unique=True)
            numbers = free[:count]
            number = int(numbers[-1]) if len(numbers) else number
            is_row = pa.array(numbers > layout.header_row)
            yield Batch({at: batch.column(str(at)).filter(is_row) for at in places}, numbers[is_row.to_numpy(False)])
    except pa.ArrowInvalid as problem:
        if len(odd) > MOST_ODD:
            raise UnreadableFile(
                f"“{name}” has more than {MOST_ODD:,} rows with another number of cells than its header."
            ) from problem
        raise UnreadableFile(f"“{name}” cannot be read below row {number}: {UNCLOSED}") from problem
    below = [row for row in odd if row.number > layout.header_row]
    if below:
        # Rows of another length as a batch: short ones are filled up with nulls.
        width = len(layout.header)
        rows = [_cells_of(row, layout.delimiter, name) for row in below]
        fits = [not any(cells[width:]) for cells in rows]
        if not all(fits):
            skipped[TOO_LONG] += len(fits) - sum(fits)
        rows_that_fit = [
            [cell or None for cell in cells] + [None] * (width - len(cells)) for cells in compress(rows, fits)
        ]
        cells = {at: pa.array([row[at] for row in rows_that_fit], pa.string()) for at in places}
        yield Batch(cells, np.array([row.number for row in compress(below, fits)], dtype=np.int64))


def _arrow_reader(
    stream: BinaryIO, layout: Layout, places: set[int], odd: list[arrow_csv.InvalidRow]
) -> arrow_csv.CSVStreamingReader:
    names = [str(at) for at in range(len(layout.header))]

    def keep_for_later(row: arrow_csv.InvalidRow) -> str:
        odd.append(row)
        return "skip" if len(odd) <= MOST_ODD else "error"

    return arrow_csv.open_csv(
        stream,
        # Without threads the reader says the number of an odd row.
        arrow_csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES, column_names=names, encoding=layout.encoding),
        arrow_csv.ParseOptions(delimiter=layout.delimiter, newlines_in_values=True, invalid_row_handler=keep_for_later),
        arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=[str(at) for at in sorted(places)],
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def _cells_of(row: arrow_csv.InvalidRow, delimiter: str, name: str) -> list[str]:
    try:
        next(csv.reader([row.text], delimiter=delimiter, strict=True))
    except csv.Error as problem:
        if "unexpected end of data" in str(problem) or "field larger" in str(problem):
            raise UnreadableFile(f"“{name}” cannot be read from row {row.number} on: {UNCLOSED}") from problem
    return next(csv.reader([row.text], delimiter=delimiter))
