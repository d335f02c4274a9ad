"""The values a program sends, as a recipe."""

import json

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommendations
from recsys.core.model.features import default_weights
from recsys.errors import BadValue
from recsys.services.programs import as_json, kept, wish


def test_nothing_asked_for_is_the_default_recipe_for_the_caller():
    asked = wish([])
    assert (asked.recipe, asked.seeds, asked.user_id) == (Recipe(), (), None)


def test_weights_not_named_keep_their_default():
    weights = wish([("energy", "2"), ("weights", "valence:0")]).recipe.weights
    assert weights == {**default_weights(), "energy": 2.0, "valence": 0.0}


def test_every_dial_reaches_the_recipe():
    asked = wish(
        [
            ("limit", "12"),
            ("shifts", "energy:-1.5"),
            ("familiarity", "-0.5"),
            ("only_new_artists", "true"),
            ("variety", "0.25"),
            ("per_artist", "3"),
        ]
    )
    assert asked.recipe == Recipe(
        length=12, shifts={"energy": -1.5}, familiarity=-0.5, only_new_artists=True, variety=0.25, per_artist=3
    )


def test_a_seed_given_twice_counts_once():
    assert wish([("seeds", "a,b,a")]).seeds == ("a", "b")


def test_a_parameter_that_stands_twice_is_refused():
    with pytest.raises(BadValue, match="more than once") as refused:
        wish([("energy", "1"), ("energy", "2")])
    assert refused.value.field == "energy"


def test_a_list_becomes_plain_json_whatever_numbers_it_holds():
    table = pd.DataFrame({"rank": [1], "track_id": ["a"], "year": [np.nan], "score": [np.float32(1.5)]})
    parts = pd.DataFrame({"energy": [np.float32(1.5)]}, index=["a"])
    found = Recommendations(table, parts, {"catalogue": np.int64(7)})

    answer = json.loads(json.dumps(as_json("ada", found, "2026-11-23T12:00:00Z"), allow_nan=False))

    assert answer["counts"] == {"catalogue": 7}
    expected = {"rank": 1, "track_id": "a", "year": None, "score": 1.5, "contributions": {"energy": 1.5}}
    assert answer["tracks"] == [expected]
    assert kept(found, "2026-11-23T12:00:00Z").to_dict("records") == [
        {"track_id": "a", "score": 1.5, "created_at": "2026-11-23T12:00:00Z"}
    ]
