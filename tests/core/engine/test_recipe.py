"""Recipes: what can be set, and what is refused in a sentence."""

import json
import math

import numpy as np
import pytest

from recsys.core.engine.recipe import Recipe
from recsys.core.model.features import FEATURES, NUMBER_FEATURES, default_weights
from recsys.core.model.tracks import NUMBERS, TEXT, as_tracks, check_tracks, empty_tracks, links
from recsys.errors import BadRecipe, BadTracks, UnknownFeature
from tests.core.small import tracks


def test_what_is_not_set_keeps_its_default():
    assert Recipe(weights={"energy": 3.0}).weights == {**default_weights(), "energy": 3.0}


def test_a_recipe_survives_being_stored():
    recipe = Recipe(weights={"energy": 3.0}, shifts={"valence": 1.0}, familiarity=-0.5, per_artist=None, length=7)

    assert Recipe.from_json(recipe.as_json()) == recipe
    assert Recipe.from_json({**recipe.as_json(), "weights": {"energy": 3.0, "gone": 1.0}, "other": 1}) == recipe


@pytest.mark.parametrize(
    "stored",
    [{"locked": [1]}, {"weights": "x"}, {"filters": 5}, {"filters": {"ranges": {"year": 5}}}, {"shifts": 1}, ["x"], 7],
)
def test_a_stored_value_of_the_wrong_type_is_refused_with_what_to_do(stored):
    with pytest.raises(BadRecipe, match=r"wrong type. Save or download the recipe again"):
        Recipe.from_json(stored)


@pytest.mark.parametrize("weight", [-0.1, math.nan, math.inf, 1e308, pytest.param(10**400, id="10**400"), "2", True])
def test_an_impossible_weight_is_refused(weight):
    with pytest.raises(BadRecipe, match="The weight of energy must be a number from 0 up"):
        Recipe(weights={"energy": weight})


@pytest.mark.parametrize(
    "dial",
    [
        {"familiarity": 1.1},
        {"variety": -1},
        {"length": 0},
        {"length": 501},
        {"per_artist": 0},
        {"per_artist": True},
        {"variety": True},
        {"shifts": {"energy": 4.5}},
        {"shifts": {"energy": True}},
    ],
)
def test_a_dial_out_of_range_is_refused(dial):
    with pytest.raises(BadRecipe, match="must be between"):
        Recipe(**dial)


@pytest.mark.parametrize("dial", [{"length": 2.5}, {"length": 2.0}, {"per_artist": 1.5}])
def test_songs_are_counted_in_whole_numbers(dial):
    with pytest.raises(BadRecipe, match=r"must be a whole number, not [12]\.[05]"):
        Recipe(**dial)


def test_numbers_of_numpy_are_numbers_and_are_stored_as_plain_ones():
    recipe = Recipe(
        weights={"energy": np.float32(2.5)},
        shifts={"valence": np.int64(1)},
        variety=np.float64(0.5),
        length=np.int64(5),
        per_artist=np.int32(1),
    )

    assert Recipe.from_json(json.loads(json.dumps(recipe.as_json()))) == recipe


@pytest.mark.parametrize("given", [{"weights": {"loveliness": 1.0}}, {"shifts": {"genre": 1.0}}])
def test_an_unknown_feature_is_refused_and_genre_has_no_direction(given):
    with pytest.raises(UnknownFeature, match="Choose from: danceability"):
        Recipe(**given)


def test_genre_is_text_and_a_feature_but_no_number():
    assert "genres" in TEXT and "genres" not in NUMBERS
    assert [f.name for f in FEATURES if f not in NUMBER_FEATURES] == ["genre"]


def test_a_table_gets_all_columns_and_types():
    table = as_tracks(tracks({"energy": 0.5})[["energy", "title", "artists", "track_id"]].assign(more=1))

    assert table.columns.tolist() == [*TEXT, *NUMBERS]
    assert {str(table[name].dtype) for name in TEXT} == {"str"}
    assert {str(table[name].dtype) for name in NUMBERS} == {"float64"}
    assert len(empty_tracks()) == 0


def test_a_table_that_breaks_the_rules_is_refused_in_a_sentence():
    good = tracks({}, {})
    with pytest.raises(BadTracks, match="is in the table more than once"):
        as_tracks(good.assign(track_id="a"))
    with pytest.raises(BadTracks, match="Row 2 has no title"):
        as_tracks(good.assign(title=["a", None]))
    with pytest.raises(BadTracks, match="values that are not numbers"):
        as_tracks(good.assign(energy=["a", "b"]))
    with pytest.raises(BadTracks, match="lacks the column “energy”"):
        check_tracks(good.drop(columns="energy"))


def test_only_a_track_of_spotify_has_a_link():
    found = links(tracks({"track_id": "4uLU6hMCjMI75M1A2tKUQC"}, {"track_id": "demo-000001"})["track_id"])

    assert found.iloc[0] == "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC"
    assert found.isna().tolist() == [False, True]
