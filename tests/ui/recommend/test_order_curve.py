"""What an order did to a list, in words and as the heights of a curve."""

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommendations
from recsys.core.engine.reranking import Cost
from recsys.ui.recommend.list_rows import ListedSongs
from recsys.ui.recommend.order_curve import order_of_list


def shown(recipe, energy, cost=None, tempo=120.0):
    songs = ListedSongs(pd.DataFrame({"energy": energy, "tempo": tempo}), {})
    costs = {"order": cost} if cost else {}
    return order_of_list(recipe, Recommendations(pd.DataFrame(), pd.DataFrame(), {}, costs), songs)


def test_a_list_by_score_has_no_order_to_show():
    assert shown(Recipe(), [0.1, 0.2]) is None
    assert shown(Recipe(locked={"t1": 1}), [0.1, 0.2], Cost(0, 0.0)) is None


def test_the_curve_goes_from_the_lowest_to_the_highest_and_leaves_a_gap_where_nothing_is_known():
    order = shown(Recipe(order="rise"), [0.2, np.nan, 0.4, 0.6], Cost(4, 0.184))

    assert order["curve"]["values"] == [0.0, None, 0.5, 1.0]
    assert order["says"] == "The order moved 4 songs: the first ten score 0.18 lower on average."
    assert "lowest at song 1 (0.20), highest at song 4 (0.60)" in order["curve"]["words"]


@pytest.mark.parametrize(("score", "says"), [(0.001, "as high as before"), (-0.05, "0.05 higher"), (0.3, "0.30 lower")])
def test_the_cost_in_score_is_said(score, says):
    assert says in shown(Recipe(order="fall"), [0.1], Cost(1, score))["says"]


def test_a_list_in_one_energy_or_of_none_that_is_known_is_shown_too():
    assert shown(Recipe(order="arc"), [0.3, 0.3], Cost(0, 0.0))["curve"]["values"] == [0.0, 0.0]
    assert shown(Recipe(order="arc"), [np.nan] * 2, Cost(0, 0.0))["curve"] is None


def test_a_list_by_tempo_shows_tempo_and_one_with_locked_songs_alone_no_curve():
    by_tempo = shown(Recipe(order="rise", by="tempo"), [0.1, 0.1], Cost(0, 0.0), tempo=[90.0, 130.0])
    assert by_tempo["curve"]["words"].startswith("Tempo from the first song to the last")
    assert shown(Recipe(locked={"t1": 1}), [0.1], Cost(1, 0.0))["curve"] is None
