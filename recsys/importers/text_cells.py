"""Cells to text: ids out of links, artists out of every way to write a list, years out of dates."""

import re
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recsys.core.export import without_guard
from recsys.core.model.tracks import SPOTIFY_ID
from recsys.importers.columns import ArtistCommas

ID: Final = (
    r"^(?:spotify:track:|(?:https?://)?(?:open|play)\.spotify\.com/(?:(?:intl-[a-z-]+|embed)/)?track/"
    rf"|https?://api\.spotify\.com/v1/tracks/)?(?P<id>{SPOTIFY_ID})(?:[/?#].*)?$"
)
PODCAST: Final = r"spotify[:.](?:com/)?(?:[a-z-]+/)?(?:episode|show)[:/]"
LOCAL: Final = r"^spotify:local:"
MAX_CELL: Final = 1 << 16
"""Characters of a cell that is parsed at all: lists of artists as pandas writes them are longer than their names."""

QUOTED: Final = re.compile(
    r"""'(?P<single>(?:[^'\\]|\\.?)*+)(?:'|\Z)|"(?P<double>(?:[^"\\]|\\.?)*+)(?:"|\Z)""", re.DOTALL
)
"""A quote that is never closed runs to the end, so that nothing is scanned twice."""
NAME_OF_OBJECT: Final = re.compile(r"[\"']name[\"']: *")
"""In `[{'id': …, 'name': 'Ann'}]`, Spotify's artists as pandas writes them."""
BETWEEN_ARTISTS: Final = {"bare": r",([^\s\d])", "spaced": r", ()"}
"""No digit behind a bare comma: 10,000 Maniacs are one band."""
CONTROLS: Final = r"[\x00-\x08\x0e-\x1f\x7f]+"
ISO_TIME: Final = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"
ISRC: Final = r"^[A-Z]{2}[A-Z0-9]{3}\d{7}$"
YEAR: Final = r"(?:^|\D)(?P<year>\d{4})(?:\D|$)|^(?P<packed>\d{4})\d{4}$"
SHORT_YEAR: Final = r"^(?:\d{1,2}[/.-]\d{1,2}[/.-]|(?:\d{1,2}[ -])?[A-Za-z]{3}[ -])(?P<year>\d{2})$"
DATE_FORMS: Final = (
    *("%d %b %Y", "%d %B %Y", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%b %d %Y", "%B %d %Y", "%Y/%m/%d", "%Y.%m.%d"),
    *("%d.%m.%y", "%d/%m/%y", "%d-%m-%y", "%d %b %y"),
)
MONTH_FIRST: Final = ("%m/%d/%Y", "%m/%d/%y")
UNIX_TIME: Final = r"^(?P<seconds>1\d{9})(?:\d{3})?$"
"""Seconds, or milliseconds, from 2001 to 2033."""

LAST_SHORT_YEAR: Final = 30
"""`1/2/30` is 2030 and `1/2/31` is 1931: where spreadsheets put the border (29 to 49) nothing is released yet."""


def tidy(cells: pa.Array) -> pa.Array:
    """Runs of blanks, tabs and line ends become one space, control characters nothing, and a blank cell null."""
    tidied = pc.utf8_trim_whitespace(cells)
    if pc.any(pc.match_substring_regex(tidied, r"[\s\x{a0}]{2}|[\x00-\x1f\x7f]")).as_py():
        tidied = pc.replace_substring_regex(tidied, r"[\s\x{a0}]+", " ")
        tidied = pc.utf8_trim_whitespace(pc.replace_substring_regex(tidied, CONTROLS, ""))
    return pc.if_else(pc.equal(tidied, ""), pa.scalar(None, tidied.type), tidied)


def without_guards(cells: pa.Array) -> pa.Array:
    """Cells as they were before `core.export.to_csv` made them safe for spreadsheets."""
    is_guarded = pc.fill_null(pc.match_substring(cells, "'"), False)
    plain = [without_guard(cell) for cell in cells.filter(is_guarded).to_pylist()]
    return pc.replace_with_mask(cells, is_guarded, pa.array(plain, cells.type))


def ids(cells: pa.Array) -> pa.Array:
    """The 22 characters out of an id, URI or link; null where there are none."""
    if pc.all(pc.match_substring_regex(cells, rf"^{SPOTIFY_ID}$")).as_py():
        return cells
    return pc.struct_field(pc.extract_regex(pc.utf8_trim_whitespace(cells), ID), "id")


def artist_names(cells: pa.Array, commas: ArtistCommas = "names") -> pa.Array:
    r"""
    Artists joined with "; ".

    Understands `A;B`, Python and JSON lists (`"['A', 'B']"`, read, never evaluated), and what `commas` says about
    commas; one that is written `\,` is always part of a name.
    """
    cells = _lists_joined(tidy(cells))
    if commas != "names":
        cells = pc.replace_substring(cells, r"\,", "\x00")
        cells = pc.replace_substring_regex(cells, BETWEEN_ARTISTS[commas], r"; \1")
        cells = pc.replace_substring(cells, "\x00", ",")
    if pc.any(pc.match_substring_regex(cells, r";\S|\s;|;\s*$")).as_py():
        cells = pc.replace_substring_regex(pc.replace_substring_regex(cells, r"[\s;]+$", ""), r"\s*;[\s;]*", "; ")
    return pc.if_else(pc.equal(cells, ""), pa.scalar(None, cells.type), cells)


def genre_names(cells: pa.Array) -> pa.Array:
    """Genres in lower case joined with ","."""
    cells = _lists_joined(tidy(pc.utf8_lower(cells)))
    cells = pc.replace_substring_regex(cells, r"\s*[,;|][\s,;|]*", ",")
    cells = pc.utf8_trim(cells, ", ")
    return pc.if_else(pc.equal(cells, ""), pa.scalar(None, cells.type), cells)


def _lists_joined(cells: pa.Array) -> pa.Array:
    """Replace `['A', "B"]` by `A; B`; the usual case, with only single quotes, without a Python loop."""
    is_list = pc.match_substring_regex(cells, r"^\[.*\]$")
    if not pc.any(is_list).as_py():
        return cells
    is_plain = pc.and_(is_list, pc.match_substring_regex(cells, r"^\[('[^'\"\\]*'(, )?)+\]$"))
    plain = pc.replace_substring(pc.utf8_slice_codeunits(cells, 2, -2), "', '", "; ")
    is_other = pc.and_(is_list, pc.invert(is_plain))
    joined = pc.if_else(pc.fill_null(is_plain, False), plain, cells)
    others = pa.array([_read_list(cell) for cell in joined.filter(is_other).to_pylist()], cells.type)
    return pc.replace_with_mask(joined, pc.fill_null(is_other, False), others)


def _read_list(cell: str) -> str:
    objects = [QUOTED.match(cell, name.end()) for name in NAME_OF_OBJECT.finditer(cell)]
    found = [each for each in objects if each] or list(QUOTED.finditer(cell))
    closed = [(each, each.lastgroup or "") for each in found if each.end() > each.end(each.lastgroup or "")]
    names = [re.sub(r"\\(.)", r"\1", each[group]) for each, group in closed]
    if not names:
        return "" if cell == "[]" else cell  # [AMATORY] is a band
    return "; ".join(name for name in names if name)


def years(cells: pa.Array) -> pa.Array:
    """The year of a date as float64: `2019`, `2019-05`, `1/2/19`, `01.02.2019`, `May-19`, `2-May-19`, `20190501`."""
    found = pc.extract_regex(cells, YEAR)
    texts = pc.struct_field(found, "year")
    packed = pc.struct_field(found, "packed")
    full = _as_float(pc.if_else(pc.equal(texts, ""), packed, texts))
    short = pc.struct_field(pc.extract_regex(cells, SHORT_YEAR), "year")
    if short.null_count == len(short):
        return full
    last_two = _as_float(short)
    century = pc.if_else(pc.less_equal(last_two, LAST_SHORT_YEAR), 2000.0, 1900.0)
    return pc.coalesce(full, pc.add(century, last_two))


def _as_float(cells: pa.Array) -> pa.Array:
    return pc.cast(pc.if_else(pc.equal(cells, ""), pa.scalar(None, cells.type), cells), pa.float64())


def iso_times(cells: pa.Array) -> pa.Array:
    """Times as ISO 8601 in UTC, to the second; null where a cell is none. A time without a zone is taken as UTC."""
    cells = pc.utf8_trim_whitespace(cells)
    if pc.all(pc.match_substring_regex(cells, ISO_TIME)).as_py():
        return cells
    seconds = pc.cast(pc.struct_field(pc.extract_regex(cells, UNIX_TIME), "seconds"), pa.int64())
    cells = pc.coalesce(pc.strftime(pc.cast(seconds, pa.timestamp("s")), "%Y-%m-%dT%H:%M:%SZ"), cells)
    texts = pd.Series(cells.to_pylist(), dtype="object")
    times = pd.to_datetime(texts, utc=True, errors="coerce", format="ISO8601")
    if (times.isna() & texts.notna()).any():
        times = times.fillna(_local_times(texts.where(times.isna())))
    return pa.array(times.dt.strftime("%Y-%m-%dT%H:%M:%SZ"), pa.string(), from_pandas=True)


def _local_times(texts: pd.Series) -> pd.Series:
    """Times in the forms of `DATE_FORMS`; whether day or month comes first is judged by all of them together."""
    plain = texts.str.replace(r"(?<=\d)(?:st|nd|rd|th)\b|,|\bat\b", " ", regex=True).str.split().str.join(" ")
    leading = pd.to_numeric(plain.str.extract(r"^(\d{1,2})/\d{1,2}/", expand=False), errors="coerce")
    forms = DATE_FORMS if (leading > 12).any() else (*MONTH_FIRST, *DATE_FORMS)
    times = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us, UTC]")
    for form in forms:
        for clock in ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p"):
            is_left = times.isna() & plain.notna()
            if not is_left.any():
                return times
            times = times.fillna(pd.to_datetime(plain.where(is_left), utc=True, errors="coerce", format=form + clock))
    return times


def isrcs(cells: pa.Array) -> pa.Array:
    """Recording codes in capitals without hyphens; null where a cell is none."""
    codes = pc.replace_substring_regex(pc.utf8_upper(cells), r"[\s-]", "")
    return pc.if_else(pc.match_substring_regex(codes, ISRC), codes, pa.scalar(None, codes.type))
