"""What is below the list: what made it, and what was left out."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.engine.candidates import LEFT_OUT
from recsys.core.engine.filters import Filters, excluded_in_words
from recsys.core.engine.pool import AROUND_YOU, POOL
from recsys.core.engine.query import LONGEST_LIBRARY
from recsys.core.engine.recommender import Recommendations
from recsys.core.insights.wording import counted, unlisted_in_words, unranked_in_words
from recsys.core.model.features import FEATURES
from recsys.ui.session import ListenerSession

_NAMES: Final = {f.name: f.title for f in FEATURES}
_DIALS: Final = {"per_artist": "The limit per artist", "variety": "Variety"}


def facts(session: ListenerSession, found: Recommendations) -> list[str]:
    """Sentences: what made the list, what was left out, and what the settings changed."""
    is_own = session.recipe.choose_from == "forgotten"
    says = [
        *unlisted_in_words(found.unlisted),
        *made_of(found),
        compared(found.counts, session.recipe.filters, "your" if is_own else "the catalogue’s"),
    ]
    if len(found.unranked):
        says.append(unranked_in_words(found.unranked))
    if session.recipe.filters.no_explicit and not session.catalogue.marks_explicit:
        says.append("This catalogue does not say which songs are explicit, so none could be left out.")
    if POOL in found.table:
        around = int((found.table[POOL] == AROUND_YOU).sum())
        says.append(f"{around:,} of these {counted(len(found.table), 'song')} were found around yours.")
    if not session.seeds and len(session.recommender.own) == LONGEST_LIBRARY < len(session.library):
        says.append(f"For speed we use a random {LONGEST_LIBRARY:,} of your {len(session.library):,} songs.")
    for dial, cost in found.costs.items():
        if cost.replaced and dial in _DIALS:
            says.append(f"{_DIALS[dial]} swapped out {counted(cost.replaced, 'song')}.")
    return says


def size(listed: int, catalogue: int) -> str:
    """How many songs are listed of how many."""
    return f"{counted(listed, 'song')} of {catalogue:,}"


def shares_by_title(found: Recommendations) -> dict[str, int]:
    """How much of a list each feature explains, in per cent by title, most first; without what rounds to nothing."""
    made = percentages(shares(found.contributions))
    return {_NAMES.get(str(name), str(name)): percent for name, percent in made.items() if percent}


def shares(contributions: pd.DataFrame) -> pd.Series:
    """How much of the list each column explains: mean absolute contribution, as shares that sum to 1, largest first."""
    sizes = np.abs(contributions.to_numpy()).mean(axis=0)
    order = np.argsort(-sizes, kind="stable")
    return pd.Series(sizes[order] / (sizes.sum() or 1.0), contributions.columns[order])


def percentages(shares: pd.Series) -> pd.Series:
    """Shares in whole per cent that add up to 100: what rounding down leaves goes to the largest remainders."""
    exact = 100 * shares.to_numpy()
    whole = exact.astype(int)
    left = round(float(exact.sum())) - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:left]] += 1
    return pd.Series(whole, shares.index)


def made_of(found: Recommendations) -> list[str]:
    """The same as a sentence; none where nothing explains the list."""
    parts = [f"{title.lower()} {percent}%" for title, percent in shares_by_title(found).items()]
    return [f"What made this list: {', '.join(parts)}."] if parts else []


def compared(counts: Mapping[str, int], filters: Filters | None = None, whose: str = "the catalogue’s") -> str:
    """How many songs, the catalogue’s or the listener’s own, were compared, and what became of every other one."""
    left_out = [f"{counts[reason]:,} {words}" for reason, words in LEFT_OUT.items() if counts.get(reason)]
    left_out += excluded_in_words(filters or Filters(), counts)
    says = f"{counts['candidates']:,} of {whose} {counted(counts['catalogue'], 'song')} compared"
    return f"{says}; left out: {', '.join(left_out)}." if left_out else f"{says}."
