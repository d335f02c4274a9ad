"""Which songs of a catalogue can be recommended to a listener, and what became of the others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.filters import Filters, exclude, excluded_in_words
from recsys.core.engine.recipe import ChoiceName, Recipe
from recsys.core.model.arrays import Doubles, Integers, Mask

MAX_CACHED: Final = 4
"""Exclusions cached for the next move of a slider, the last first: comparing two recipes needs two."""


LEFT_OUT: Final = {
    "owned": "you have or like",
    "disliked": "you turned down",
    "seed": "that the list starts from",
    "given_before": "you were given before",
    "familiar_artists": "by artists you know",
    "not_owned": "not yours",
    "recently_heard": "heard lately, or we don’t know when",
    "too_little_known": "we know too little about",
}
"""Why songs that no filter excludes are left out, as phrases that follow a number of songs."""


@dataclass(frozen=True)
class Exclusion:
    """
    Songs that are no candidates, whatever the weights.

    `rows` (songs,) bool; `counts` how many for which reason, each song counted once; `left` (patterns,) how many songs
    of each pattern are candidates if enough is known of them. `locked` are the rows of the locked songs that are
    candidates however little is known of them (`engine.locked`), and `locked_left` (patterns,) counts them; `reasons`
    says for the row of each other locked song why it is no candidate. `named` is the row of each locked id that the
    catalogue knows, the ids of other versions included.
    """

    rows: Mask
    counts: Mapping[str, int]
    left: Integers
    locked: Integers
    locked_left: Integers
    reasons: Mapping[int, str]
    named: Mapping[str, int]


class Candidates:
    """
    The candidates of one listener.

    Parameters
    ----------
    catalogue : Catalogue
    owned, disliked : rows of the catalogue
        Disliked songs are never recommended, owned ones only where a recipe chooses from them; a song in both is
        counted as owned where all of those are left out.
    seeds : rows of the catalogue
        Among the owned; never recommended.
    given : rows of the catalogue
        Songs of earlier lists; never recommended, whatever a recipe chooses from.
    months_silent : (songs,) or None
        Months since each owned song was last heard, NaN where unknown; None where nothing is known.
    familiar : () -> rows of the catalogue
        Songs by artists in the library, asked for when first needed.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        owned: Integers,
        disliked: Integers,
        familiar: Callable[[], Integers],
        seeds: Integers,
        given: Integers,
        months_silent: Doubles | None,
    ) -> None:
        self._catalogue, self._familiar = catalogue, familiar
        self._seeds, self._disliked, self._given, self._months_silent = seeds, disliked, given, months_silent
        # A mask and no list of rows: every later filter is one pass of `|` over it.
        self.always = np.zeros(len(catalogue), dtype=bool)
        self.always[owned] = self.always[disliked] = True
        strangers = np.setdiff1d(disliked, owned)
        self._counts = {"catalogue": len(catalogue), "owned": len(owned), "disliked": len(strangers)}
        self._stored: list[tuple[tuple[bool, Filters, ChoiceName, float, frozenset[str]], Exclusion]] = []

    def exclusion(self, recipe: Recipe) -> Exclusion:
        """What a recipe excludes; the last few are cached, since filters change less often than weights."""
        choice = (recipe.only_new_artists, recipe.filters, recipe.choose_from, recipe.silent_months)
        wanted = (*choice, frozenset(recipe.locked))
        for at, (stored, exclusion) in enumerate(self._stored):
            if stored == wanted:
                self._stored.insert(0, self._stored.pop(at))
                return exclusion
        exclusion = self._exclude(*wanted)
        self._stored = [(wanted, exclusion), *self._stored[: MAX_CACHED - 1]]
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
        candidates = int(exclusion.left[is_eligible].sum() + exclusion.locked_left[~is_eligible].sum())
        unknown = int(exclusion.left.sum()) - candidates
        return {**exclusion.counts, "too_little_known": unknown, "candidates": candidates}

    def _exclude(
        self,
        only_new_artists: bool,
        filters: Filters,
        choose_from: ChoiceName,
        silent_months: float,
        locked: frozenset[str],
    ) -> Exclusion:
        unchosen, counts = self._unchosen(choose_from, silent_months)
        always = unchosen
        if len(self._given):
            # Once for each exclusion that is made, and only where there are earlier lists.
            always = unchosen.copy()
            always[self._given] = True
            counts["given_before"] = int(np.count_nonzero(always) - np.count_nonzero(unchosen))
        rows, counts = always, {**counts, "familiar_artists": 0}
        if only_new_artists:
            # `always` is shared by every recipe, so it is copied before anything is added.
            rows = rows.copy()
            rows[self._familiar()] = True
            counts["familiar_artists"] = int(np.count_nonzero(rows) - np.count_nonzero(always))
        named = self._catalogue.rows_of(sorted(locked))
        locked_rows = np.unique(np.fromiter(named.values(), dtype=np.int64))
        excluded = locked_rows[rows[locked_rows]].tolist()
        reasons = {row: self._why_excluded(row, unchosen, choose_from) for row in excluded}
        if filters:
            ruled_out = exclude(self._catalogue, filters, rows, locked_rows)
            rows, counts = ruled_out.songs, {**counts, **ruled_out.counts}
            reasons |= ruled_out.reasons
        # Counted once per exclusion; a moved slider then only sums over the patterns that are eligible.
        left = np.zeros(len(self._catalogue.patterns), dtype=np.int64)
        for start, stop, pattern in self._catalogue.chunks:
            left[pattern] += stop - start - np.count_nonzero(rows[start:stop])
        locked_rows = locked_rows[~rows[locked_rows]]
        locked_left = np.bincount(self._catalogue.patterns_of(locked_rows), minlength=len(left))
        return Exclusion(rows, counts, left, locked_rows, locked_left, reasons, named)

    def _why_excluded(self, row: int, unchosen: Mask, choose_from: ChoiceName) -> str:
        """Why the song in a row is excluded, before any filter."""
        if row in self._seeds:
            return "seed"
        if row in self._disliked:
            return "disliked"
        if unchosen[row]:
            own = "owned" if choose_from == "new" else "recently_heard"
            return own if self.always[row] else "not_owned"
        return "given_before" if row in self._given else "familiar_artists"

    def _unchosen(self, choose_from: ChoiceName, silent_months: float) -> tuple[Mask, dict[str, int]]:
        """What a recipe does not choose from, and how many for which reason."""
        if choose_from == "new":
            return self.always, dict(self._counts)
        turned_down = np.setdiff1d(self._disliked, self._seeds)
        counts = {"catalogue": len(self._catalogue), "owned": len(self._seeds), "disliked": len(turned_down)}
        rows = np.zeros(len(self._catalogue), dtype=bool)
        rows[self._seeds] = rows[self._disliked] = True
        if choose_from == "everything":
            return rows, counts
        is_owned = self.always & ~rows
        months = np.zeros(len(rows)) if self._months_silent is None else np.nan_to_num(self._months_silent)
        is_recent = is_owned & (months < silent_months)
        is_unowned = ~is_owned & ~rows
        return rows | is_recent | is_unowned, {
            **counts,
            "not_owned": int(np.count_nonzero(is_unowned)),
            "recently_heard": int(np.count_nonzero(is_recent)),
        }


def why_none_is_left(filters: Filters, counts: Mapping[str, int]) -> str:
    """Why there is no candidate: the filters if any excluded a song, else the most frequent reason."""
    if phrases := excluded_in_words(filters, counts):
        return f"Nothing is left after your filters: {', '.join(phrases)}. Loosen one of them."
    sentences = {
        "owned": "Your library already holds every song of the catalogue that could be recommended.",
        "disliked": "You turned down every song of the catalogue that could be recommended.",
        "given_before": "You were given every song of the catalogue that could be recommended.",
        "familiar_artists": "Every song that is left is by an artist in your library. Allow familiar artists.",
        "too_little_known": "Too little is known of the songs of the catalogue to rank them by these weights and aims.",
    }
    if "recently_heard" in counts and counts.get("too_little_known"):
        return (
            "Too little is known of the songs you have not heard for so long to rank them by these weights and aims. "
            "Look up their audio features, or ask for fewer months."
        )
    if "recently_heard" in counts and not counts["recently_heard"]:
        return "None of your songs are in the catalogue, so none of them can be ranked as forgotten."
    if "recently_heard" in counts:
        return (
            "We know of no song of yours that you have not heard for so long. Ask for fewer months, or import your "
            "listening history."
        )
    return sentences[max(sentences, key=lambda reason: counts.get(reason, 0))]
