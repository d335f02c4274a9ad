"""The slider positions, and what the list owes to each feature."""

import pandas as pd
import pytest

from recsys.core.engine.presets import PRESETS, WEIGHT_WORDS
from recsys.core.model.features import FEATURES
from recsys.ui.recommend.weights import nearest_step, percentages, shares


def test_every_default_and_every_preset_is_a_slider_position():
    offered = [f.default_weight for f in FEATURES]
    offered += [weight for preset in PRESETS for weight in preset.all_weights().values()]

    assert set(offered) <= set(WEIGHT_WORDS)


def test_the_sliders_run_from_ignored_to_decisive():
    assert next(iter(WEIGHT_WORDS.items())) == (0.0, "ignored")
    assert list(WEIGHT_WORDS.values())[-1] == "decisive"
    assert list(WEIGHT_WORDS) == sorted(WEIGHT_WORDS)


def test_a_weight_between_two_positions_goes_to_the_nearer():
    assert nearest_step(0.9) == 1.0
    assert nearest_step(100) == max(WEIGHT_WORDS)


def test_shares_sum_to_one_and_are_largest_first():
    found = shares(pd.DataFrame({"energy": [0.3, -0.3], "valence": [0.1, 0.1]}))

    assert found.to_dict() == pytest.approx({"energy": 0.75, "valence": 0.25})
    assert list(found.index) == ["energy", "valence"]


def test_a_list_that_owes_nothing_has_no_shares():
    assert shares(pd.DataFrame({"energy": [0.0]})).to_dict() == {"energy": 0.0}


def test_percentages_add_up_to_a_hundred_where_rounding_each_would_not():
    thirds, halves = pd.Series([1 / 3] * 3, list("abc")), pd.Series([0.495, 0.495, 0.006, 0.004], list("abcd"))

    assert percentages(thirds).to_dict() == {"a": 34, "b": 33, "c": 33}
    assert percentages(halves).to_dict() == {"a": 50, "b": 49, "c": 1, "d": 0}
    assert percentages(pd.Series([1.0, 0.0], list("ab"))).to_dict() == {"a": 100, "b": 0}


def test_no_shares_are_no_percentages():
    assert percentages(pd.Series([0.0, 0.0], list("ab"))).to_dict() == {"a": 0, "b": 0}
