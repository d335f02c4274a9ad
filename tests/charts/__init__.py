"""Tests of the figures: the numbers and words in them, not their pixels."""

import pandas as pd

from recsys.core.model.tracks import as_tracks


def tracks(**columns):
    """A track table with the columns given; ids t0, t1 …, titles the same."""
    many = len(next(iter(columns.values())))
    names = [f"t{number}" for number in range(many)]
    return as_tracks(pd.DataFrame({"track_id": names, "title": names, "artists": "Somebody"} | columns))
