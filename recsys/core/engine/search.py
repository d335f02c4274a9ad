"""Finds songs by the words of their title and artists, whatever the case, the accents or the order of the words."""

import re
import unicodedata
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.model.arrays import Integers
from recsys.core.model.identity import hash_texts

MAX_QUERY: Final = 200
"""Characters of a query that are read."""

MAX_CANDIDATES: Final = 400
"""Songs with all the words that are ordered by how well they match: the most popular ones."""

_MARKS: Final = re.compile("[\u0300-\u036f]+")
_NOT_WORDS: Final = re.compile(r"[^\w\n\t]+|_+")
_WHOLE_LETTERS: Final = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"}
_APOSTROPHES: Final = ("'", "’", "‘", "`")


def fold(text: str) -> str:
    """
    Text as it is compared: NFKD without accents, case-folded, words separated by single spaces.

    Line ends and tabs stay, so that millions of titles can be folded as one text.
    """
    folded = _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    for apostrophe in _APOSTROPHES:
        folded = folded.replace(apostrophe, "")
    for letter, plain in _WHOLE_LETTERS.items():
        folded = folded.replace(letter, plain)
    return _NOT_WORDS.sub(" ", folded)


class SongIndex:
    """
    The titles and artists of a track table as one folded text, most popular song first.

    A query scans the text with `bytes.find`, which reads about a gigabyte a second; 1,000,000 songs are some 40 MB.

    Parameters
    ----------
    tracks : DataFrame
        title, artists and, for the order, popularity (missing values come last). May be empty.
    """

    def __init__(self, tracks: pd.DataFrame) -> None:
        popularity = tracks["popularity"].to_numpy(np.float64)
        # Lines are in order of popularity, so the first lines found are the most popular ones and a search may stop
        # early.
        self._rows = np.argsort(-np.nan_to_num(popularity, nan=-1.0), kind="stable")
        folded = []
        for name in ("title", "artists"):
            # One call of `fold` on a joined text, not one per title: line ends survive folding, so it splits again.
            texts = tracks[name].iloc[self._rows].astype("str").fillna("")
            one_line_each = texts.str.replace(r"[\t\n]", " ", regex=True).tolist()
            folded.append(fold("\n".join(one_line_each)).split("\n") if one_line_each else [])
        titles, artists = folded
        lines = [f" {title.strip()}\t {artist.strip()}" for title, artist in zip(titles, artists, strict=True)]
        self._title_hashes = hash_texts(title.strip() for title in titles)
        # A line end before the first line and after the last: every line has one on both sides.
        self._text = ("\n" + "\n".join(lines) + "\n").encode("utf-8", "surrogatepass")
        self._starts = np.flatnonzero(np.frombuffer(self._text, dtype=np.uint8) == ord("\n"))

    def __len__(self) -> int:
        return len(self._rows)

    def search(self, query: str, limit: int = 20) -> Integers:
        """
        Rows of the table whose title and artists have every word of the query as the beginning of a word.

        Titles equal to the query come first, then titles and artists that begin with it, then the others; within each
        the more popular song. An empty query finds nothing.
        """
        wanted = " ".join(fold(query[:MAX_QUERY].replace("\n", " ").replace("\t", " ")).split())
        if not wanted:
            return np.empty(0, dtype=np.int64)
        # Words are looked for with the blank before them, so that they match only where a word begins.
        words = sorted({f" {word}".encode("utf-8", "surrogatepass") for word in wanted.split()}, key=len, reverse=True)
        is_same_title = self._title_hashes == hash_texts([wanted])[0]
        found = dict.fromkeys([*np.flatnonzero(is_same_title)[:MAX_CANDIDATES].tolist(), *self._with_words(words)])
        ordered = sorted(found, key=lambda at: (self._tier(at, wanted.encode("utf-8", "surrogatepass")), at))
        return np.asarray(self._rows[ordered[:limit]], dtype=np.int64)

    def _with_words(self, words: list[bytes]) -> list[int]:
        """
        Lines that have all the words, in order, at most `MAX_CANDIDATES`.

        A leapfrog join: every word jumps to the furthest line that another one has reached, so a rare word saves the
        frequent ones most of the text (Veldhuizen, https://arxiv.org/abs/1210.0481).
        """
        text = self._text
        found: list[int] = []
        line, agreed = 0, 0
        while len(found) < MAX_CANDIDATES:
            at = text.find(words[agreed], line)
            if at < 0:
                break
            start = text.rfind(b"\n", 0, at)
            # On a later line all words are looked for again, this one too, which finds itself at once.
            line, agreed = start, agreed + 1 if start == line else 0
            if agreed == len(words):
                found.append(line)
                line, agreed = text.find(b"\n", at), 0
        # The offset of a line's start, found among all starts, is its number.
        positions: list[int] = np.searchsorted(self._starts, found).tolist()
        return positions

    def _tier(self, at: int, wanted: bytes) -> int:
        """How well a line matches, 0 best."""
        title, _, artist = self._text[self._starts[at] + 1 : self._starts[at + 1]].partition(b"\t")
        title, artist = title.strip(), artist.strip()
        if title == wanted:
            return 0
        if artist == wanted:
            return 1
        return 2 if title.startswith(wanted) or artist.startswith(wanted) else 3
