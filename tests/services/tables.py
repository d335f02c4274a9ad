"""Small track tables for the services."""

import pandas as pd

from recsys.core.model.tracks import as_tracks
from tests.fakes.spotify.music import spotify_id


def tracks(count, **columns):
    """So many invented tracks without audio features, unless `columns` say otherwise."""
    numbers = range(count)
    table = {
        "track_id": [spotify_id("table", number) for number in numbers],
        "title": [f"Song {number}" for number in numbers],
        "artists": ["Ida Voss"] * count,
        **columns,
    }
    return as_tracks(pd.DataFrame(table))
