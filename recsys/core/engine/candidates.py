"""Which songs of a catalogue can be recommended to a listener, and what became of the others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.filters import Filters, exclude, excluded_in_words
from recsys.core.engine.recipe import Recipe
from recsys.core.model.arrays import Integers, Mask

STORED: Final = 4
"""Answers stored for the next move of a slider, the last first: comparing two recipes needs two."""


@dataclass(frozen=True)
class Exclusion:
    """
    Songs that are no candidates, whatever the weights.

    `rows` (songs,) bool; `counts` how many for which reason, each song counted once; `left` (patterns,) how many songs
    of each pattern are candidates if enough is known of them.
    """

    rows: Mask
    counts: Mapping[str, int]
    left: Integers


class Candidates:
    """
    The candidates of one listener.

    Parameters
    ----------
    catalogue : Catalogue
    owned, disliked : rows of the catalogue
        Never recommended; no row in both.
    familiar : () -> rows of the catalogue
        Songs by artists in the library, asked for when first needed.
    """

    def __init__(
        self, catalogue: Catalogue, owned: Integers, disliked: Integers, familiar: Callable[[], Integers]
    ) -> None:
        self._catalogue, self._familiar = catalogue, familiar
        self.always = np.zeros(len(catalogue), dtype=bool)
        self.always[owned] = self.always[disliked] = True
        self._counts = {"catalogue": len(catalogue), "owned": len(owned), "disliked": len(disliked)}
        self._stored: list[tuple[tuple[bool, Filters], Exclusion]] = []

    def exclusion(self, recipe: Recipe) -> Exclusion:
        """What a recipe excludes; the last few answers are stored, for filters change less often than weights."""
        wanted = (recipe.only_new_artists, recipe.filters)
        for at, (stored, exclusion) in enumerate(self._stored):
            if stored == wanted:
                self._stored.insert(0, self._stored.pop(at))
                return exclusion
        exclusion = self._exclude(*wanted)
        self._stored = [(wanted, exclusion), *self._stored[: STORED - 1]]
        return exclusion

    def count(self, recipe: Recipe, is_eligible: Mask) -> dict[str, int]:
        """
        "catalogue" songs, why which of them are excluded, and "candidates"; all but the first add up to the first.

        Parameters
        ----------
        recipe : Recipe
        is_eligible : (patterns,) bool
            Of which patterns enough is known.
        """
        exclusion = self.exclusion(recipe)
        candidates = int(exclusion.left[is_eligible].sum())
        unknown = int(exclusion.left.sum()) - candidates
        return {**exclusion.counts, "too_little_known": unknown, "candidates": candidates}

    def _exclude(self, only_new_artists: bool, filters: Filters) -> Exclusion:
        rows, counts = self.always, {**self._counts, "familiar_artists": 0}
        if only_new_artists:
            rows = rows.copy()
            rows[self._familiar()] = True
            counts["familiar_artists"] = int(np.count_nonzero(rows) - np.count_nonzero(self.always))
        if filters:
            ruled_out = exclude(self._catalogue, filters, rows)
            rows, counts = ruled_out.songs, {**counts, **ruled_out.counts}
        left = np.zeros(len(self._catalogue.patterns), dtype=np.int64)
        for start, stop, pattern in self._catalogue.chunks:
            left[pattern] += stop - start - np.count_nonzero(rows[start:stop])
        return Exclusion(rows, counts, left)


def why_none_is_left(filters: Filters, counts: Mapping[str, int]) -> str:
    """Why there is no candidate: the filters if any excluded a song, else the most frequent reason."""
    if phrases := excluded_in_words(filters, counts):
        return f"Nothing is left after your filters: {', '.join(phrases)}. Loosen one of them."
    sentences = {
        "owned": "Your library already holds every song of the catalogue that could be recommended.",
        "disliked": "You turned down every song of the catalogue that could be recommended.",
        "familiar_artists": "Every song that is left is by an artist in your library. Allow familiar artists.",
        "too_little_known": "Too little is known about the songs of the catalogue to rank them by these weights.",
    }
    return sentences[max(sentences, key=lambda reason: counts[reason])]
