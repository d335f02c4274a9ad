"""Small track tables for tests of feature sources."""

import pandas as pd

from recsys.core.model.tracks import as_tracks
from recsys.feature_sources.source import AUDIO

KNOWN_ENERGY = 0.5


def tracks(*rows):
    """A track table from dicts; `title` and `artists` are invented where a test does not care."""
    return as_tracks(pd.DataFrame([{"title": f"Song {r['track_id']}", "artists": "Somebody"} | r for r in rows]))


def heard(track_id, energy=KNOWN_ENERGY, **more):
    """A row with all audio features."""
    return {"track_id": track_id} | dict.fromkeys(AUDIO, 0.25) | {"energy": energy, "tempo": 120.0} | more
