"""The values a program sends, as a recipe."""

from urllib.parse import parse_qsl

import pytest

from recsys.core.engine.filters import Filters
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recipe_link import PARAMETERS, REPEATED, RecipeLink, to_query
from recsys.core.model.features import default_weights
from recsys.errors import BadValue
from recsys.web.recommend_request import RecommendRequest


def test_nothing_asked_for_is_the_default_recipe_for_the_caller():
    asked = RecommendRequest()
    assert (asked.recipe(), asked.seed_ids, asked.user_id) == (Recipe(), (), None)


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
    assert RecommendRequest(seeds="a,b,a").seed_ids == ("a", "b")


def test_a_weight_given_in_both_ways_is_refused():
    with pytest.raises(BadValue, match="given twice") as refused:
        RecommendRequest(energy="1", weights="energy:2").recipe()
    assert refused.value.field == "energy"


RICH = Recipe(
    weights={"energy": 7.5, "year": 0},
    shifts={"valence": -1.5},
    familiarity=-0.25,
    only_new_artists=True,
    variety=0.5,
    per_artist=None,
    length=12,
    minutes=45,
    filters=Filters(
        ranges={"year": (1990, 1999), "tempo": (None, 120), "duration": (120_000, 300_500)},
        no_explicit=True,
        no_live=True,
        no_remix=True,
        no_christmas=True,
        genres=("soul", "r&b"),
        not_genres=("rock",),
        not_artists=("Simon & Garfunkel", "AC/DC"),
    ),
    order="arc",
    by="tempo",
    spacing=3,
    locked={"a": 2, "b:c": 1},
)


def test_the_query_of_a_recipe_link_asks_for_its_recipe():
    given = {}
    for name, text in parse_qsl(to_query(RecipeLink(RICH, ("a", "b"), ("A", "B"), ("c",), ("C",)))):
        given.setdefault(name, []).append(text)
    asked = RecommendRequest(**{name: texts if name in REPEATED else texts[0] for name, texts in given.items()})
    assert asked.recipe() == RICH
    assert asked.seed_ids == ("a", "b")
    assert asked.minus_ids == ("c",)


def test_genre_is_a_filter_or_with_a_number_a_weight():
    assert RecommendRequest(genre=["soul"]).recipe().filters.genres == ("soul",)
    weight = RecommendRequest(genre=["2.5"]).recipe()
    assert (weight.weights["genre"], weight.filters) == (2.5, Filters())


def test_every_parameter_of_links_is_described():
    described = RecommendRequest.model_json_schema()["properties"]
    assert all(described[name]["description"] for name in PARAMETERS)
