"""Small track tables that can be checked by eye."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from recsys.core.model.features import NUMBER_FEATURES
from recsys.core.model.tracks import as_tracks


def tracks(*rows: Mapping[str, Any]) -> pd.DataFrame:
    """A track table; what a row leaves out is invented from its place, features stay missing."""
    invented = [{"track_id": f"t{at}", "title": f"Song {at}", "artists": f"Artist {at}"} for at in range(len(rows))]
    return as_tracks(pd.DataFrame([own | dict(row) for own, row in zip(invented, rows, strict=True)]))


def random_tracks(count: int, seed: int = 0, prefix: str = "r", missing: float = 0.0) -> pd.DataFrame:
    """Tracks with drawn features, each of which is missing with the given chance."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "track_id": [f"{prefix}{at}" for at in range(count)],
            "title": [f"Song {prefix} {at}" for at in range(count)],
            "artists": [f"Artist {prefix} {at // 2}" for at in range(count)],
            "genres": rng.choice(["rock,pop", "jazz", "bebop,jazz", "techno"], count),
        }
    )
    for feature in NUMBER_FEATURES:
        low, high = max(feature.low, -60), min(feature.high, 400_000)
        table[feature.column] = low + (high - low) * rng.beta(2, 3, count)
    for column in [f.column for f in NUMBER_FEATURES] + ["genres"]:
        table.loc[rng.random(count) < missing, column] = None
    return as_tracks(table)
