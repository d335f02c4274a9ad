"""Small invented pools for measuring: two kinds of music that any centred method can tell apart."""

import numpy as np
import pandas as pd

from recsys.core.model.features import AUDIO_FEATURES
from recsys.core.model.tracks import as_tracks


def two_kinds(each=60, seed=0, **columns):
    """
    A track table of `each` calm songs (ids c0, c1, ...) and as many loud ones (l0, l1, ...), two songs an artist.

    All features are near 0.3 for calm and near 0.7 for loud songs, so both point the same way from zero.
    """
    rng = np.random.default_rng(seed)
    kind = np.repeat([0, 1], each)
    number = np.tile(np.arange(each), 2)
    letter = np.array(["c", "l"])[kind]
    features = {f.column: _between(f, 0.3 + 0.4 * kind + 0.05 * rng.normal(size=2 * each)) for f in AUDIO_FEATURES}
    return as_tracks(
        pd.DataFrame(
            {
                "track_id": [f"{a}{n}" for a, n in zip(letter, number, strict=True)],
                "title": [f"Song {a}{n}" for a, n in zip(letter, number, strict=True)],
                "artists": [f"Artist {a}{n // 2}" for a, n in zip(letter, number, strict=True)],
                "duration_ms": 200_000.0,
                "year": 2000.0,
            }
            | features
            | columns
        )
    )


def _between(feature, share):
    return feature.low + (feature.high - feature.low) * share
