"""The order of a list: what it cost in score, and how the list rises and falls, as a picture with words."""

from typing import Any

import numpy as np

from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommendations
from recsys.core.insights.wording import number, order_in_words
from recsys.core.model.arrays import Doubles
from recsys.core.model.features import Feature, feature
from recsys.ui.recommend.list_rows import ListedSongs


def order_of_list(recipe: Recipe, found: Recommendations, songs: ListedSongs) -> dict[str, Any] | None:
    """`says` and `curve` of a list in another order than by score; None of a list by score."""
    cost = found.costs.get("order")
    if cost is None or (recipe.order == "score" and not cost.replaced):
        return None
    f = feature("tempo" if recipe.by == "tempo" and recipe.order != "smooth" else "energy")
    return {
        "says": order_in_words(cost.replaced, cost.score),
        "curve": _curve(f, songs.raw[f.column].to_numpy(np.float64)) if recipe.order != "score" else None,
    }


def _curve(f: Feature, values: Doubles) -> dict[str, Any] | None:
    """The values from the lowest (0) to the highest (1) of the list, null where unknown; None where all are."""
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return None
    low, high = values[known].min(), values[known].max()
    heights = (values - low) / (high - low or 1.0)
    lowest, highest = (int(known[at(values[known])]) + 1 for at in (np.argmin, np.argmax))
    return {
        "values": [None if np.isnan(height) else round(float(height), 3) for height in heights],
        "low": f.low_words,
        "high": f.high_words,
        "words": f"{f.title} from the first song to the last: lowest at song {lowest} ({number(f, low)}), "
        f"highest at song {highest} ({number(f, high)}).",
    }
