"""The values a program sends, as a recipe."""

import pytest

from recsys.core.engine.recipe import Recipe
from recsys.core.model.features import default_weights
from recsys.errors import BadValue
from recsys.web.recommend_request import RecommendRequest


def test_nothing_asked_for_is_the_default_recipe_for_the_caller():
    asked = RecommendRequest()
    assert (asked.recipe(), asked.seeds, asked.user_id) == (Recipe(), (), None)


def test_weights_not_named_keep_their_default():
    weights = RecommendRequest(energy="2", weights="valence:0").recipe().weights
    assert weights == {**default_weights(), "energy": 2.0, "valence": 0.0}


def test_every_dial_reaches_the_recipe():
    asked = RecommendRequest(
        limit="12",
        shifts="energy:-1.5",
        familiarity="-0.5",
        only_new_artists="true",
        variety="0.25",
        per_artist="3",
    )
    assert asked.recipe() == Recipe(
        length=12, shifts={"energy": -1.5}, familiarity=-0.5, only_new_artists=True, variety=0.25, per_artist=3
    )


def test_a_seed_given_twice_counts_once():
    assert RecommendRequest(seeds="a,b,a").seeds == ("a", "b")


def test_a_weight_given_in_both_ways_is_refused():
    with pytest.raises(BadValue, match="given twice") as refused:
        RecommendRequest(energy="1", weights="energy:2").recipe()
    assert refused.value.field == "energy"
