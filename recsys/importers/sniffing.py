"""What a file is, from its first bytes."""

from typing import BinaryIO, Final

from recsys.errors import NoTracks

ZIP: Final = "ZIP"
PARQUET: Final = "Parquet"
JSON: Final = "JSON"
PLIST: Final = "property list"
TEXT: Final = "text"
HEAD_BYTES: Final = 4096

REFUSED: Final = {
    b"\x1f\x8b": "is packed with gzip. Unpack it and choose the file inside.",
    b"7z\xbc\xaf\x27\x1c": "is a 7z archive. Unpack it and choose the files inside.",
    b"Rar!": "is a RAR archive. Unpack it and choose the files inside.",
    b"%PDF": "is a PDF. Choose a CSV, JSON or ZIP export instead.",
    b"\x89PNG": "is a picture. Choose a CSV, JSON or ZIP export instead.",
    b"\xff\xd8\xff": "is a picture. Choose a CSV, JSON or ZIP export instead.",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook. Save it as CSV in the spreadsheet and choose that.",
    b"SQLite format 3": "is a database. Export its tracks as CSV and choose that.",
    b"<!doctype html": "is a web page, not the file it leads to. Download the file itself.",
    b"<?xml": "is XML. Choose a CSV, JSON or ZIP export instead.",
    b"<html": "is a web page, not the file it leads to. Download the file itself.",
    b"<head": "is a web page, not the file it leads to. Download the file itself.",
    b"<meta": "is a web page, not the file it leads to. Download the file itself.",
    b"<table": "is a table of a web page, whatever its name says. Save it in a spreadsheet as CSV and choose that.",
    b"<svg": "is a picture. Choose a CSV, JSON or ZIP export instead.",
    b"GIF8": "is a picture. Choose a CSV, JSON or ZIP export instead.",
    b"{\\rtf": "is a text document. Save it as plain text or CSV and choose that.",
    b"[InternetShortcut]": "is a link, not the file it leads to. Download the file itself.",
    b"bplist00": "is a binary property list. In Music choose File, Library, Export Library, and bring that.",
    b"ID3\x02": "is a song. Choose a list of songs as CSV, JSON or ZIP instead.",
    b"ID3\x03": "is a song. Choose a list of songs as CSV, JSON or ZIP instead.",
    b"ID3\x04": "is a song. Choose a list of songs as CSV, JSON or ZIP instead.",
    b"BZh9": "is packed with bzip2. Unpack it and choose the file inside.",
    b"\xfd7zXZ\0": "is packed with xz. Unpack it and choose the file inside.",
}
"""How files begin that are often brought instead of an export, and what to do."""


def kind_of(stream: BinaryIO) -> str:
    """`ZIP`, `PARQUET`, `JSON`, `PLIST` or else `TEXT`; the stream is left at its beginning."""
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return ZIP
    if head.startswith(b"PAR1"):
        return PARQUET
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml") and b"<plist" in head:
        return PLIST
    is_json = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith((b"[", b"{"))
    return JSON if is_json else TEXT


def refuse_known(stream: BinaryIO, name: str) -> None:
    """Raise `NoTracks` with advice for kinds of files that are often brought by mistake."""
    head = stream.read(HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    stream.seek(0)
    for beginning, advice in REFUSED.items():
        if head.lower().startswith(beginning.lower()):
            raise NoTracks(f"“{name}” {advice}")
