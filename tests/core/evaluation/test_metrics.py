"""Metrics by eye: rankings short enough to check with a pencil."""

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.core.evaluation.metrics import (
    artist_repetition,
    auc,
    catalog_coverage,
    distance,
    hit,
    interval,
    ndcg,
    r_precision,
    random_distance,
    ratio,
    recall,
)


def places(text):
    """A ranking as text: x is a hit, . is not."""
    return np.array([sign == "x" for sign in text])


def rng():
    return np.random.default_rng(0)


def test_a_perfect_list_has_an_ndcg_of_one():
    assert ndcg(places("xx..."), relevant=2, k=5) == pytest.approx(1)
    assert ndcg(places("xxx"), relevant=9, k=3) == pytest.approx(1)


def test_ndcg_counts_a_hit_less_the_later_it_comes():
    assert ndcg(places(".x..."), relevant=1, k=5) == pytest.approx(1 / log2(3))
    assert ndcg(places("x.x.."), relevant=2, k=5) == pytest.approx((1 + 1 / log2(4)) / (1 + 1 / log2(3)))


def test_ndcg_reads_no_further_than_k_and_bears_a_shorter_ranking():
    assert ndcg(places("...x"), relevant=1, k=3) == 0
    assert ndcg(places("x"), relevant=1, k=50) == 1


def test_recall_is_the_share_that_was_found_and_r_precision_reads_as_far_as_there_is_to_find():
    ranking = places("x..x.x")
    assert recall(ranking, relevant=4, k=4) == 0.5
    assert r_precision(ranking, relevant=4) == 0.5
    assert r_precision(ranking, relevant=1) == 1


def test_one_hit_in_the_first_places_is_enough():
    assert hit(places("..x"), k=3) == 1
    assert hit(places("...x"), k=3) == 0


@pytest.mark.parametrize("metric", [lambda hits: ndcg(hits, 0, 3), lambda hits: recall(hits, 0, 3)])
def test_with_nothing_to_find_nothing_is_found(metric):
    assert metric(places("...")) == 0


def test_auc_is_the_chance_that_a_right_song_scores_above_a_wrong_one():
    right = np.array([True, True, False, False])
    assert auc(np.array([4.0, 3.0, 2.0, 1.0]), right) == 1
    assert auc(np.array([1.0, 2.0, 3.0, 4.0]), right) == 0
    assert auc(np.array([4.0, 1.0, 3.0, 2.0]), right) == 0.5
    assert auc(np.array([3.0, 2.0, 2.0, -np.inf]), right) == pytest.approx(3.5 / 4)


def test_auc_of_one_kind_alone_is_undecided():
    assert auc(np.array([1.0, 2.0]), np.array([True, True])) == 0.5


@given(st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=1, max_size=30))
def test_auc_equals_counting_all_pairs(pairs):
    scores, is_right = np.array([s for s, _ in pairs], float), np.array([r for _, r in pairs])
    compared = [(a > b) + (a == b) / 2 for a in scores[is_right] for b in scores[~is_right]]

    assert auc(scores, is_right) == pytest.approx(np.mean(compared) if compared else 0.5)


def test_coverage_counts_each_song_once_against_what_there_could_have_been():
    same_for_both = np.array([1, 2, 3, 1, 2, 3])
    assert catalog_coverage(same_for_both, places=6, candidates=100) == 0.5
    assert catalog_coverage(same_for_both, places=6, candidates=3) == 1
    assert catalog_coverage(np.array([], int), places=0, candidates=100) == 0


def test_distance_is_the_mean_over_all_pairs():
    assert distance(np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0]])) == pytest.approx((5 + 0 + 5) / 3)
    assert distance(np.zeros((1, 2))) == 0


def test_a_list_drawn_at_random_is_as_spread_as_random_pairs():
    songs = rng().normal(size=(3000, 9))
    drawn = songs[rng().choice(3000, 400, replace=False)]

    assert distance(drawn) / random_distance(songs, rng()) == pytest.approx(1, abs=0.02)


def test_songs_that_are_all_alike_can_still_be_divided_by_their_spread():
    assert random_distance(np.ones((5, 2)), rng()) == 1


def test_an_artist_repeats_from_the_second_song_on():
    assert artist_repetition(np.array([7, 7, 7, 8])) == 0.5
    assert artist_repetition(np.array([1, 2, 3])) == 0
    assert artist_repetition(np.array([], int)) == 0


def test_an_interval_holds_the_mean_and_is_as_wide_as_theory_says():
    values = rng().normal(size=400)
    found = interval(values, rng())

    assert found.mean == pytest.approx(values.mean())
    assert found.low < found.mean < found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)


def test_one_value_has_no_width_and_none_has_no_mean():
    assert interval(np.array([0.3]), rng()) == interval(np.array([0.3, 0.3]), rng())
    with pytest.raises(ValueError, match="at least one"):
        interval(np.array([]), rng())


def test_a_paired_difference_is_surer_than_two_means():
    one = rng().normal(size=100) * 10
    other = one + 1

    assert interval(other - one, rng()).low == pytest.approx(1)
    assert interval(other, rng()).low < interval(one, rng()).high


def test_a_ratio_is_that_of_the_means_on_the_same_lists():
    theirs = rng().random(200) + 0.5
    found = ratio(3 * theirs, theirs, rng())

    assert (found.mean, found.low, found.high) == pytest.approx((3, 3, 3))


def test_no_ratio_is_claimed_to_a_method_that_found_nothing():
    assert ratio(np.ones(50), np.zeros(50), rng()) is None


def test_a_ratio_to_a_method_that_found_next_to_nothing_has_no_upper_bound():
    once = np.zeros(50)
    once[7] = 1
    found = ratio(np.ones(50), once, rng())

    assert found.mean == 50
    assert 0 < found.low < 50
    assert found.high == np.inf
