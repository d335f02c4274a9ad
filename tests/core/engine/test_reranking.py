"""From scores to a list."""

import numpy as np
import pytest

from recsys.core.engine.reranking import Options, cost, monotone_scores, rerank_mmr

SCORES = np.array([4.0, 3.0, 2.0, 1.0])
ARTISTS = np.array([[0], [0], [0], [1]])
ALIKE = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], dtype=float)


def test_without_dials_the_best_are_listed():
    assert rerank_mmr(SCORES, ARTISTS, ALIKE, Options(2, None, 0)).tolist() == [0, 1]


def test_an_artist_is_listed_so_often_and_no_more():
    assert rerank_mmr(SCORES, ARTISTS, ALIKE, Options(3, 2, 0)).tolist() == [0, 1, 3]
    assert rerank_mmr(SCORES, ARTISTS, ALIKE, Options(9, 1, 0)).tolist() == [0, 3]


def test_the_limit_counts_every_artist_of_a_song():
    artists = np.array([[0, 1], [2, 1], [1, -1], [3, -1]])

    assert rerank_mmr(SCORES, artists, ALIKE, Options(4, 2, 0)).tolist() == [0, 1, 3]
    assert rerank_mmr(SCORES, artists, ALIKE, Options(4, 3, 0)).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("variety", [0, 0.5])
def test_songs_that_are_listed_anyway_count_towards_the_limit_and_for_variety(variety):
    first = np.array([2])

    assert rerank_mmr(SCORES, ARTISTS, ALIKE, Options(4, 1, variety), first).tolist() == [2, 3]
    assert rerank_mmr(SCORES, ARTISTS, ALIKE, Options(4, 2, variety), first).tolist() == [2, 0, 3]
    assert rerank_mmr(SCORES, ARTISTS, ALIKE, Options(2, 1, variety), np.array([0, 1])).tolist() == [0, 1]


def test_variety_passes_over_what_is_like_the_last():
    assert rerank_mmr(SCORES, ARTISTS, ALIKE, Options(2, None, 0.5)).tolist() == [0, 2]


def test_full_variety_starts_with_the_best_and_avoids_likeness():
    assert rerank_mmr(np.array([1.0, 9.0, 8.0, 5.0]), ARTISTS, ALIKE, Options(3, None, 1.0)).tolist()[1:] != [1]


def test_equal_scores_are_listed_in_order():
    assert rerank_mmr(np.ones(4), ARTISTS, ALIKE, Options(4, None, 0)).tolist() == [0, 1, 2, 3]


def test_nothing_to_choose_from_is_an_empty_list():
    assert rerank_mmr(np.zeros(0), np.zeros((0, 1), dtype=int), np.zeros((0, 0)), Options(3, 2, 0.5)).tolist() == []


def test_the_cost_is_what_the_mean_score_fell_by():
    found = cost(SCORES, np.array([0, 1]), np.array([0, 3]))

    assert (found.replaced, found.score) == (1, pytest.approx(1.0))
    assert cost(SCORES, np.array([0, 1]), np.array([1, 0])).replaced == 0


def test_scores_fall_as_the_songs_are_ranked_and_contributions_follow():
    parts = np.array([[0.5, 0.25], [0.5, 0.25 + 1e-7], [0.25, -0.5 + 1e-8]])
    bonus = np.array([0, 0, 0.125], np.float32)

    scores = monotone_scores(np.array([0.75, 0.75 + 1e-7, -0.25]), parts, bonus)

    assert scores.tolist() == [0.75, 0.75, -0.125]
    assert parts.sum(axis=1) + bonus == pytest.approx(scores, abs=1e-12)
    assert parts[0].tolist() == [0.5, 0.25]
