"""How what a listener plays, or adds, has moved over time."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.insights.placement import medians
from recsys.core.model.arrays import Doubles
from recsys.core.model.features import NUMBER_FEATURES

TOO_FEW: Final = 30
"""The fewest plays or additions that each third must hold."""
NOTABLE: Final = 0.3
"""Changes of at least this many steps of the catalogue's spread are named."""
MOST_NAMED: Final = 2


def change_over_time(positions: Mapping[str, Doubles], library: pd.DataFrame, plays: pd.DataFrame) -> str | None:
    """
    The first third against the last: of the plays, or of the songs by when they were added where no play is known.

    Parameters
    ----------
    positions : mapping of feature name to array (songs,)
        Where the songs of the library lie in the catalogue, NaN where unknown.
    library : DataFrame
        The track table with `track_id` and `added_at`.
    plays : DataFrame
        `track_id` and `played_at`; plays of other tracks take no part.

    Returns
    -------
    str or None
        A sentence that names the two largest changes; None where too little is known or nothing moved much.
    """
    if plays.empty:
        times, rows = library["added_at"].to_numpy(), np.arange(len(library))
        says = "What you added lately is {} than what you added first."
    else:
        places = pd.Series(np.arange(len(library)), index=library["track_id"])
        found = plays["track_id"].map(places[~places.index.duplicated()])
        times, rows = plays["played_at"][found.notna()].to_numpy(), found.dropna().to_numpy(np.int64)
        says = "What you play now is {} than what you played at first."
    is_dated = pd.notna(times)
    in_order = rows[is_dated][np.argsort(times[is_dated].astype(str), kind="stable")]
    third = len(in_order) // 3
    if third < TOO_FEW:
        return None
    first, last = (
        medians({name: column[part] for name, column in positions.items()})
        for part in (in_order[:third], in_order[-third:])
    )
    moved = {
        f: now - before
        for f in NUMBER_FEATURES
        if (before := first[f.name]) is not None and (now := last[f.name]) is not None
    }
    largest = sorted(moved, key=lambda f: -abs(moved[f]))[:MOST_NAMED]
    words = [f.more if moved[f] > 0 else f.less for f in largest if abs(moved[f]) >= NOTABLE]
    return says.format(" and ".join(words)) if words else None
