"""A table as CSV bytes that a spreadsheet opens safely and our own importer reads back."""

import re
from typing import Final

import pandas as pd

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
"""Without it Excel reads UTF-8 as Windows-1252: "BeyoncÃ©"."""

_FORMULA: Final = re.compile(r"(?:\A(?='*+[\t\r\n])|(?:\A|(?<=[;\t\r\n]))(?='*+[=+\-@＝＋－＠]))")
_GUARD: Final = re.compile(r"(?:\A'(?='*+[\t\r\n])|(?:\A|(?<=[;\t\r\n]))'(?='*+[=+\-@＝＋－＠]))")
"""What makes a spreadsheet run a cell (OWASP, "CSV Injection"), full-width signs included, where it could begin: at the
start of a cell, and after a character that another program may take for the end of one. `_GUARD` is an apostrophe at
such a place."""


def to_csv(table: pd.DataFrame, note: str | None = None) -> bytes:
    """
    A table as UTF-8 CSV with a byte order mark, a header and CRLF line ends (RFC 4180).

    Where a spreadsheet would run a formula, text cells and headers get an apostrophe, one more where there are some
    already, so that `without_guard` restores every cell. Numbers are written as they are,
    a column of whole ones without decimals, missing values as empty cells. The index is left out.

    Parameters
    ----------
    table : DataFrame
    note : str, optional
        Said in a last column "note" of every row, such as "demo data"; a comment line would be read as data.
    """
    noted = table if note is None else table.assign(note=note)
    cells = {}
    for name in noted.columns:
        column = noted[name]
        if not pd.api.types.is_numeric_dtype(column.dtype):
            cells[name] = column.astype("object").map(_guard, na_action="ignore")
            continue
        # Numbers that are all whole become whole: a year is 2019, not 2019.0, though one of them may be missing.
        known = column.dropna()
        is_whole = pd.api.types.is_float_dtype(column.dtype) and (known % 1 == 0).all() and (known.abs() < 2**53).all()
        cells[name] = column.astype("Int64") if is_whole else column
    safe = pd.DataFrame(cells, index=noted.index)
    safe.columns = [_guard(name) for name in noted.columns]
    text = safe.to_csv(index=False, lineterminator="\r\n")
    return BYTE_ORDER_MARK + str(text).encode("utf-8", "replace")


def without_guard(cell: str) -> str:
    """A cell as it was before `to_csv` guarded it."""
    return _GUARD.sub("", cell)


def _guard(cell: object) -> object:
    return _FORMULA.sub("'", cell) if isinstance(cell, str) else cell
