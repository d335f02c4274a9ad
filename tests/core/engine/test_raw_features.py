"""The exact numbers of a catalogue's songs are read back from its scaled axes."""

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.raw_features import FLAGS
from recsys.core.model.features import NUMBER_FEATURES
from tests.core.small import random_tracks, tracks

TABLE = random_tracks(5_000, missing=0.1)
"""Many more values than the 2,048 knots of the scaling, and clipped ends of 25 songs each."""


def in_order_of(catalogue, table):
    return table.set_index("track_id").loc[catalogue.tracks["track_id"].tolist()].reset_index()


@pytest.mark.parametrize("feature", NUMBER_FEATURES, ids=lambda f: f.name)
def test_every_value_comes_back_as_it_was(feature):
    catalogue = Catalogue.from_tracks(TABLE)
    wanted = in_order_of(catalogue, TABLE)[feature.column]

    found = catalogue.raw.at(np.arange(len(catalogue)))[feature.column]

    assert found.isna().tolist() == wanted.isna().tolist()
    tolerance = 1e-6 if feature.name == "tempo" else 0
    assert found.to_numpy() == pytest.approx(wanted.to_numpy(), rel=tolerance, abs=0, nan_ok=True)


@pytest.mark.parametrize("feature", [f for f in NUMBER_FEATURES if f.name != "tempo"], ids=lambda f: f.name)
def test_a_range_holds_its_ends_and_nothing_that_is_unknown(feature):
    catalogue = Catalogue.from_tracks(TABLE)
    column = in_order_of(catalogue, TABLE)[feature.column]
    values = np.sort(column.dropna())

    for low, high in ((values[0], values[2]), (values[40], values[-41]), (values[-3], values[-1]), (values[9], 1e9)):
        found = catalogue.raw.within(feature.name, low, high)

        assert found.tolist() == column.between(low, high).tolist()
    assert not catalogue.raw.within(feature.name, values[3] + 1e-9, values[3] + 2e-9).any()


def test_tied_values_at_a_clipped_end_are_distinguished():
    catalogue = Catalogue.from_tracks(tracks(*({"year": 1900 + min(at, 100) // 2, "energy": 0.5} for at in range(900))))

    assert catalogue.raw.within("year", 1900, 1900).sum() == 2
    assert catalogue.raw.within("year", 1901, 1901).sum() == 2


def test_either_octave_of_a_tempo_counts():
    catalogue = Catalogue.from_tracks(tracks(*({"tempo": tempo} for tempo in (50, 85, 90, 170, 200)), {"energy": 0.5}))
    tempos = catalogue.raw.at(np.flatnonzero(catalogue.raw.within("tempo", 84, 92)))["tempo"]

    assert sorted(tempos) == [85, 90, 170]


def test_key_mode_and_explicit_come_back_and_unknown_is_missing():
    rows = ({"key": 0, "mode": 1, "explicit": 0, "energy": 0.1}, {"key": 11, "mode": 0, "explicit": 1, "energy": 0.2})
    catalogue = Catalogue.from_tracks(tracks(*rows, {"energy": 0.3}))

    found = catalogue.raw.at(np.arange(3)).sort_values("energy")[list(FLAGS)]

    expected = pd.DataFrame({"key": [0, 11, np.nan], "mode": [1, 0, np.nan], "explicit": [0, 1, np.nan]})
    pd.testing.assert_frame_equal(found.reset_index(drop=True), expected)


def test_an_empty_catalogue_holds_no_numbers():
    catalogue = Catalogue.from_tracks(TABLE.head(0))

    assert catalogue.raw.at(np.arange(0)).empty
    assert catalogue.raw.within("energy", 0, 1).tolist() == []
