"""Weighted cosines: by eye, and of a whole catalogue as its sums move."""

from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.core.engine import retrieval, running_sums
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.retrieval import CandidateSearch
from recsys.core.engine.running_sums import RunningSums
from recsys.core.engine.similarity import (
    ENOUGH_KNOWN,
    Metric,
    Weighted,
    cosines,
    discounted_blocks,
    metric,
    top_positions,
)
from recsys.core.model.features import FEATURES
from recsys.core.model.scaling import AXIS_FEATURE, FeatureMatrix
from tests.core.small import random_tracks

ALL = np.ones(len(FEATURES), dtype=bool)
AXES = len(AXIS_FEATURE)
CATALOGUE = Catalogue.from_tracks(random_tracks(120, missing=0.15))
WEIGHT = st.floats(0.01, 10) | st.just(0.0)
WEIGHTS = st.lists(WEIGHT, min_size=len(FEATURES), max_size=len(FEATURES)).filter(any)


def points(*rows):
    """Tracks with the first axes given; None is unknown, and so is every axis left out."""
    axes, known = np.zeros((AXES, len(rows)), np.float32), np.zeros((len(FEATURES), len(rows)), np.float32)
    for column, row in enumerate(rows):
        for axis, value in enumerate(row):
            if value is not None:
                axes[axis, column], known[axis, column] = value, 1
    return FeatureMatrix(axes, known)


def weights(*first):
    return metric(np.array([*first, *[0.0] * (len(FEATURES) - len(first))]), ALL)


def of(these, by):
    return Weighted.of(these, by, np.float64)


def profile(seed=0):
    return np.random.default_rng(seed).normal(size=AXES).astype(np.float32)


def slowly(centre, by):
    """The same cosines, one song at a time."""
    songs = CATALOGUE.vectors(np.arange(len(CATALOGUE)))
    found = np.full(len(songs), -np.inf)
    for at in range(len(songs)):
        x, known = songs.values[:, at].astype(float), songs.mask[:, at][AXIS_FEATURE]
        w = by.weights[AXIS_FEATURE].astype(float) * known
        lengths = np.sqrt((w * x * x).sum() * (w * centre * centre).sum())
        weights, numbers = by.weights.astype(float), by.weights[:-1].astype(float)  # genre is the last
        is_enough = songs.mask[:, at] @ weights >= ENOUGH_KNOWN * weights.sum()
        if is_enough or (numbers.any() and songs.mask[:-1, at] @ numbers >= ENOUGH_KNOWN * numbers.sum()):
            found[at] = (w * x * centre).sum() / lengths if lengths > 1e-8 else 0
    return found


def test_the_cosine_of_a_right_angle_and_of_opposites():
    found = cosines(of(points((1, 0)), weights(1, 1)), of(points((2, 0), (0, 3), (-1, 0), (1, 1)), weights(1, 1)))

    assert found[0] == pytest.approx([1, 0, -1, np.sqrt(0.5)])


def test_a_weight_bends_the_angle():
    found = cosines(of(points((1, 1)), weights(3, 1)), of(points((1, 0)), weights(3, 1)))

    assert found[0, 0] == pytest.approx(3 / np.sqrt((3 + 1) * 3))


def test_what_is_unknown_of_one_drops_out_of_both_norms():
    found = cosines(of(points((1, None)), weights(1, 1)), of(points((1, 5), (None, 5)), weights(1, 1)))

    assert found[0].tolist() == pytest.approx([1, 0])


def test_a_cosine_is_discounted_by_the_share_of_the_weight_that_is_known_of_both():
    songs = of(points((1, None), (1, 2), (None, 2)), weights(1, 3))

    found = songs.discounts(of(points((1, 5), (1, None)), weights(1, 3)))

    assert found == pytest.approx(np.sqrt([[1 / 4, 1 / 4], [1, 1 / 4], [3 / 4, 0]]))


def test_no_cosine_is_discounted_for_genres_that_nobody_named():
    axes, known = np.ones((AXES, 3), np.float32), np.zeros((len(FEATURES), 3), np.float32)
    known[[0, 1]], known[-1] = [(1, 1, 1), (1, 0, 1)], (0, 1, 1)  # without genres, without the second, with all
    by = metric(np.array([1.0, 1.0, *[0.0] * (len(FEATURES) - 3), 6.0]), ALL)
    songs = of(FeatureMatrix(axes, known), by)

    assert songs.shares(songs) == pytest.approx(np.array([[1, 1 / 2, 1], [1 / 2, 7 / 8, 7 / 8], [1, 7 / 8, 1]]))


def test_a_track_at_the_median_of_everything_is_like_nothing_in_particular():
    assert cosines(of(points((0, 0)), weights(1, 1)), of(points((1, 1)), weights(1, 1)))[0, 0] == 0


@pytest.mark.parametrize("many", [0, 10**9])
def test_cosines_in_blocks_are_the_same_however_lengths_are_found(monkeypatch, many):
    monkeypatch.setattr("recsys.core.engine.similarity.MANY_PARTS", many)
    by = metric(np.arange(1.0, len(FEATURES) + 1), ALL)
    some, others = (of(CATALOGUE.vectors(np.arange(*span)), by) for span in ((0, 120, 3), (1, 120, 4)))
    sums = np.zeros(len(some))
    for at, block in discounted_blocks(some, others, 3.0):
        sums[at] += block[: len(at)].sum(axis=1)

    assert sums == pytest.approx(3 * (cosines(some, others) * some.discounts(others)).sum(axis=1))


def test_scaling_weights_by_a_power_of_two_changes_no_digit():
    one, other = (metric(np.arange(len(FEATURES) * 1.0) * 2.0**power, ALL).weights for power in (40, 72))

    assert np.array_equal(one, other)
    assert metric(np.arange(len(FEATURES) * 1.0), ALL).weights.max() == len(FEATURES) - 1


@settings(max_examples=30, deadline=None)
@given(given=WEIGHTS, seed=st.integers(0, 99))
def test_a_search_finds_the_cosine_of_every_song(given, seed):
    by = metric(np.array(given), ALL)

    assert CandidateSearch(CATALOGUE).cosines(profile(seed), by) == pytest.approx(slowly(profile(seed), by), abs=1e-5)


@pytest.mark.parametrize("rows", [1, 3, 120])
def test_cosines_are_the_same_in_tiles_of_any_size(monkeypatch, rows):
    monkeypatch.setattr(running_sums, "TILE_ROWS", rows)
    catalogue, by = Catalogue.from_tracks(random_tracks(120)), metric(np.arange(1.0, len(FEATURES) + 1), ALL)

    found = CandidateSearch(catalogue).cosines(profile(), by)

    songs = Weighted.of(catalogue.vectors(np.arange(120)), by, np.float64)
    expected = cosines(Weighted.of(FeatureMatrix(profile()[:, None], np.ones((len(FEATURES), 1))), by), songs)
    assert len(catalogue.chunks) == 1
    assert found == pytest.approx(expected[0], abs=1e-5)


@settings(max_examples=30, deadline=None)
@given(start=WEIGHTS, moves=st.lists(st.tuples(st.integers(0, len(FEATURES) - 1), WEIGHT), max_size=40))
def test_moving_sliders_one_by_one_ends_where_setting_them_at_once_does(start, moves):
    moving, current = CandidateSearch(CATALOGUE), np.array(start)
    for feature, weight in moves:
        moving.cosines(profile(), metric(current, ALL))
        current[feature] = weight if weight or np.delete(current, feature).any() else 1.0
    by = metric(current, ALL)

    assert moving.cosines(profile(), by) == pytest.approx(CandidateSearch(CATALOGUE).cosines(profile(), by), abs=1e-5)


def test_a_long_journey_of_one_slider_does_not_drift():
    moving, rng = CandidateSearch(CATALOGUE), np.random.default_rng(0)
    by = metric(np.ones(len(FEATURES)), ALL)
    for weight in rng.uniform(0.1, 10, 1000):
        by = Metric(np.where(np.arange(len(FEATURES)) == 3, weight, 1).astype(np.float32))
        moving.cosines(profile(), by)

    assert moving.cosines(profile(), by) == pytest.approx(CandidateSearch(CATALOGUE).cosines(profile(), by), abs=1e-5)


def test_moving_one_slider_adds_instead_of_summing_again(monkeypatch):
    summed = []
    plain = RunningSums.compute
    monkeypatch.setattr(RunningSums, "compute", lambda self, *args: summed.append(1) or plain(self, *args))
    moving = CandidateSearch(CATALOGUE)
    for weight in (1, 2, 3, 4):
        moving.cosines(profile(), metric(np.where(np.arange(len(FEATURES)) == 3, weight, 1.0), ALL))

    assert len(summed) == 2 * len(CATALOGUE.chunks)


def test_a_moved_aim_computes_no_norm_again(monkeypatch):
    summed = []
    plain = RunningSums.compute
    monkeypatch.setattr(RunningSums, "compute", lambda self, *args: summed.append(1) or plain(self, *args))
    moving, by = CandidateSearch(CATALOGUE), metric(np.arange(1.0, len(FEATURES) + 1), ALL)
    for seed in range(5):
        found = moving.cosines(profile(seed), by)

        assert found == pytest.approx(slowly(profile(seed), by), abs=1e-5)

    assert len(summed) == 2 * len(CATALOGUE.chunks)


@contextmanager
def interrupted(monkeypatch, chunks_done):
    """Within it an update of the sums ends in an exception after some chunks."""
    apply, calls = RunningSums.apply, []

    def apply_some(self, *args):
        calls.append(1)
        if len(calls) > chunks_done:
            raise KeyboardInterrupt
        return apply(self, *args)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(RunningSums, "apply", apply_some)
        yield


@pytest.mark.parametrize("chunks_done", [0, 1, 3])
@pytest.mark.parametrize("moves_before", [1, 2, 3])
def test_an_exception_while_an_aim_moves_leaves_no_wrong_sum(monkeypatch, chunks_done, moves_before):
    moving = CandidateSearch(CATALOGUE)
    by = metric(np.ones(len(FEATURES)), ALL)
    for seed in range(moves_before):
        moving.cosines(profile(seed), by)

    with interrupted(monkeypatch, chunks_done):
        moving.cosines(profile(moves_before), by)

    for seed in (moves_before - 1, moves_before, moves_before + 1):
        assert moving.cosines(profile(seed), by) == pytest.approx(slowly(profile(seed), by), abs=1e-5)


@pytest.mark.parametrize("chunks_done", [0, 1, 3])
@pytest.mark.parametrize("moves_before", [1, 2, 3])
def test_an_exception_half_way_through_an_update_leaves_no_wrong_sum(monkeypatch, chunks_done, moves_before):
    moving = CandidateSearch(CATALOGUE)
    by = [metric(np.where(np.arange(len(FEATURES)) == 3, weight, 1.0), ALL) for weight in (1, 2, 3, 4, 5)]
    for at in range(moves_before):  # nothing is stored after one call, sums after two, and they are added to by a third
        moving.cosines(profile(), by[at])

    with interrupted(monkeypatch, chunks_done):
        moving.cosines(profile(), by[moves_before])

    for each in (by[moves_before], by[moves_before + 1]):
        expected = CandidateSearch(CATALOGUE).cosines(profile(), each)
        assert moving.cosines(profile(), each) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("count", [1, 7, 50, 1000])
def test_the_top_is_the_same_whether_or_not_the_rest_is_written(monkeypatch, count):
    monkeypatch.setattr(retrieval, "LARGE", 0)
    monkeypatch.setattr(retrieval, "SAMPLE", 60)
    excluded_rows = np.random.default_rng(0).random(len(CATALOGUE)) < 0.2
    by = metric(np.ones(len(FEATURES)), ALL)
    all_of_them = np.where(excluded_rows, -np.inf, CandidateSearch(CATALOGUE).cosines(profile(), by))

    rows, scores = CandidateSearch(CATALOGUE).top_k(profile(), by, count, excluded_rows)

    assert scores == pytest.approx(all_of_them[top_positions(all_of_them, count)], abs=1e-6)
    assert all_of_them[rows] == pytest.approx(scores, abs=1e-6)


def test_a_commonest_pattern_that_is_not_ranked_says_nothing_about_the_top(monkeypatch):
    monkeypatch.setattr(retrieval, "LARGE", 0)
    catalogue = Catalogue.from_tracks(random_tracks(100).assign(genres=["jazz"] * 40 + [None] * 60))
    genre = metric(np.array([0.0] * (len(FEATURES) - 1) + [1.0]), ALL)

    rows, _ = CandidateSearch(catalogue).top_k(profile(), genre, 100, np.zeros(len(catalogue), dtype=bool))

    assert len(rows) == 40


def test_the_best_come_first_and_equal_ones_in_order_of_position():
    scores = np.array([1, 3, 2, 3, -np.inf, 0], np.float32)

    assert top_positions(scores, 3).tolist() == [1, 3, 2]
    assert top_positions(scores, 2).tolist() == [1, 3]
    assert top_positions(scores, 99).tolist() == [1, 3, 2, 0, 5]
    assert top_positions(np.full(9, -np.inf, np.float32), 3).tolist() == []


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 999), count=st.integers(1, 60), levels=st.integers(1, 10_000))
def test_the_best_of_many_are_those_a_full_sort_finds(seed, count, levels):
    scores = np.random.default_rng(seed).integers(0, levels, 20_000).astype(np.float32)

    assert top_positions(scores, count).tolist() == np.argsort(-scores, kind="stable")[:count].tolist()


def test_the_top_is_the_same_to_the_last_digit_after_any_moves_and_among_any_songs():
    rng, nothing = np.random.default_rng(1), np.zeros(len(CATALOGUE), dtype=bool)
    moving, by = CandidateSearch(CATALOGUE), metric(np.ones(len(FEATURES)), ALL)
    for weight in (*rng.uniform(0.1, 10, 50), 1.0):
        by = Metric(np.where(np.arange(len(FEATURES)) == 3, weight, 1).astype(np.float32))
        moved = moving.top_k(profile(), by, 40, nothing)

    for rows, scores in (moved, CandidateSearch(CATALOGUE).top_k(profile(), by, 40, nothing)):
        some = np.sort(rng.permutation(rows)[:17])
        alone = CandidateSearch(CATALOGUE).cosines_of(profile(), by, some)
        assert rows.tolist() == moved[0].tolist() and scores.tolist() == moved[1].tolist()
        assert [scores[rows.tolist().index(row)] for row in some] == alone.tolist()
