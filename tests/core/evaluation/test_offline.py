"""Measuring whole methods: on music that a good one finds again, and where chance is all there is."""

import json

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.evaluation.baselines import Chance
from recsys.core.evaluation.holdout import HoldOut, Pool
from recsys.core.evaluation.offline import METRICS, TITLES, Listeners, Ours, evaluate, methods
from recsys.errors import NothingToRank
from tests.core.songs import two_kinds


@pytest.fixture(scope="module")
def pool():
    return Pool.from_tracks(two_kinds(each=150, popularity=np.arange(300.0) % 100))


@pytest.fixture(scope="module")
def lists(pool):
    """Four listeners, two of calm and two of loud music."""
    names = {"calm": range(30), "calmer": range(30, 60)}
    calm = {name: pool.rows_of([f"c{n}" for n in numbers]) for name, numbers in names.items()}
    return calm | {name.replace("calm", "loud"): pool.rows_of([f"l{n}" for n in names[name]]) for name in names}


def mean(found, method, metric):
    return found.values[method][metric].mean()


def test_a_centred_method_finds_taste_where_chance_does_not(pool, lists):
    found = evaluate(pool, lists, methods(pool, Recipe()), HoldOut())

    assert mean(found, "random", "auc") == pytest.approx(0.5, abs=0.06)
    for method in ("z_scored", "ours", "ours_audio"):
        assert mean(found, method, "auc") > 0.7, "half of the catalogue is ruled out at a glance"
        assert mean(found, method, "recall@50") > mean(found, "random", "recall@50")


def test_ours_is_what_the_product_would_recommend(pool, lists):
    visible = lists["calm"][:15]
    recipe = Recipe(per_artist=None, length=20)
    candidates = np.ones(len(pool.tracks), bool)
    answer = Ours(Listeners(pool), recipe).answer(visible, candidates, 20, np.random.default_rng(0))
    listed = Recommender(pool.catalogue, pool.tracks.iloc[visible]).recommend(recipe).table

    assert pool.tracks["track_id"].iloc[answer.rows].tolist() == listed["track_id"].tolist()
    assert answer.scores_of(answer.rows) == pytest.approx(listed["score"].to_numpy(), abs=1e-4)


def test_nothing_but_candidates_is_recommended(pool, lists):
    candidates = np.zeros(len(pool.tracks), bool)
    candidates[lists["calm"][20:]] = True
    for method in methods(pool, Recipe()).values():
        answer = method.answer(lists["calm"][:20], candidates, 100, np.random.default_rng(0))
        assert sorted(answer.rows) == sorted(lists["calm"][20:])


def test_weights_on_audio_alone_ignore_what_is_known_without_listening(pool, lists):
    weights = {"year": 10.0, "duration": 10.0, "genre": 10.0}
    one, other = (methods(pool, Recipe(weights=w))["ours_audio"] for w in (weights, {}))
    candidates = np.ones(len(pool.tracks), bool)
    rng = np.random.default_rng(0)

    assert (
        one.answer(lists["calm"], candidates, 50, rng).rows.tolist()
        == other.answer(lists["calm"], candidates, 50, rng).rows.tolist()
    )


def test_a_method_that_cannot_be_measured_is_not_there(lists):
    unknown = Pool.from_tracks(two_kinds(each=30))
    deaf = Recipe(weights={name: 0.0 for name in Recipe().weights} | {"year": 1.0})

    assert "popularity" not in methods(unknown, Recipe())
    assert "ours_audio" not in methods(unknown, deaf)
    assert set(methods(unknown, Recipe())) < set(TITLES)


def test_the_same_seed_gives_the_same_numbers(pool, lists):
    one, same, other = (
        evaluate(pool, lists, {"random": Chance()}, HoldOut(seed=seed)).values["random"] for seed in (1, 1, 2)
    )

    pd.testing.assert_frame_equal(one, same)
    assert not one.equals(other)


def test_several_cuts_of_a_list_are_one_value(pool, lists):
    found = evaluate(pool, lists, {"random": Chance()}, HoldOut(cuts=3))

    assert found.values["random"].index.tolist() == sorted(lists)


def test_every_list_is_accounted_for(pool, lists):
    lists = lists | {"short": lists["calm"][:3], "empty": np.arange(0)}
    counts = evaluate(pool, lists, {"random": Chance()}, HoldOut(limit=3)).counts

    assert counts == {"lists": 3, "too_short": 2, "beyond_limit": 1, "nothing_hidden": 0}


def test_a_list_by_one_artist_hides_nothing_when_only_new_artists_count():
    pool = Pool.from_tracks(two_kinds(each=60, artists=["Only One"] * 40 + [f"Other {n}" for n in range(80)]))
    lists = {
        "one artist": pool.rows_of([f"c{n}" for n in range(40)]),
        "many": pool.rows_of([f"l{n}" for n in range(40)]),
    }
    new_only = HoldOut(only_new_artists=True)

    assert evaluate(pool, lists, {"random": Chance()}, new_only).counts["nothing_hidden"] == 1
    with pytest.raises(NothingToRank, match="new to it"):
        evaluate(pool, {"one artist": lists["one artist"]}, {"random": Chance()}, new_only)


@pytest.mark.parametrize("only_new_artists", [False, True])
def test_lists_that_are_all_too_short_are_said_to_be(pool, lists, only_new_artists):
    with pytest.raises(NothingToRank, match="31 songs"):
        evaluate(pool, lists, {"random": Chance()}, HoldOut(min_tracks=31, only_new_artists=only_new_artists))


def test_a_list_of_one_recording_under_several_names_hides_nothing():
    pool = Pool.from_tracks(two_kinds(each=30, isrc="GBABC1234567"))

    with pytest.raises(NothingToRank, match="visible under another name"):
        evaluate(pool, {"one": np.arange(25)}, {"random": Chance()}, HoldOut())


def test_progress_counts_every_cut(pool, lists):
    reported = []
    evaluate(pool, lists, {"random": Chance()}, HoldOut(cuts=2), lambda done, of: reported.append((done, of)))

    assert reported == [(done, 8) for done in range(8)]


def test_json_holds_means_intervals_ratios_and_paired_differences_without_nan(pool, lists):
    found = evaluate(pool, lists, methods(pool, Recipe()), HoldOut(cuts=2))
    written = json.loads(json.dumps(found.as_json(np.random.default_rng(0)), allow_nan=False))
    ours, textbook = (written["methods"][name]["ndcg@50"] for name in ("ours", "textbook"))

    assert set(written["methods"]) == set(TITLES)
    assert all(set(each) == set(METRICS) for each in written["methods"].values())
    assert ours["low"] <= ours["mean"] <= ours["high"]
    assert written["differences"]["ours - textbook"]["ndcg@50"]["mean"] == pytest.approx(
        ours["mean"] - textbook["mean"]
    )
    assert written["ratios_to_textbook"]["ours"]["ndcg@50"]["mean"] == pytest.approx(ours["mean"] / textbook["mean"])
    assert written["methods"]["ours"]["catalog_coverage"]["low"] is None


def test_a_ratio_to_a_textbook_that_found_nothing_is_null(pool, lists):
    class Blind:
        def answer(self, visible, candidates, depth, rng):
            return Chance().answer(visible, np.zeros_like(candidates), depth, rng)

    found = evaluate(pool, lists, {"textbook": Blind(), "ours": Chance()}, HoldOut())

    assert found.as_json(np.random.default_rng(0))["ratios_to_textbook"]["ours"]["ndcg@50"] is None


def test_a_ratio_that_nothing_bounds_has_null_for_its_upper_end(pool, lists):
    found = evaluate(pool, lists, {"textbook": Chance(), "ours": Chance()}, HoldOut(cuts=1))
    found.values["textbook"]["hit@10"] = [1.0, 0.0, 0.0, 0.0]
    found.values["ours"]["hit@10"] = 1.0
    ratio = found.as_json(np.random.default_rng(0))["ratios_to_textbook"]["ours"]["hit@10"]

    assert (ratio["mean"], ratio["high"]) == (4, None)
