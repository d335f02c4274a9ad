"""Workbooks and gzip are read like the table inside them."""

import gzip
import io
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from recsys.errors import UnreadableFile
from recsys.importers.any_file import read_file
from recsys.importers.workbook import as_cell
from tests.importers.files import EXPORTIFY_NET, as_file
from tests.importers.test_bounded_memory import import_with_limit

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
    'sheet.main+xml"/></Types>'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def relations(identity, kind, target):
    """One relation from a part to another."""
    relation = f'<Relationship Id="{identity}" Type="{RELATION}/{kind}" Target="{target}"/>'
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}">{relation}</Relationships>'


def sheet_xml(rows):
    """The rows of a sheet."""
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>" for row in rows
    )
    return f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'


def xlsx(*sheets, hidden=()):
    """A workbook, as small as it can be, of sheets that are rows; `hidden` are numbers of sheets from 1."""
    numbers = range(1, len(sheets) + 1)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", relations("r", "officeDocument", "xl/workbook.xml"))
        named = "".join(
            f'<sheet name="A{at}" sheetId="{at}" state="{"hidden" if at in hidden else "visible"}" r:id="s{at}"/>'
            for at in numbers
        )
        names = f"<sheets>{named}</sheets>"
        archive.writestr("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}">{names}</workbook>')
        parts = "".join(
            f'<Relationship Id="s{at}" Type="{RELATION}/worksheet" Target="worksheets/sheet{at}.xml"/>'
            for at in numbers
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}">{parts}</Relationships>',
        )
        for at, rows in zip(numbers, sheets, strict=True):
            archive.writestr(f"xl/worksheets/sheet{at}.xml", sheet_xml(rows))
    stream.seek(0)
    return stream


def ods(rows, changed=lambda content: content):
    """An OpenDocument sheet, as small as it can be, with its XML `changed`."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    stream = io.BytesIO()
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{office}:manifest:1.0"/>')
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0" '
            f'xmlns:text="{office}:text:1.0"><office:body><office:spreadsheet><table:table table:name="A">'
            f"{changed(cells)}"
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    stream.seek(0)
    return stream


def test_every_sheet_of_a_workbook_with_tracks_is_read_and_counted():
    header = ["Title", "Artist", "Energy"]
    about, empty = [["About", "these lists"], ["made by", "me"]], []
    first, second = [header, ["Blue", "Ann", "0.5"]], [header, ["Red", "Bob", "7"], ["Blue", "Ann", ""], ["", "", ""]]

    found = read_file(xlsx(about, first, empty, second), "lists.xlsx")

    report = found.report
    assert found.tracks["title"].tolist() == ["Blue", "Red"]
    assert (report.rows, report.tracks, report.duplicates, sum(report.skipped.values())) == (4, 2, 1, 1)
    assert report.notes == ("Not imported, as it holds no tracks: sheet 1.",)
    assert report.problems[0].sentence.startswith("lists.xlsx, sheet 4: Row 2: Energy “7” is not between 0 and 1")


def test_a_hidden_sheet_is_read_where_there_is_no_other():
    old, new = [["Title", "Artist"], ["Blue", "Ann"]], [["Title", "Artist"], ["Red", "Bob"]]

    assert read_file(xlsx(old, new, hidden=[1]), "x.xlsx").tracks["title"].tolist() == ["Red"]
    assert read_file(xlsx(old, hidden=[1]), "x.xlsx").tracks["title"].tolist() == ["Blue"]


@pytest.mark.parametrize(("span", "cell"), [({"hours": 24, "minutes": 10}, "24:10:00"), ({"minutes": 3}, "0:03:00")])
def test_a_span_of_time_in_a_workbook_is_hours_minutes_and_seconds(span, cell):
    assert as_cell(timedelta(**span)) == cell


@pytest.mark.parametrize("workbook", [xlsx, ods])
def test_a_workbook_is_read_like_its_sheet(workbook):
    imported = read_file(workbook([["My songs", ""], ["Title", "Artist"], ["Blue", "Ann"], ["Red", "Bob"]]), "songs")

    assert imported.tracks[["title", "artists"]].to_numpy().tolist() == [["Blue", "Ann"], ["Red", "Bob"]]


def test_a_workbook_of_something_else_is_refused():
    with pytest.raises(UnreadableFile):
        read_file(xlsx([["date", "amount"], ["today", "3"]]), "money.xlsx")


def test_a_file_packed_with_gzip_is_read():
    assert read_file(as_file(gzip.compress(EXPORTIFY_NET.encode())), "a.csv.gz").report.tracks == 2


def test_a_gzip_bomb_is_refused():
    with pytest.raises(UnreadableFile, match="far more than it should"):
        read_file(as_file(gzip.compress(bytes(80 << 20))), "bomb.gz")


def test_gzip_that_is_cut_is_refused():
    with pytest.raises(UnreadableFile, match="packed with gzip and damaged"):
        read_file(as_file(gzip.compress(EXPORTIFY_NET.encode())[:-12]), "cut.gz")


def test_gzip_in_gzip_is_not_unpacked_for_ever():
    with pytest.raises(UnreadableFile, match="is packed with gzip"):
        read_file(as_file(gzip.compress(gzip.compress(EXPORTIFY_NET.encode()))), "twice.gz")


@pytest.mark.parametrize("reference", ["XFD1048576", "ZZZZZZZZ99999999999"])
def test_a_small_workbook_that_names_a_cell_far_out_ends_no_process_but_its_own(reference):
    stream = io.BytesIO()
    with zipfile.ZipFile(xlsx([["Title", "Artist"], ["far", "out"]])) as good, zipfile.ZipFile(stream, "w") as bad:
        for member in good.namelist():
            content = good.read(member).decode()
            bad.writestr(
                member, content.replace('<c t="inlineStr"><is><t>out', f'<c r="{reference}" t="inlineStr"><is><t>out')
            )

    with pytest.raises(UnreadableFile, match="Save it as CSV"):
        read_file(stream, "far.xlsx")


SONG = [["Title", "Artist"], ["Blue", "Ann"]]
CELL, ROW = "<table:table-cell", "<table:table-row>"


def repeated(what, times):
    """A change of a sheet: the last row, or the last cell of it, is there so many times."""
    attribute = "number-rows-repeated" if what == ROW else "number-columns-repeated"

    def change(content):
        before, last = content.rsplit(what, 1)
        return f'{before}{what.removesuffix(">")} table:{attribute}="{times}"{">" if what == ROW else ""}{last}'

    return change


def test_a_repeated_row_is_one_song_many_times():
    report = read_file(ods(SONG, repeated(ROW, 1_000)), "few.ods").report

    assert (report.rows, report.tracks, report.duplicates) == (1_000, 1, 999)


def test_a_row_that_is_repeated_in_vain_to_the_end_of_the_sheet_is_no_row():
    blank = f'{ROW[:-1]} table:number-rows-repeated="1048574">{CELL} table:number-columns-repeated="16384"/>'

    assert read_file(ods(SONG, lambda content: f"{content}{blank}</table:table-row>"), "tail.ods").report.rows == 1


@pytest.mark.parametrize(
    ("rows", "change"),
    [
        (SONG, repeated(CELL, 10**9)),
        (SONG, repeated(CELL, 10**30)),
        (SONG, repeated(CELL, -5)),
        ([*SONG[:1], ["Blue" * 250, "Ann"]], repeated(ROW, 10**6)),
        ([*SONG[:1], ["Blue" * 20, "Ann"]], repeated(ROW, 10**9)),
        (SONG, lambda content: repeated(ROW, 1_000)(repeated(CELL, 10**6)(content))),
        (SONG, lambda content: content.replace("Blue", 'a<text:s text:c="2000000000"/>b')),
    ],
)
def test_a_few_hundred_bytes_of_opendocument_that_unpack_to_gigabytes_are_refused(tmp_path, rows, change):
    path = tmp_path / "bomb"
    path.write_bytes(ods(rows, change).getvalue())

    answer, _, megabytes = import_with_limit(path, 1_000)

    assert "CSV" in answer or "16,384 columns" in answer
    assert megabytes < 150


def test_workbooks_are_read_one_at_a_time(monkeypatch):
    at_once, most, run = [], [], subprocess.run

    def counted(*arguments, **options):
        at_once.append(1)
        most.append(len(at_once))
        try:
            return run(*arguments, **options)
        finally:
            at_once.pop()

    monkeypatch.setattr(subprocess, "run", counted)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: read_file(xlsx(SONG), "a.xlsx"), range(6)))
    assert most == [1] * 6
