"""Weights and aims in words: every default is normal, every preset reads as what it does."""

import pytest

from recsys.core.engine.presets import PRESETS
from recsys.core.engine.recipe import Recipe
from recsys.core.model.features import FEATURES, feature
from recsys.ui.recommend.levels import (
    AIMS,
    LEVEL_WORDS,
    aim_in_words,
    level_in_words,
    levels,
    move_in_words,
    nearest_aim,
)


@pytest.mark.parametrize("f", FEATURES, ids=lambda f: f.name)
def test_levels_rise_and_the_middle_one_is_the_default(f):
    assert list(levels(f)) == sorted(set(levels(f)))
    assert levels(f)[0] == 0
    assert level_in_words(f, f.default_weight) == "normal"
    assert [level_in_words(f, weight) for weight in levels(f)] == list(LEVEL_WORDS)


def test_every_level_is_a_weight_a_recipe_takes():
    for f in FEATURES:
        for weight in levels(f):
            Recipe().with_weight(f.name, weight)


def test_only_a_weight_of_nothing_is_off():
    assert level_in_words(feature("energy"), 0.01) == "a little"
    assert level_in_words(feature("energy"), 1_000) == "decides"


def test_what_a_preset_puts_first_reads_as_a_lot_or_more():
    mood = next(preset for preset in PRESETS if preset.name == "Mood").all_weights()

    assert [level_in_words(feature(name), mood[name]) for name in ("valence", "energy")] == ["a lot", "a lot"]
    assert level_in_words(feature("genre"), mood["genre"]) == "a little"


def test_a_weight_moved_within_a_level_says_which_way():
    energy = feature("energy")

    assert move_in_words(energy, 1.0, 5.0) == "a lot"
    assert move_in_words(energy, 1.0, 1.5) == "normal, slightly more"
    assert move_in_words(energy, 0.5, 0.25) == "a little, slightly less"
    assert move_in_words(energy, 1.0, 1.0) == "normal"


@pytest.mark.parametrize(
    ("name", "shift", "words"),
    [
        ("energy", 0.0, "like you"),
        ("energy", -1.0, "a little calmer"),
        ("energy", -2.0, "calmer"),
        ("acousticness", 3.0, "much more acoustic"),
        ("acousticness", 4.0, "far more acoustic"),
        ("energy", 0.1, "a little more intense"),
        ("energy", -0.5, "a little calmer"),
        ("energy", 2.6, "much more intense"),
    ],
)
def test_an_aim_says_how_far_and_which_way(name, shift, words):
    assert aim_in_words(feature(name), shift) == words


def test_every_aim_reads_differently():
    for f in FEATURES:
        assert len({aim_in_words(f, shift) for shift in AIMS}) == len(AIMS)


def test_an_aim_between_two_is_shown_at_the_nearer_and_a_small_one_is_never_none():
    assert [nearest_aim(shift) for shift in (0.0, -0.1, 0.5, 2.6, -4.0)] == [0.0, -1.0, 1.0, 3.0, -4.0]


def test_every_aim_is_one_that_a_recipe_takes():
    for shift in AIMS:
        Recipe(shifts={"energy": shift})
