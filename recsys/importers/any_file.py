"""Reads any file of a listener's into tracks: files are recognised by their contents, never by their names."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

from recsys.errors import NoTracks
from recsys.importers.itunes_file import read_itunes
from recsys.importers.json_file import read_json
from recsys.importers.merging import merge
from recsys.importers.open_source import opened
from recsys.importers.packed_file import GZIP, is_workbook, sheets, unpacked
from recsys.importers.parquet_file import read_parquet
from recsys.importers.report import Imported, listed, sum_of, with_notes
from recsys.importers.sniffing import JSON, PARQUET, PLIST, ZIP, kind_of, refuse_known
from recsys.importers.table_file import read_table
from recsys.importers.text_encoding import decoded
from recsys.importers.zip_file import members, opened_zip

Source = Path | BinaryIO

ENDINGS: Final = (
    *("csv", "tsv", "txt", "m3u", "m3u8", "json", "jsonl", "ndjson", "jspf", "xml"),
    *("parquet", "xlsx", "ods", "zip", "gz"),
)
"""How names of files end that can be read, for a page that must name them; what a file is, its content says."""


OF_OUR_EXPORT: Final = frozenset({"user_tracks.csv", "recommendations.csv", "README.txt"})
"""Files by which the ZIP of everything that Tonearm stores about a listener is known."""

OF_LISTENER: Final = frozenset({"user_tracks.csv", "plays.csv", "feedback.csv"})
"""The files of that ZIP that are read: others hold songs that were recommended or found, or the same once more."""


def read_file(source: Source, name: str) -> Imported:
    """
    Import one file: CSV, JSON, Parquet, an iTunes library (.xml), a workbook (.xlsx, .ods), or one of those in a ZIP or
    packed with gzip. Of a workbook every sheet counts that holds tracks and is not hidden.

    Parameters
    ----------
    source : Path or binary file
        Read from its beginning; a file that was given open is left open.
    name : str
        What to call it in the report.

    Raises
    ------
    UnreadableFile
        It cannot be read as tracks; the message says why and what to do.
    """
    with opened(source, name) as stream:
        if stream.read(len(GZIP)) == GZIP:
            stream = unpacked(stream, name)
        if kind_of(stream) != ZIP:
            return _read_plain(stream, name)
        return _read_workbook(stream, name) if is_workbook(stream) else _read_zip(stream, name)


def read_files(sources: Iterable[tuple[Source, str]]) -> Imported:
    """
    Import several files as one: each (source, name) as `read_file`, every track once.

    Raises
    ------
    UnreadableFile
        One of them cannot be read.
    ValueError
        None is given.
    """
    return merge([read_file(source, name) for source, name in sources])


def _read_plain(stream: BinaryIO, name: str) -> Imported:
    kind = kind_of(stream)
    if kind == PLIST:
        return read_itunes(stream, name)
    refuse_known(stream, name)
    if kind == PARQUET:
        return read_parquet(stream, name)
    text = decoded(stream, name)
    return with_notes(read_json(text, name), text.notes) if kind == JSON else read_table(text, name)


def _read_zip(stream: BinaryIO, name: str) -> Imported:
    """
    The files of a ZIP as one file; those that hold no tracks (profile, payments, read-me) are named in a note, and
    so are those of our own ZIP of everything that are not read.
    """
    imports, others, left_out = [], [], []
    with opened_zip(stream, name) as archive:
        is_ours = set(archive.namelist()) >= OF_OUR_EXPORT
        for member, content in members(archive, name):
            if is_ours and member not in OF_LISTENER:
                left_out.append(member)
                continue
            try:
                imports.append(_read_plain(content, member))
            except NoTracks:
                others.append(member)
    if not imports:
        raise NoTracks(f"The ZIP “{name}” holds no file of tracks. Choose the ZIP as Spotify or Exportify sent it.")
    whole = _as_one(imports, others, name)
    if not left_out:
        return whole
    return with_notes(whole, (f"Only the library, plays and ratings are imported, not: {listed(left_out)}.",))


def _read_workbook(stream: BinaryIO, name: str) -> Imported:
    """The sheets of a workbook as one file; those that hold no tracks are named in a note."""
    imports, others = [], []
    problem = NoTracks(f"“{name}” holds no tracks on any sheet.")
    for number, sheet in sheets(stream, name):
        called = f"sheet {number}"
        try:
            imports.append(read_table(sheet, f"{name}, {called}"))
        except NoTracks as found:
            others.append(called)
            problem = found
    if not imports:
        raise problem
    if len(imports) == 1:  # problems need not say on which sheet
        only = imports[0]
        imports = [replace(only, reports=(replace(only.report, file=name),))]
    return _as_one(imports, others, name)


def _as_one(imports: Sequence[Imported], others: Sequence[str], name: str) -> Imported:
    """What is inside one file as one; `others` are the parts that hold no tracks."""
    whole = merge(imports)
    is_one = [report.file for report in whole.reports] == [name]
    report = whole.report if is_one else sum_of(whole.reports, whole.tracks, name)
    if others:
        holding = "it holds" if len(others) == 1 else "they hold"
        notes = (*report.notes, f"Not imported, as {holding} no tracks: {listed(others)}.")
        report = replace(report, notes=notes)
    return replace(whole, reports=(report,))
