"""How well one song follows another, and the order in which they follow each other best."""

from itertools import permutations

import numpy as np
import pytest

from recsys.core.engine.transitions import (
    Sound,
    greedy_path,
    improve_path,
    mean_transition_cost,
    smooth_path,
    transition_costs,
)


def sound(*rows):
    return Sound(*np.array(rows, dtype=np.float64).T)


def drawn(count, seed=0):
    rng = np.random.default_rng(seed)
    tempo, key = rng.uniform(60, 200, count), rng.integers(0, 12, count)
    return Sound(tempo, key.astype(float), rng.integers(0, 2, count).astype(float), rng.random(count))


def cost(one, other):
    return transition_costs(sound(one, other))[0, 1]


def test_a_song_follows_itself_at_no_cost():
    assert cost((100, 3, 1, 0.5), (100, 3, 1, 0.5)) == 0


def test_double_tempo_is_no_step_and_half_an_octave_is_the_largest():
    assert cost((70, 0, 1, 0.5), (140, 0, 1, 0.5)) == pytest.approx(0)
    assert cost((100, 0, 1, 0.5), (100 * 2**0.5, 0, 1, 0.5)) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("key", "mode", "steps"),
    [(7, 1, 1), (5, 1, 1), (9, 0, 1), (0, 0, 4), (6, 1, 6), (3, 0, 7)],
    ids=["C to G", "C to F", "C to A minor", "C to C minor", "C to F sharp", "C to E flat minor"],
)
def test_keys_are_apart_by_the_circle_of_fifths_and_the_mode(key, mode, steps):
    assert cost((100, 0, 1, 0.5), (100, key, mode, 0.5)) == pytest.approx(steps / 7 / 3)


def test_energy_costs_its_difference():
    assert cost((100, 0, 1, 0.2), (100, 0, 1, 0.8)) == pytest.approx(0.6 / 3)


def test_what_is_unknown_costs_as_much_as_songs_drawn_at_random():
    assert cost((np.nan,) * 4, (100, 0, 1, 0.5)) == pytest.approx((0.5 + 0.5 + 1 / 3) / 3)


def test_a_cost_is_the_same_both_ways():
    costs = transition_costs(drawn(20))

    assert np.array_equal(costs, costs.T)
    assert costs.min() >= 0
    assert costs.max() <= 1


def test_six_songs_get_nearly_the_best_of_all_orders():
    for seed in range(20):
        costs = transition_costs(drawn(6, seed))
        best = min(mean_transition_cost(costs, np.array(order)) for order in permutations(range(6)))

        assert mean_transition_cost(costs, smooth_path(costs)) <= best * 1.02 + 1e-12


@pytest.mark.parametrize("count", [0, 1, 2, 3, 40])
def test_a_smooth_path_holds_every_song_once(count):
    assert sorted(smooth_path(transition_costs(drawn(count)))) == list(range(count))


def test_a_smooth_path_beats_the_greedy_one_and_sorting_by_tempo():
    for seed in range(5):
        songs = drawn(60, seed)
        costs = transition_costs(songs)
        smooth = mean_transition_cost(costs, smooth_path(costs))

        assert smooth < mean_transition_cost(costs, greedy_path(costs, 0))
        assert smooth < mean_transition_cost(costs, np.argsort(songs.tempo))


def test_positions_that_are_not_free_hold_their_songs():
    costs = transition_costs(drawn(30))
    free = np.ones(30, dtype=bool)
    free[[0, 11, 29]] = False

    improved = improve_path(costs, np.arange(30), free)

    assert improved[[0, 11, 29]].tolist() == [0, 11, 29]
    assert mean_transition_cost(costs, improved) < mean_transition_cost(costs, np.arange(30))


def test_a_change_that_crowds_the_path_is_not_made():
    costs = transition_costs(drawn(30))

    unchanged = improve_path(costs, np.arange(30), crowding=lambda path: int((path != np.arange(30)).sum()))

    assert unchanged.tolist() == list(range(30))
