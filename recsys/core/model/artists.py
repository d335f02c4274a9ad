"""Who a song is by: artists as compared, and the rows of a catalogue by given artists."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recsys.core.model.arrays import Codes, Integers
from recsys.core.model.identity import artist_key, artist_names, hash_texts


def keys(artists: str) -> list[str]:
    """The compared names of all artists joined with ";", empty ones left out."""
    return [key for key in map(artist_key, artist_names(artists)) if key]


def first_artists(artists: pd.Series) -> Codes:
    """A number per row that is equal for songs of one first artist, (n,); rows without an artist equal no other."""
    names = artists.astype("str").fillna("").tolist()
    firsts = [artist_key(artist_names(joined)[0]) or f"row {row}" for row, joined in enumerate(names)]
    return np.asarray(pd.factorize(pd.Series(firsts))[0], dtype=np.int32)


@dataclass(frozen=True)
class Artists:
    """
    The artists of a catalogue.

    `numbers` (pairs,) int64, rising, and `texts` (pairs,): each artist's number beside a distinct text of joined
    artists that names them. `codes` (songs,) is the text of each song.
    """

    numbers: Integers
    texts: Codes
    codes: Codes

    @classmethod
    def of(cls, artists: pd.Series) -> "Artists":
        """From a categorical column."""
        names = [keys(text) for text in artists.cat.categories.tolist()]
        texts = np.repeat(np.arange(len(names), dtype=np.int32), [len(found) for found in names])
        numbers = hash_texts(name for found in names for name in found)
        order = np.argsort(numbers)
        return cls(numbers[order], texts[order], artists.cat.codes.to_numpy(np.int32))

    def rows_by(self, artists: pd.Series) -> Integers:
        """Rows of songs that any of the artists of any row of a column takes part in."""
        wanted = hash_texts({key for joined in artists.dropna().tolist() for key in keys(joined)})
        is_wanted = np.zeros(self.codes.max(initial=-1) + 2, dtype=bool)
        is_wanted[self.texts[np.isin(self.numbers, wanted)]] = True
        return np.flatnonzero(is_wanted[self.codes])
