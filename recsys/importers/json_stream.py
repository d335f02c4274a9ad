"""JSON of any length, one entry at a time, so that a history of years needs no more memory than its plays."""

import codecs
import json
from collections.abc import Iterator
from typing import Any, Final

from recsys.errors import UnreadableFile
from recsys.importers.text_encoding import Text

CHUNK_BYTES: Final = 1 << 20
MOST_ENTRY_CHARACTERS: Final = 32 << 20
MOST_OBJECT_BYTES: Final = 64 << 20
MOST_VALUES: Final = 4_000_000
"""Values in one object; each takes about 100 bytes of memory, however short it is in the file."""
BETWEEN: Final = " \t\r\n,"


def entries(text: Text, name: str) -> Iterator[Any]:
    """
    The entries of a JSON array, the objects of JSON Lines (https://jsonlines.org), or the only value of any other JSON.

    Raises
    ------
    UnreadableFile
        It is not JSON, ends early, is nested too deeply, or one entry is too large.
    """
    texts = _chunks(text)
    head = next(texts, "").lstrip()
    if head.startswith("["):
        yield from _values(head[1:], texts, name, closing="]")
    elif _is_lines(head):
        yield from _values(head, texts, name, closing="")
    else:
        yield _whole(head, texts, name)


def plain_text(text: str) -> str:
    r"""A text of JSON as one that can be stored: half a surrogate pair (`"\ud800"`) becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _chunks(text: Text) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(text.encoding)()
    text.stream.seek(text.skip)
    while chunk := text.stream.read(CHUNK_BYTES):
        yield decoder.decode(chunk)


def _is_lines(text: str) -> bool:
    """True when one object follows another."""
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return text[end:].lstrip().startswith("{")


def _values(text: str, texts: Iterator[str], name: str, closing: str) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    at = 0
    while True:
        while at < len(text) and text[at] in BETWEEN:
            at += 1
        if closing and text.startswith(closing, at):
            text, at = _behind(text[at + 1 :], texts, name), 1
            if not text:
                return
            continue
        if not closing and at == len(text):
            text, at = next(texts, ""), 0
            if not text:
                return
            continue
        try:
            entry, end = decoder.raw_decode(text, at)
            if closing and end == len(text):  # a number cut at the end of a chunk is a number too
                raise ValueError("more may follow")
        except RecursionError as problem:
            raise UnreadableFile(f"“{name}” is nested too deeply to be an export of tracks.") from problem
        except ValueError as problem:
            text, at = _longer(text[at:], texts, name, problem), 0
            continue
        yield entry
        at = end


def _behind(text: str, texts: Iterator[str], name: str) -> str:
    """What follows an array: nothing, or another one, as in files that were joined."""
    text = text.lstrip()
    while not text and (more := next(texts, "")):
        text = more.lstrip()
    if text and not text.startswith("["):
        raise UnreadableFile(f"“{name}” is JSON with something else behind it. Download it again.")
    return text


def _longer(text: str, texts: Iterator[str], name: str, problem: ValueError) -> str:
    """An incomplete entry with twice its length of what follows, so that parsing it again stays linear."""
    if 2 * len(text) > MOST_ENTRY_CHARACTERS or _values_in(text) > MOST_VALUES:
        raise UnreadableFile(f"“{name}” has an entry that is too large for a track or playlist.") from problem
    parts, size = [text], 0
    while size <= len(text) and (more := next(texts, "")):
        parts.append(more)
        size += len(more)
    if not size:
        raise UnreadableFile(_why(problem, name)) from problem
    return "".join(parts)


def _whole(text: str, texts: Iterator[str], name: str) -> Any:
    parts, size = [text], len(text)
    for more in texts:
        parts.append(more)
        size += len(more)
        if size > MOST_OBJECT_BYTES:
            raise UnreadableFile(f"“{name}” is JSON, but too large to be a library export.")
    joined = "".join(parts)
    if _values_in(joined) > MOST_VALUES:
        raise UnreadableFile(f"“{name}” is JSON of more than {MOST_VALUES:,} values. Split it into parts.")
    try:
        return json.loads(joined)
    except RecursionError as problem:
        raise UnreadableFile(f"“{name}” is nested too deeply to be an export of tracks.") from problem
    except ValueError as problem:
        raise UnreadableFile(_why(problem, name)) from problem


def _why(problem: ValueError, name: str) -> str:
    if "Exceeds the limit" in str(problem):  # https://docs.python.org/3/library/stdtypes.html#int-max-str-digits
        return f"“{name}” holds a number of thousands of digits, which no export does. It was not read."
    return f"“{name}” is not complete JSON. Download it again."


def _values_in(text: str) -> int:
    """At least as many as there are values."""
    return sum(text.count(sign) for sign in "{[,")
