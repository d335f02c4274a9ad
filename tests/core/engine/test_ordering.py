"""The order of a list, songs of one artist apart, and a list of so many minutes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.core.engine.ordering import ORDERS, Groups, Order, arrange, crowded, fit_minutes
from recsys.core.engine.transitions import Sound


def songs(energy, tempo=None):
    energy = np.array(energy, dtype=np.float64)
    tempo = np.full(len(energy), 120.0) if tempo is None else np.array(tempo, dtype=np.float64)
    return Sound(tempo, np.zeros(len(energy)), np.ones(len(energy)), energy)


def by_different_artists(count):
    return Groups(np.arange(count), np.full(count, -1))


def ordered(energy, **order):
    return arrange(songs(energy), by_different_artists(len(energy)), Order(**order)).tolist()


def test_by_score_leaves_the_list_as_it_is():
    assert ordered([0.5, 0.1, 0.9]) == [0, 1, 2]


def test_rise_and_fall_sort_by_energy_with_unknown_last():
    assert ordered([0.5, np.nan, 0.9, 0.1], name="rise") == [3, 0, 2, 1]
    assert ordered([0.5, np.nan, 0.9, 0.1], name="fall") == [2, 0, 3, 1]


def test_equal_values_stay_in_order_of_score():
    assert ordered([0.5, 0.5, 0.1, 0.5], name="rise") == [2, 0, 1, 3]
    assert ordered([0.5, 0.5, 0.1, 0.5], name="fall") == [0, 1, 3, 2]


def test_tempo_rises_in_beats_per_minute():
    sound = songs([0.5] * 3, tempo=[140, 70, 100])

    assert arrange(sound, by_different_artists(3), Order("rise", "tempo")).tolist() == [1, 2, 0]


def test_an_arc_builds_up_to_a_peak_and_winds_down():
    energy = np.random.default_rng(0).permutation(30) / 30
    level = energy[ordered(energy, name="arc")]
    peak = int(level.argmax())

    assert 17 <= peak <= 21
    assert (np.diff(level[: peak + 1]) > 0).all()
    assert (np.diff(level[peak:]) < 0).all()


@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize("spacing", [0, 2])
def test_locked_songs_stay_at_their_positions(name, spacing):
    energy = np.random.default_rng(1).random(20)

    found = ordered(energy, name=name, spacing=spacing, locked={4: 0, 0: 9, 7: 19})

    assert sorted(found) == list(range(20))
    assert (found[0], found[9], found[19]) == (4, 0, 7)


@pytest.mark.parametrize("name", ORDERS)
def test_two_of_one_artist_are_apart(name):
    groups = Groups(np.repeat(np.arange(10), 2), np.full(20, -1))

    found = arrange(songs(np.random.default_rng(2).random(20)), groups, Order(name, spacing=3))

    assert crowded(groups, 3, np.arange(20)) == 10
    assert crowded(groups, 3, found) == 0


def test_two_of_one_album_are_apart_and_unknown_albums_do_not_count():
    groups = Groups(np.arange(6), np.array([1, 1, -1, -1, 2, 2]))

    found = arrange(songs([0.5] * 6), groups, Order(spacing=2))

    assert crowded(groups, 2, found) == 0


def test_an_artist_with_half_of_the_songs_takes_every_second_place():
    groups = Groups(np.array([0, 1, 2, 3, 9, 9, 9, 9, 9]), np.full(9, -1))

    found = arrange(songs([0.5] * 9), groups, Order(spacing=1))

    assert groups.artists[found].tolist() == [9, 0, 9, 1, 9, 2, 9, 3, 9]


def test_where_songs_cannot_be_apart_every_one_is_still_listed():
    groups = Groups(np.zeros(5, dtype=int), np.full(5, -1))

    assert sorted(arrange(songs([0.5] * 5), groups, Order(spacing=2))) == list(range(5))


def test_an_empty_list_has_an_empty_order():
    for name in ORDERS:
        assert ordered([], name=name, spacing=2) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(90_000, 480_000), min_size=120, max_size=200), st.floats(10, 90))
def test_a_list_of_a_number_of_minutes_misses_by_half_its_shortest_song_at_most(durations, minutes):
    lengths = np.array(durations, dtype=np.float64)

    taken = fit_minutes(lengths, minutes)

    assert (np.diff(taken) > 0).all()
    assert abs(lengths[taken].sum() - minutes * 60_000) <= lengths[taken].min() / 2


def test_the_best_songs_are_taken_where_they_fit():
    assert fit_minutes(np.array([180_000.0] * 10), 9).tolist() == [0, 1, 2]


def test_songs_of_unknown_length_are_not_taken():
    assert fit_minutes(np.array([np.nan, 180_000, 0, 180_000, 180_000]), 6).tolist() == [1, 3]


def test_too_few_songs_are_all_taken():
    assert fit_minutes(np.array([180_000.0, 200_000.0]), 60).tolist() == [0, 1]
    assert fit_minutes(np.array([]), 60).tolist() == []
