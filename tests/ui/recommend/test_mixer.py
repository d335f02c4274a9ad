"""What a move of the mixer does to a recipe; what no mixer sends does nothing."""

import pytest

from recsys.core.engine.presets import PRESETS
from recsys.core.engine.recipe import Recipe
from recsys.core.model.features import default_weights
from recsys.errors import BadRecipe, UnknownFeature
from recsys.ui.recommend.mixer import moved


def test_only_what_was_moved_changes():
    exact = Recipe(weights={"energy": 0.123}, shifts={"valence": 0.7}, variety=0.3)

    after = moved(exact, {"aims": {"energy": -1.0}, "weights": {"tempo": 2.5}})

    assert (after.weights["energy"], after.weights["tempo"], after.variety) == (0.123, 2.5, 0.3)
    assert dict(after.shifts) == {"valence": 0.7, "energy": -1.0}


def test_an_aim_put_back_to_the_middle_is_none():
    assert dict(moved(Recipe(shifts={"energy": 1.0}), {"aims": {"energy": 0}}).shifts) == {}


def test_a_preset_changes_weights_and_leaves_aims_and_settings():
    before = Recipe(shifts={"energy": 1.0}, length=50)

    after = moved(before, {"preset": "Mood"})

    assert after.weights == next(preset for preset in PRESETS if preset.name == "Mood").all_weights()
    assert (dict(after.shifts), after.length) == ({"energy": 1.0}, 50)


def test_a_reset_of_the_mixer_leaves_the_other_settings():
    after = moved(Recipe(weights={"energy": 5}, shifts={"energy": 1.0}, only_new_artists=True), {"reset": True})

    assert (after.weights, dict(after.shifts), after.only_new_artists) == (default_weights(), {}, True)


def test_turning_everything_off_is_refused():
    with pytest.raises(BadRecipe):
        moved(Recipe(), {"weights": dict.fromkeys(default_weights(), 0)})


@pytest.mark.parametrize("sent", [{"aims": {"energy": 9}}, {"weights": {"energy": -1}}, {"weights": {"energy": 1e12}}])
def test_values_out_of_range_are_refused(sent):
    with pytest.raises(BadRecipe):
        moved(Recipe(), sent)


def test_a_name_that_is_no_feature_is_refused():
    with pytest.raises(UnknownFeature):
        moved(Recipe(), {"weights": {"__proto__": 1}})


@pytest.mark.parametrize(
    "sent", [{}, {"aims": [1]}, {"weights": {"energy": "5"}}, {"aims": {"energy": None}}, {"preset": "No such"}]
)
def test_what_no_mixer_sends_changes_nothing(sent):
    assert moved(Recipe(), sent) == Recipe()
