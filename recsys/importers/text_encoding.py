"""The encoding of a text, found in its bytes and always reported when it is not UTF-8."""

import codecs
import io
import re
import tempfile
from collections.abc import Callable
from typing import BinaryIO, Final, NamedTuple, cast

from charset_normalizer import from_bytes

from recsys.core.insights.wording import counted
from recsys.errors import NoTracks

SAMPLE_BYTES: Final = 1 << 18
BLOCK_BYTES: Final = 8 << 20
MEMORY_BYTES: Final = 64 << 20
"""A decoded copy up to this size is held in memory."""

BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as the mark of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
READ_AS_THEY_ARE: Final = ("utf-8", "utf-16-le", "utf-16-be")
MOST_UNPRINTABLE: Final = 0.02
"""Of the characters of a text. Random bytes taken for UTF-16 have 15 %: surrogates, unassigned and private ones."""

UNLIKELY: Final = re.compile(
    r"[a-zà-ÿ][A-ZÀ-ÞŠŽŸŒ](?![A-ZÀ-ÞŠŽŸŒ])|[а-яёα-ωά-ώ][А-ЯЁΑ-ΩΆ-Ώ]|[A-Za-z][\u0370-\u04ff]|[\u0370-\u04ff][A-Za-z]"
    r"|\w[–—‘“”ˆ˜¸¯†‡‰¿¡«»]\w|[^\W\d_][¹²³¼½¾]"
)
"""What no language writes, but a wrong encoding does: a capital, a sign or another script in the middle of a word."""

FINAL_VOWELS: Final = re.compile(r"[ùòì]\b")
"""Usual in Italian at the end of a word; elsewhere Czech and Polish have other letters in their place."""

WESTERN: Final = "éèêëàâäáãåçñíïîóôöøõúüûßæœÉÈÊÀÄÖÜÅØÑÇÁÍÓÚÆŒ’‘“”–—…«»¡¿°´·ªº€"
CENTRAL: Final = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰäöüÄÖÜß’“”„–…"


class Script(NamedTuple):
    """An encoding, what to call it, its usual letters, and those that are as usual in another encoding's place."""

    encoding: str
    name: str
    usual: Callable[[str], bool]
    rare: str = ""


def _between(*ranges: str) -> Callable[[str], bool]:
    return lambda sign: any(pair[0] <= sign <= pair[1] for pair in ranges)


def _common_han(encoding: str, first: int, last: int, *ranges: str) -> Callable[[str], bool]:
    """Characters of the level of everyday ones, by the lead byte of their code, and those of other ranges."""
    is_other = _between(*ranges)
    return lambda sign: is_other(sign) or (sign >= "\u3000" and first <= sign.encode(encoding, "replace")[0] <= last)


SCRIPTS: Final = (
    Script("cp1252", "Western European (Windows)", lambda sign: sign in WESTERN, "ùòìŠšŽž"),
    Script("mac_roman", "Western European (Mac)", lambda sign: sign in WESTERN, "ùòì"),
    Script("cp1250", "Central European (Windows)", lambda sign: sign in CENTRAL, "ŕĺľăâîţşđ"),
    Script("cp1254", "Turkish (Windows)", lambda sign: sign in "şŞıİğĞçÇöÖüÜâî’“”–…"),
    Script("cp1251", "Cyrillic (Windows)", _between("\u0400\u045f", "\u2013\u2026", "№№", "««", "»»")),
    Script("koi8_r", "Cyrillic (KOI8-R)", _between("\u0400\u045f")),
    Script("cp1253", "Greek (Windows)", _between("\u0386\u038f", "\u0391\u03af", "\u03b1\u03ce", "\u2013\u2026")),
    Script("cp932", "Japanese (Shift JIS)", _common_han("cp932", 0x88, 0x97, "、ヿ", "！～")),
    Script("euc_kr", "Korean (EUC-KR)", _between("\uac00\ud7a3", "\u3001\u3011")),
    Script("gb18030", "Chinese (GBK)", _common_han("gb18030", 0xB0, 0xD7)),
    Script("big5", "Chinese (Big5)", _common_han("big5", 0xA4, 0xC6)),
)
WIDE: Final = ["utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be", "utf_7"]
"""Not guessed: text in them is recognised by its zeros, or by its mark."""

SURE: Final = 0.5
"""A score below this is not trusted; `charset-normalizer` knows more encodings."""


class _Unclosed(io.RawIOBase):
    """A stream that stays open when the wrapper around it is dropped."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class Text(NamedTuple):
    """A text as UTF-8 or UTF-16: its stream, encoding, length of byte order mark, and what to say about it."""

    stream: BinaryIO
    encoding: str
    skip: int
    notes: tuple[str, ...] = ()

    def size(self) -> int:
        """In bytes."""
        return self.stream.seek(0, io.SEEK_END)

    def lines(self, newline: str | None = None) -> io.TextIOWrapper:
        """The lines from the beginning on; the stream stays open when they are dropped."""
        self.stream.seek(self.skip)
        return io.TextIOWrapper(cast(BinaryIO, _Unclosed(self.stream)), self.encoding, "replace", newline)

    def copied(self, stream: BinaryIO, notes: tuple[str, ...]) -> "Text":
        """A rewritten copy in UTF-8, with further notes."""
        return Text(stream, "utf-8", 0, self.notes + notes)


def decoded(stream: BinaryIO, name: str) -> Text:
    """
    A text as UTF-8 or UTF-16.

    Text that is neither, or damaged, is decoded into a copy: as UTF-32, as UTF-8 or UTF-16 with a few damaged places,
    or in the encoding whose usual letters it shows.

    Raises
    ------
    NoTracks
        It is not text.
    """
    encoding, skip, is_intact = find_encoding(stream, name)
    if is_intact and encoding in READ_AS_THEY_ARE:
        return Text(stream, encoding, skip)
    called = ""
    if encoding == "utf-8" and not skip:
        # The lines of a text that are not ASCII, up to a size.
        stream.seek(0)
        found, size = [], 0
        while size < SAMPLE_BYTES and (line := stream.readline(SAMPLE_BYTES)):
            if not line.isascii():
                found.append(line)
                size += len(line)
        sample = b"".join(found)
        guess = sample.decode("utf-8", "replace")
        damaged, intact = guess.count("\ufffd"), sum(sign > "\x7f" for sign in guess) - guess.count("\ufffd")
        if damaged > intact:
            encoding, called = detect(sample)
    copy = copy_for(stream.seek(0, io.SEEK_END))
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    stream.seek(skip)
    lost = 0
    while chunk := stream.read(BLOCK_BYTES):
        text = decoder.decode(chunk)
        lost += text.count("\ufffd")
        copy.write(text.encode("utf-8", "replace"))
    text = decoder.decode(b"", final=True)
    copy.write(text.encode("utf-8", "replace"))
    copy.seek(0)
    lost += text.count("\ufffd")
    notes = [f"The text was read as {called}. If names look wrong, export it as UTF-8."] if called else []
    if lost:
        signs = counted(lost, "damaged character of the text shows", "damaged characters of the text show")
        notes.append(f"{signs} as “\ufffd”. Export it again if names look wrong.")
    return Text(copy, "utf-8", 0, tuple(notes))


def copy_for(size: int) -> BinaryIO:
    """A file for a rewritten text of about that size: in memory, or on disk without a name."""
    return io.BytesIO() if size <= MEMORY_BYTES else cast(BinaryIO, tempfile.TemporaryFile())


def find_encoding(stream: BinaryIO, name: str) -> tuple[str, int, bool]:
    """
    The encoding of a text, one of UTF-8, UTF-16 and UTF-32; the length of its mark; and whether all of it decodes.

    Raises
    ------
    NoTracks
        It is not text.
    """
    stream.seek(0)
    head = stream.read(SAMPLE_BYTES)
    encoding, skip = "utf-8", 0
    for mark, marked in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            encoding, skip = marked, len(mark)
            break
    else:
        if b"\0" in head:
            controls = sum(byte < 0x20 and byte not in b"\t\n\v\f\r" for byte in head)
            is_stray = controls <= 1 + MOST_UNPRINTABLE * len(head)  # later on it is dropped from its cell
            encoding = "utf-8" if is_stray else _wide_encoding(head)
    if not encoding:
        raise NoTracks(f"“{name}” is not a text file. Choose a CSV, JSON or ZIP export.")
    return encoding, skip, _decodes(stream, encoding, skip)


def _wide_encoding(head: bytes) -> str:
    """UTF-16 or UTF-32 without a mark, by where the zeros of its commas and line ends are; "" for what is no text."""
    if len(head) >= 4 and not any(head[3::4]) and max(head[2::4]) <= 0x10:
        encoding = "utf-32-le"
    elif len(head) >= 4 and not any(head[::4]) and max(head[1::4]) <= 0x10:
        encoding = "utf-32-be"
    else:
        encoding = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    text = head.decode(encoding, "replace")
    unprintable = sum(not (sign.isprintable() or sign.isspace()) or sign == "\ufffd" for sign in text)
    return encoding if unprintable <= 1 + MOST_UNPRINTABLE * len(text) and "\0" not in text else ""


def detect(sample: bytes) -> tuple[str, str]:
    """
    The encoding of bytes that are not UTF-8, and what to call it.

    Each of `SCRIPTS` is scored by the share of its usual letters among all that is not ASCII (-1 to 1).
    """
    scores = {script: _score(sample, script) for script in SCRIPTS}
    best = max(scores, key=lambda script: scores[script])
    if scores[best] >= SURE:
        return best.encoding, best.name
    other = from_bytes(sample, cp_exclusion=WIDE).best()
    return (other.encoding, other.encoding.replace("_", "-")) if other else (best.encoding, best.name)


def _score(sample: bytes, script: Script) -> float:
    text = sample.decode(script.encoding, "ignore")
    signs = [sign for sign in text if sign > "\x7f"]
    if not signs or len(text.encode(script.encoding, "ignore")) < 0.98 * len(sample):
        return -1.0
    usual = 0.5 * len(FINAL_VOWELS.findall(text)) if script.rare else 0.0
    usual += sum(script.usual(sign) + 0.5 * (sign in script.rare) for sign in signs)
    return (2 * usual - len(signs) - 2 * len(UNLIKELY.findall(text))) / len(signs)


def _decodes(stream: BinaryIO, encoding: str, skip: int) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(skip)
    try:
        while chunk := stream.read(BLOCK_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
