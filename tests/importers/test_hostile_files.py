"""Files that are broken, dangerous or something else are refused with a sentence that says what to do."""

import contextlib
import io
import json
import struct
import time
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from recsys.core.model.tracks import COLUMNS, MAX_TEXT, REQUIRED, TEXT
from recsys.errors import UnreadableFile
from recsys.importers import damaged_text, delimited, table_file
from recsys.importers.any_file import read_file
from recsys.importers.table_rows import RowReader
from tests.importers.files import EXPORTIFY_NET, ONE, TWO, as_file, as_zip


def refusal(source, name="mine.csv"):
    with pytest.raises(UnreadableFile) as refused:
        read_file(source, name)
    return str(refused.value)


def test_an_empty_file():
    assert refusal(as_file("")) == "“mine.csv” is empty. Export it again."


@pytest.mark.parametrize("text", ["id,name,artists\n", "id,name,artists", "\n\n \n", "id;name;artists\n\n\n"])
def test_a_header_alone(text):
    assert "holds no rows below its header" in refusal(as_file(text))


def test_a_binary_file_renamed():
    assert "is not a text file. Choose" in refusal(as_file(bytes(range(256)) * 100))


@pytest.mark.parametrize(
    ("beginning", "advice"),
    [
        (b"\x89PNG\r\n\x1a\n", "is a picture"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\x1f\x8b\x08\x00", "Unpack it and choose the file inside"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"SQLite format 3\x00", "is a database"),
        (b"\xef\xbb\xbf<html><body>", "is a web page"),
        (b"<table><tr><td>Title</td></tr></table>", "is a table of a web page"),
        (b"{\\rtf1\\ansi Ann - Blue}", "is a text document"),
        (b"[InternetShortcut]\nURL=https://open.spotify.com/playlist/x", "is a link"),
        (b"GIF89a", "is a picture"),
        (b"ID3\x03", "is a song"),
        (b"bplist00", "Export Library"),
        (b"BZh91AY&SY", "is packed with bzip2"),
    ],
)
def test_a_file_of_a_kind_that_is_brought_by_mistake(beginning, advice):
    assert advice in refusal(as_file(beginning + bytes(100)))


def test_a_workbook_is_to_be_saved_as_csv():
    assert "Save it as CSV" in refusal(as_zip({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}))


def test_a_numbers_document_is_to_be_exported():
    assert "File, Export To, CSV" in refusal(as_zip({"Index/Document.iwa": "x", "preview.jpg": "x"}), "likes.numbers")


def test_a_quote_that_is_never_closed():
    assert "a quote is opened there and never closed" in refusal(as_file(f'id,name,artists\n{ONE},"Blue,Ann\n'))


def test_a_quote_that_is_never_closed_in_a_large_file():
    rows = f"{ONE},Blue,Ann\n" * 280_000
    opening = f'{ONE},"Blue,Ann\n'

    for text in (opening + rows, rows + opening, rows + opening + rows):
        assert "a quote is opened there and never closed" in refusal(as_file(f"id,name,artists\n{text}"))


def test_an_inch_sign_is_no_open_quote():
    imported = read_file(as_file(f'id,name,artists,energy\n{ONE},Blue 12",Ann\n{TWO},12" Red,Ann,0.5\n'), "x")

    assert imported.tracks["title"].tolist() == ['Blue 12"', '12" Red']


def test_a_header_of_thousands_of_columns():
    wide = ",".join(f"c{at}" for at in range(5_000))

    assert "5,000 columns" in refusal(as_file(f"{wide}\n{wide}\n"))


def test_a_file_that_claims_ten_gigabytes(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(10 << 30)  # sparse: takes no room on disk

    assert "is 10.0 GB; files up to 2 GB can be read" in refusal(path)


def test_a_folder_and_a_device(tmp_path):
    assert "is a folder" in refusal(tmp_path)
    assert "is a device or pipe" in refusal(Path("/dev/zero"))


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file at hand that opens but cannot be read")
def test_a_file_that_opens_but_cannot_be_read_is_refused_with_the_reason():
    """As on a broken disk."""
    assert "cannot be read: " in refusal(Path("/proc/self/mem"))


def test_a_zip_bomb():
    bomb = as_zip({"tracks.csv": b"0" * (64 << 20)})

    assert "unpacks to far more than it should" in refusal(bomb)


def test_a_zip_of_many_that_are_each_small_enough():
    bomb = as_zip({f"{number}.csv": b"0" * (16 << 20) for number in range(8)}).getvalue()
    stream = _with_sizes(bomb, real=16 << 20, claimed=300 << 20)

    assert "far more than it should" in refusal(stream)


def test_a_zip_of_many_that_are_small_and_packed_tightly():
    rows = b"title,artist\n" + b"Blue,Ann\n" * 1_500_000
    assert "unpacks to far more than it should" in refusal(as_zip({f"{number}.csv": rows for number in range(8)}))


def test_a_zip_of_more_files_than_can_be_read():
    assert "holds 1,001 files; at most 1,000 can be read" in refusal(as_zip({f"{n}.csv": "a" for n in range(1_001)}))


def test_a_member_that_claims_ten_gigabytes():
    claimed = _with_sizes(as_zip({"a.csv": EXPORTIFY_NET}).getvalue(), len(EXPORTIFY_NET.encode()), (4 << 30) - 2)

    assert "claims 4.0 GB" in refusal(claimed)


def test_a_member_that_is_larger_than_it_says():
    lying = _with_sizes(as_zip({"a.csv": EXPORTIFY_NET}).getvalue(), len(EXPORTIFY_NET.encode()), 100)

    assert "is damaged or unusual" in refusal(lying)


def _with_sizes(content, real, claimed):
    """A ZIP whose directory lies about the size of its members."""
    return io.BytesIO(content.replace(struct.pack("<I", real), struct.pack("<I", claimed)))


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "a/../../x.csv", "..\\x.csv", "C:\\x.csv"])
def test_a_member_that_leads_outside(name):
    assert "names a file outside of itself" in refusal(as_zip({name: EXPORTIFY_NET}))


def test_a_colon_in_the_name_of_a_member_is_part_of_it():
    assert len(read_file(as_zip({"Best of: 2020.csv": EXPORTIFY_NET}), "mine.zip").tracks) == 2


def test_names_of_members_are_not_repeated_at_any_length():
    """A member may have a name of 65,535 characters, and a ZIP a thousand of them."""
    others = {f"{number}{'x' * 60_000}": "hello" for number in range(30)}
    [note] = read_file(as_zip({"mine.csv": EXPORTIFY_NET} | others), "mine.zip").report.notes
    assert note.endswith(" and 18 more.")
    assert len(note) < 2_000

    assert len(refusal(as_zip({"x" * 60_000: b"0" * (64 << 20)}))) < 500


@pytest.mark.parametrize("name", ["\0", "."])
def test_a_member_without_a_name(name):
    """`zipfile` cuts a name at its first NUL."""
    content = as_zip({"a": EXPORTIFY_NET}).getvalue()
    at = content.index(b"PK\x01\x02") + 46

    with contextlib.suppress(UnreadableFile):
        read_file(as_file(content[:at] + name.encode() + content[at + 1 :]), "mine.zip")


def test_a_zip_in_a_zip():
    assert "holds another ZIP" in refusal(as_zip({"inner.zip": as_zip({"a.csv": EXPORTIFY_NET}).getvalue()}))


def test_a_locked_zip():
    content = bytearray(as_zip({"a.csv": EXPORTIFY_NET}).getvalue())
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1

    assert "is locked with a password" in refusal(as_file(bytes(content)))


def test_a_damaged_zip():
    content = as_zip({"a.csv": EXPORTIFY_NET}).getvalue()

    assert "is damaged" in refusal(as_file(content[: len(content) // 2]))
    assert "is damaged" in refusal(as_file(content[:60] + b"XXXX" + content[64:]))


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_that_is_packed_otherwise_and_damaged(compression):
    content = as_zip({"a.csv": EXPORTIFY_NET}, compression).getvalue()

    assert "is damaged" in refusal(as_file(content[:60] + b"XXXXXXXX" + content[68:]))


def test_a_zip_whose_directory_does_not_fit(tmp_path):
    content = as_zip({"a.csv": EXPORTIFY_NET}).getvalue()
    path = tmp_path / "cut.zip"

    assert "is damaged" in refusal(as_file(b"PK\x03\x04" + content[44:]))
    path.write_bytes(b"PK\x03\x04" + content[44:])
    assert "is damaged" in refusal(path)


def test_a_zip_with_a_name_in_no_encoding():
    content = bytearray(as_zip({"ä.csv": EXPORTIFY_NET}).getvalue())

    assert "is damaged" in refusal(as_file(bytes(content).replace("ä".encode(), b"\xff\xff")))


def test_an_empty_zip():
    assert "holds no files" in refusal(as_zip({}))


def test_a_zip_without_tracks():
    assert "holds no file of tracks" in refusal(as_zip({"Userdata.json": "{}", "notes.csv": "a,b\n1,2\n"}))


def test_nothing_of_a_zip_is_written_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    read_file(as_zip({"a.csv": EXPORTIFY_NET}, zipfile.ZIP_STORED), "all.zip")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000])
def test_json_without_a_floor(text):
    assert "nested too deeply" in refusal(as_file(text))


@pytest.mark.parametrize("text", ['[{"a": 1}', '[{"a": 1}, {"b"', "[", '{"tracks": [', '[{"a": 1} "b"', "{nonsense"])
def test_json_that_ends_early_or_is_none(text):
    assert "is not complete JSON" in refusal(as_file(text))


@pytest.mark.parametrize("text", ['[{"a": 1}] x', '[{"a": 1}]' + " " * (2 << 20) + "}", '[]{"title": "a"}'])
def test_json_with_something_behind_it(text):
    assert "something else behind it" in refusal(as_file(text))


def test_json_with_one_endless_entry():
    assert "too large for a track or playlist" in refusal(as_file('[{"a": "' + "x" * (40 << 20) + '"}]'))


@pytest.mark.parametrize(
    "text",
    [
        '[{"playlists": []}, 3]',
        '{"playlists": []}\n{"a": 1}\n',
        '{"playlists": [{"items": 3}]}',
        '{"tracks": [{"artist": "a", "uri": "x", "track": ""}]}\n{"tracks": 3}\n[]',
    ],
)
def test_what_is_no_entry_of_spotifys_export_is_counted(text):
    report = read_file(as_file(text), "export.json").report

    assert (report.tracks, report.rows) == (0, sum(report.skipped.values()))
    assert report.rows


@pytest.mark.parametrize("text", ["[]", "{}", "[1, 2]", "[null]", '[{"colour": "blue"}]', '{"playlists": 3}'])
def test_json_of_something_else(text):
    assert "is JSON, but holds no tracks" in refusal(as_file(text))


def test_a_damaged_parquet_file():
    assert "is damaged" in refusal(as_file(b"PAR1" + bytes(100) + b"PAR1"))


def test_a_parquet_file_without_rows():
    stream = io.BytesIO()
    parquet.write_table(pa.table({name: pa.array([], pa.string()) for name in ("title", "artists")}), stream)

    assert "holds no rows" in refusal(stream)


def test_a_parquet_file_of_thousands_of_parts():
    stream = io.BytesIO()
    parquet.write_table(pa.table({"name": ["x"] * 2_001}), stream, row_group_size=1)

    assert "is written in too many parts" in refusal(stream)


def test_parts_of_a_parquet_file_are_read_together(monkeypatch):
    stream = io.BytesIO()
    names = [f"Song {number}" for number in range(500)]
    parquet.write_table(pa.table({"title": names, "artists": ["Ann"] * 499 + [""]}), stream, row_group_size=1)
    batches = []
    read = RowReader.read
    monkeypatch.setattr(RowReader, "read", lambda reader, batch: batches.append(batch) or read(reader, batch))

    imported = read_file(stream, "parts.parquet")

    assert [len(batch.row_numbers) for batch in batches] == [500]
    assert imported.tracks["title"].tolist() == names[:499]
    assert imported.report.skipped == {"no Spotify id, and no title with an artist": 1}


def test_a_parquet_file_in_a_zip_is_unpacked_once(monkeypatch):
    """Its row groups are named in any order and again and again, and a step back in a ZIP unpacks it from the start."""
    stream = io.BytesIO()
    rows = pa.table({"title": ["Blue", "Red"], "artists": ["Ann", "Bob"]})
    parquet.write_table(rows, stream, row_group_size=1)
    metadata = parquet.read_metadata(stream)
    footer_bytes = int.from_bytes(stream.getvalue()[-8:-4], "little")
    for _ in range(9):
        metadata.append_row_groups(parquet.read_metadata(stream))
    footer = pa.BufferOutputStream()
    metadata.write_metadata_file(footer)
    hostile = stream.getvalue()[: -8 - footer_bytes] + footer.getvalue().to_pybytes()[4:]
    unpacked = []
    read = zipfile.ZipExtFile._read1
    monkeypatch.setattr(
        zipfile.ZipExtFile, "_read1", lambda member, size: unpacked.append(data := read(member, size)) or data
    )

    imported = read_file(as_zip({"mine.parquet": hostile}), "mine.zip")

    assert (imported.report.rows, imported.report.tracks) == (20, 2)
    assert sum(map(len, unpacked)) < 3 * len(hostile)


def test_a_zip_of_more_parquet_files_than_can_be_read():
    stream = io.BytesIO()
    parquet.write_table(pa.table({"title": ["Blue"], "artists": ["Ann"]}), stream)

    assert "more than 50 Parquet files" in refusal(as_zip({f"{n}.parquet": stream.getvalue() for n in range(51)}))


def test_a_parquet_file_with_an_enormous_footer():
    stream = io.BytesIO()
    parquet.write_table(pa.table({"name": ["x"]}), stream)
    lying = stream.getvalue()[:-8] + struct.pack("<I", 17 << 20) + b"PAR1"

    assert "is written in too many parts" in refusal(as_file(lying))


@pytest.mark.parametrize("others", [[], [column for column in COLUMNS if column not in REQUIRED]])
def test_a_parquet_file_whose_text_is_none(others):
    ids, artists = pa.array([ONE, TWO]), pa.array(["Ann", "Ann"])
    titles = pa.Array.from_buffers(pa.string(), 2, pa.array([b"Blue", b"\xff\xfe"], pa.binary()).buffers())
    table = pa.table({"track_id": ids, "title": titles, "artists": artists})
    for column in others:
        table = table.append_column(column, pa.nulls(2, pa.string() if column in TEXT else pa.float64()))
    stream = io.BytesIO()
    parquet.write_table(table, stream)

    assert "is damaged" in refusal(stream)


@pytest.mark.parametrize(
    "cell", ["['" + "\\'" * 30_000 + "]", "\u2003" * 60_000 + "a", "(" + "original " * 8_000 + ")"]
)
def test_a_text_of_sixty_kilobytes_is_reported_at_once_and_not_stored(cell):
    text = f'id,name,artists\n{ONE},"{cell}","{cell}"\n{TWO},Red,Ann\n'

    began = time.thread_time()
    imported = read_file(as_file(text), "long.csv")

    assert time.thread_time() - began < 5
    assert imported.tracks["title"].str.len().max() <= MAX_TEXT
    assert imported.tracks["artists"].str.len().max() <= MAX_TEXT
    assert imported.report.tracks == 2


def test_a_name_in_a_history_that_is_too_long_is_a_problem_with_its_entry():
    play = {"endTime": "2020-01-01 10:00", "artistName": "Ann", "trackName": "Blue", "msPlayed": 60_000}
    history = [play, {**play, "trackName": "t" * 100_000}, {**play, "artistName": "a" * 100_000}]

    imported = read_file(as_file(json.dumps(history)), "StreamingHistory0.json")

    assert imported.tracks["title"].tolist() == ["Blue"]
    assert (imported.report.rows, imported.report.tracks, imported.report.skipped) == (3, 1, {"no track named": 2})
    long = "is longer than 2,000 characters, so it was left empty."
    assert [problem.sentence for problem in imported.report.problems] == [
        f"Entry 2: “{'t' * 80}” {long}",
        f"Entry 3: “{'a' * 80}” {long}",
    ]


def test_a_title_that_is_too_long_is_a_problem_with_its_row():
    imported = read_file(as_file(f"id,name,artists\n{ONE},{'x' * (MAX_TEXT + 1)},Ann\n"), "long.csv")

    assert imported.report.problem_count == 1
    assert "is longer than 2,000 characters, so it was left empty." in imported.report.problems[0].sentence
    assert imported.tracks["title"].tolist() == [ONE]


HEADER = "title,artist,album\n"


@pytest.mark.parametrize(
    "text",
    [
        HEADER + 'a","b"",c\n' * 20_000,  # a quote that is open at the end of every line, however it is read
        HEADER + 'a,"b"c",' + "," * 800_000,
        HEADER + '"\n' * 100_000,
        ",".join(f"c{at}" for at in range(100_000)) + "\n" + "1," * 100_000,
        "title," * 100_000 + "\n" + "x," * 100_000,
        HEADER + "a," + ";" * 300_000 + ",c\n",
        "#EXTM3U\n#EXTINF:1," + "a" * 20_000_000 + "\nx.mp3\n",
        "#EXTM3U\n" + "x.mp3\n" * 300_000,
    ],
    ids=[
        *("reopened quotes", "cells behind a broken quote", "quotes alone", "columns", "same columns", "semicolons"),
        *("a playlist's line", "a playlist's files"),
    ],
)
def test_a_table_costs_what_its_size_allows(text):
    began = time.thread_time()
    with contextlib.suppress(UnreadableFile):
        read_file(as_file(text), "odd.csv")
    assert time.thread_time() - began < 3


def test_only_so_much_damaged_text_is_repaired_and_the_rest_is_said(monkeypatch):
    monkeypatch.setattr(damaged_text, "MOST_REPAIRED", 5_000)
    rows = "".join(f"Canci\u00c3\u00b3n {number:04},Ann\n" for number in range(1_000))

    imported = read_file(as_file("title,artist\n" + rows), "damaged.csv")

    assert imported.tracks["title"].iloc[[0, -1]].tolist() == ["Canción 0000", "Canci\u00c3\u00b3n 0999"]
    assert [note.split(". ")[0] for note in imported.report.notes] == [
        "385 texts were damaged by a wrong encoding and repaired.",
        "615 texts look damaged by a wrong encoding",
    ]


@pytest.mark.parametrize("rows", ["a,b\n" * 1_001, "#EXTM3U\n" + "Ann - Blue.mp3\n" * 1_001])
def test_a_table_of_more_rows_than_any_catalogue_is_refused(monkeypatch, rows):
    monkeypatch.setattr(table_file, "MOST_ROWS", 1_000)
    text = rows if rows.startswith("#") else f"title,artist\n{rows}"

    assert "has more than 1,000 rows. Split it into parts" in refusal(as_file(text))


def test_rows_of_another_length_are_repaired_up_to_a_number(monkeypatch):
    monkeypatch.setattr(delimited, "MOST_ODD", 100)
    rows = "Blue,Ann,x\n" + "Red\n" * 100

    assert read_file(as_file(HEADER + rows), "odd.csv").report.rows == 101
    assert "has more than 100 rows with another number of cells" in refusal(as_file(HEADER + rows + "Red\n"))


def test_a_zip_of_many_wide_tables_costs_what_its_size_allows():
    wide = ("c," * 1_900 + "\n") * 10
    began = time.thread_time()
    read_file(as_zip({"good.csv": EXPORTIFY_NET} | {f"{number}.csv": wide for number in range(40)}), "wide.zip")
    assert time.thread_time() - began < 8


@pytest.mark.parametrize("sign", ["é", "音", '"', "a", "7", "\r"])
def test_a_line_that_names_no_usable_delimiter_is_no_such_line(sign):
    text = f"sep={sign}\ntitle;artist\nBlue;Ann\n"
    assert read_file(as_file(text), "odd.csv").tracks["title"].tolist() == ["Blue"]


def test_a_header_of_a_megabyte_is_not_repeated_in_every_sentence():
    report = read_file(as_file(f"title,artist,energy{'-' * 1_000_000}\n" + "Blue,Ann,loud\n" * 200), "x").report

    assert report.problem_count == 200
    assert all(len(problem.sentence) < 200 for problem in report.problems)


def test_a_line_may_name_a_delimiter_of_its_own():
    assert read_file(as_file("sep=^\ntitle^artist\nBlue^Ann\n"), "odd.csv").tracks["artists"].tolist() == ["Ann"]
