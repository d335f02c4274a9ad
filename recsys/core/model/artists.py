"""The artists of a catalogue's songs, and the songs by given artists."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from recsys.core.model.arrays import Codes, Integers
from recsys.core.model.credits import Credits, songs_by_text
from recsys.core.model.identity import hash_texts


def first_artists(artists: pd.Series) -> Codes:
    """A number per row that is equal for songs of one first artist, (n,); rows without an artist equal no other."""
    texts = artists.astype("str").fillna("").tolist()
    credits = Credits.of(songs_by_text(texts))
    firsts = [credits.first(text) or f"row {row}" for row, text in enumerate(texts)]
    return np.asarray(pd.factorize(pd.Series(firsts))[0], dtype=np.int32)


@dataclass(frozen=True)
class Artists:
    """
    The artists of a catalogue.

    Attributes
    ----------
    credits : Credits
        Which joint credits are several artists.
    hashes : (pairs,) int64, rising
    texts : (pairs,)
        Each artist's hash beside a distinct text of joined artists that names them.
    codes : (songs,) int32
        The text of each song.
    """

    credits: Credits
    hashes: Integers
    texts: Codes
    codes: Codes

    @classmethod
    def of(cls, artists: pd.Series, credits: Credits | None = None) -> "Artists":
        """From a categorical column; of a part of a catalogue with the credits of the whole."""
        names, codes = artists.cat.categories.tolist(), artists.cat.codes.to_numpy(np.int32)
        if credits is None:
            songs = np.bincount(codes[codes >= 0], minlength=len(names)).tolist()
            credits = Credits.of(dict(zip(names, songs, strict=True)))
        keys = [credits.artists(text) for text in names]
        # One entry per pair of a text and one of its artists.
        texts = np.repeat(np.arange(len(keys), dtype=np.int32), [len(found) for found in keys])
        hashes = hash_texts(key for found in keys for key in found)
        order = np.argsort(hashes)
        return cls(credits, hashes[order], texts[order], codes)

    def rows_by(self, artists: pd.Series) -> Integers:
        """Rows of songs that any of the artists of any row of a column takes part in."""
        texts = artists.dropna().unique().tolist()
        wanted = hash_texts({key for text in texts for key in self.credits.artists(text)})
        # Marked per text and read by code; the last place stays False and is what code -1 (no artist) reads.
        is_wanted = np.zeros(self.codes.max(initial=-1) + 2, dtype=bool)
        is_wanted[self.texts[np.isin(self.hashes, wanted)]] = True
        return np.flatnonzero(is_wanted[self.codes])

    def of_rows(self, rows: Integers) -> Codes:
        """
        The artists of the songs in some rows (n,), (n, most artists of one song) int32, -1 for none.

        Equal numbers for equal artists. A song without any artist gets one of its own.
        """
        order = self.pairs_by_text
        ends = [np.searchsorted(self.texts, self.codes[rows], side, sorter=order) for side in ("left", "right")]
        lengths = ends[1] - ends[0]
        result = np.full((len(rows), max(int(lengths.max(initial=1)), 1)), -1, dtype=np.int32)
        # 0, 1, 2 … within each song: the column that each of its artists goes to.
        song = np.repeat(np.arange(len(rows)), lengths)
        column = np.arange(len(song)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        names, numbers = np.unique(self.hashes[order[ends[0][song] + column]], return_inverse=True)
        result[song, column] = numbers
        nameless = np.flatnonzero(lengths == 0)
        result[nameless, 0] = len(names) + nameless
        return result

    @cached_property
    def pairs_by_text(self) -> Codes:
        """The places of `texts` in rising order, (pairs,) int32."""
        return np.argsort(self.texts, kind="stable").astype(np.int32)
