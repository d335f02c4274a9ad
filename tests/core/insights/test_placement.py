"""Songs are placed in the catalogue on the scale that aims move along."""

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.insights.placement import Yardstick, heights, medians, percentile
from recsys.core.model.tracks import as_tracks


def songs(energy, tempo=120.0, prefix="c"):
    count = len(energy)
    table = {
        "track_id": [f"{prefix}{n:021d}" for n in range(count)],
        "title": [f"{prefix} song {n}" for n in range(count)],
    }
    return as_tracks(pd.DataFrame(table | {"artists": "Band", "energy": energy, "danceability": 0.5, "tempo": tempo}))


CATALOGUE = Catalogue.from_tracks(songs(np.linspace(0, 1, 101), np.linspace(60, 160, 101)))
YARDSTICK = Yardstick.of(CATALOGUE)


def test_the_catalogues_middle_is_zero_and_its_ends_are_far():
    placed = YARDSTICK.positions(songs([0.0, 0.5, 1.0], [60, 110, 160]))

    for name in ("energy", "tempo"):
        assert placed[name] == pytest.approx([-2.576, 0.0, 2.576], abs=0.05)


def test_a_position_is_the_one_that_the_model_scores_by():
    tracks = songs([0.1, 0.7])

    assert YARDSTICK.positions(tracks)["energy"] == pytest.approx(CATALOGUE.space.transform(tracks).values[1], abs=1e-6)


def test_an_unknown_value_has_no_position():
    placed = YARDSTICK.positions(songs([0.5, np.nan]))

    assert np.isnan(placed["energy"]).tolist() == [False, True]
    assert medians(placed)["energy"] == pytest.approx(0, abs=0.01)
    assert np.isnan(placed["valence"]).all(), "no song of the catalogue is known to have any"
    assert medians(placed)["valence"] is None


def test_a_percentile_is_the_share_of_the_catalogue_below():
    assert percentile(0.0) == 0.5
    assert percentile(1.2816) == pytest.approx(0.9, abs=1e-4)
    assert percentile(None) is None
    assert percentile(float("nan")) is None


def test_a_hill_is_highest_where_most_songs_are_and_keeps_what_lies_beyond_the_axis():
    hill = heights(np.array([0.0] * 8 + [9.0] * 2 + [np.nan]), (-2.6, 2.6))

    assert max(hill) == 1.0
    assert hill.index(1.0) in (13, 14)
    assert hill[-1] > 0


def test_no_songs_make_no_hill():
    assert heights(np.array([np.nan]), (-2.6, 2.6)) == []
