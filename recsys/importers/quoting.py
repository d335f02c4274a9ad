"""Text with broken quoting, rewritten as proper CSV: quotes after a blank, whole rows in quotes, quotes not doubled."""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from recsys.core.insights.wording import counted
from recsys.importers.text_encoding import Text, copy_for

CHECKED_BYTES: Final = 32 << 20
"""Every row of a file up to this size is checked; a larger one only where its first rows are odd."""

MOST_LINES: Final = 200
"""Lines that one quoted cell may span."""

MOST_REREAD: Final = 16 << 20
"""Characters that are looked at for the end of quoted cells which do not end; after that a cell is one line long."""

MOST_FIRST_LINE: Final = 1 << 16
BLANKS: Final = re.compile(" *+")

SHOWN_ROWS: Final = 10


def with_double_quotes(text: Text) -> Text:
    """The same text, or a rewritten copy where its first line is one of cells in single quotes: `'title','artist'`."""
    first = text.lines().readline(MOST_FIRST_LINE).strip()
    found = (sign for sign in ",;\t|" if first.count(sign) == first.count(f"'{sign}'") > 0)
    delimiter = next(found, "") if first.startswith("'") and first.endswith("'") else ""
    if not delimiter:
        return text
    copy = copy_for(text.size())
    written = io.TextIOWrapper(copy, "utf-8", newline="", write_through=True)
    try:
        rows = csv.reader(text.lines(newline=""), delimiter=delimiter, quotechar="'", strict=True)
        csv.writer(written, delimiter=delimiter).writerows(rows)
    except csv.Error:  # a quote is never closed, or ends within a cell
        return text
    finally:
        written.detach()
    copy.seek(0)
    return text.copied(copy, ())


def with_valid_quotes(text: Text, delimiter: str, width: int, sample: list[list[str]]) -> Text:
    """
    The same text, or a rewritten copy where its quoting is broken; its notes say what was repaired and what was not.

    A row whose cells are ambiguous is replaced by an empty one, so that it is counted as skipped and the others keep
    their numbers.

    Parameters
    ----------
    text : Text
    delimiter : str
    width : int
        How many cells a row has.
    sample : list of rows
        The first rows as they are read without any repair.
    """
    is_spaced = any(cell.startswith(' "') for row in sample for cell in row)
    is_wrapped = width > 1 and any(len(row) == 1 and delimiter in row[0] for row in sample)
    if not (is_spaced or is_wrapped) and text.size() > CHECKED_BYTES:
        return text
    copy = copy_for(text.size())
    lines = text.lines(newline="")
    written = io.TextIOWrapper(copy, "utf-8", newline="", write_through=True)
    writer = csv.writer(written, delimiter=delimiter)
    repaired, broken, number = 0, [], 0
    for row, is_valid in _rows(lines, delimiter, width, is_spaced):
        if row is None:
            return text  # a quote is never closed: the reader says where
        number += bool(row)
        repaired += bool(row) and not is_valid
        if row == []:
            writer.writerow([""] * width if not is_valid else [])
        if row == [] and not is_valid:
            number += 1
            broken.append(number)
        elif row:
            writer.writerow(row)
    written.detach()
    if not (repaired or broken or is_spaced):
        return text
    copy.seek(0)
    return text.copied(copy, tuple(_notes(repaired, broken)))


def _notes(repaired: int, broken: list[int]) -> Iterator[str]:
    if repaired:
        yield f"{counted(repaired, 'row had broken quotes and was', 'rows had broken quotes and were')} repaired."
    if broken:
        shown = ", ".join(f"{number:,}" for number in broken[:SHOWN_ROWS])
        more = len(broken) - SHOWN_ROWS
        rows = f"row {shown}" if len(broken) == 1 else f"rows {shown}{f' and {more:,} more' if more > 0 else ''}"
        yield f"Left out, as {'its' if len(broken) == 1 else 'their'} quotes are broken: {rows}."


def _rows(
    lines: io.TextIOWrapper, delimiter: str, width: int, is_spaced: bool
) -> Iterator[tuple[list[str] | None, bool]]:
    """Each row and whether its quotes were valid; [] for an empty or a broken one, None for a quote never closed."""
    ahead: deque[str] = deque()
    left = MOST_REREAD
    while line := ahead.popleft() if ahead else lines.readline():
        if '"' not in line:
            bare = line.rstrip("\r\n")
            yield (bare.split(delimiter) if bare else []), True
            continue
        record: list[str] = []
        following = chain([line], iter(lambda: ahead.popleft() if ahead else lines.readline(), ""))
        some = _noted(islice(following, MOST_LINES if left > 0 else 1), record)
        try:
            row = next(csv.reader(some, delimiter=delimiter, strict=True, skipinitialspace=is_spaced))
        except csv.Error as problem:
            ahead.extendleft(reversed(record[1:]))
            left -= sum(map(len, record[1:]))
            cells = lenient(line, delimiter)
            if "unexpected end" in str(problem) and len(cells) != width:
                yield None, False
                return
            yield (cells if len(cells) == width else []), False
            continue
        is_wrapped = len(row) == 1 and width > 1 and delimiter in row[0] and len(record) == 1
        yield (next(csv.reader([row[0]], delimiter=delimiter), row) if is_wrapped else row), not is_wrapped


def _noted(lines: Iterator[str], record: list[str]) -> Iterator[str]:
    """The same lines, each noted as it is read."""
    for line in lines:
        record.append(line)
        yield line


def lenient(line: str, delimiter: str) -> list[str]:
    """The cells of a line in which a quote closes a cell only where a delimiter or the end of the line follows."""
    cells, rest, at = [], line.rstrip("\r\n"), 0
    closing = re.compile(rf'" *+(?:{re.escape(delimiter)}|\Z)')
    while at <= len(rest):
        start = BLANKS.match(rest, at).end()  # type: ignore[union-attr]
        if rest.startswith('"', start):
            found = closing.search(rest, start + 1)
            if found is None:
                return []
            cells.append(rest[start + 1 : found.start()].replace('""', '"'))
            at = found.end() if found.group().endswith(delimiter) else len(rest) + 1
        else:
            end = rest.find(delimiter, at)
            end = len(rest) if end < 0 else end
            cells.append(rest[at:end])
            at = end + 1
    return cells
