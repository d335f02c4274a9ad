"""The table of plays: a listening history."""

import pandas as pd


def no_plays() -> pd.DataFrame:
    """An empty listening history: `track_id`, `played_at` (ISO 8601, UTC), `ms_played` (float, missing if unknown)."""
    return pd.DataFrame({"track_id": [], "played_at": [], "ms_played": []}).astype(
        {"track_id": "str", "played_at": "str", "ms_played": "float64"}
    )
