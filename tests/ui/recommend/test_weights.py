"""The weights a search tries, and what the list owes to each feature."""

import pandas as pd
import pytest

from recsys.core.engine.presets import PRESETS, WEIGHTS_TRIED
from recsys.core.model.features import FEATURES
from recsys.ui.recommend.weights import percentages, shares


def test_every_default_and_every_preset_is_a_weight_that_a_search_tries():
    offered = [f.default_weight for f in FEATURES]
    offered += [weight for preset in PRESETS for weight in preset.all_weights().values()]

    assert set(offered) <= set(WEIGHTS_TRIED)


def test_the_weights_that_a_search_tries_begin_with_none_and_rise():
    assert WEIGHTS_TRIED[0] == 0
    assert list(WEIGHTS_TRIED) == sorted(WEIGHTS_TRIED)


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
