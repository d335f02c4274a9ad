"""Stretches of a catalogue that point away from a profile are left unread, and nothing is missed by that."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.core.engine import layout, pruning, retrieval
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.pruning import Block, BlockBounds, cluster_key
from recsys.core.engine.retrieval import CandidateSearch
from recsys.core.engine.similarity import metric, top_positions
from recsys.core.model.features import FEATURES, NUMBER_FEATURES
from recsys.core.model.scaling import AXIS_FEATURE, FIRST_AXIS, NUMBER_AXES, fit
from tests.core.small import random_tracks

INSTRUMENTALNESS = FIRST_AXIS[[f.name for f in FEATURES].index("instrumentalness")]
ALL = np.ones(len(FEATURES), dtype=bool)
WEIGHTS = st.lists(st.floats(0.01, 10) | st.just(0.0), min_size=len(FEATURES), max_size=len(FEATURES)).filter(any)


@pytest.fixture(scope="module")
def small():
    """Catalogues in stretches of eight songs, the first forty of each pattern in no order: one complete, one not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pruning, "BLOCK_ROWS", 8)
        patch.setattr(layout, "UNSORTED_ROWS", 40)
        patch.setattr(retrieval, "LARGE", 0)
        patch.setattr(retrieval, "SAMPLE", 40)
        yield [Catalogue.from_tracks(random_tracks(600, missing=missing)) for missing in (0.0, 0.1)]


def columns(**given):
    """Columns of number features for as many tracks as are given; features left out are unknown."""
    count = len(next(iter(given.values())))
    return [np.array(given.get(f.name, [np.nan] * count), dtype=np.float64) for f in NUMBER_FEATURES]


def profile(seed):
    """A profile that is large in some features and small in others, as real ones are."""
    rng = np.random.default_rng(seed)
    return (rng.normal(size=len(AXIS_FEATURE)) * rng.exponential(1, len(AXIS_FEATURE)) ** 2).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(weights=WEIGHTS, seed=st.integers(0, 999), which=st.integers(0, 1))
def test_no_song_is_closer_than_its_stretch_can_be(small, weights, seed, which):
    catalogue, by, centre = small[which], metric(np.array(weights), ALL), profile(seed)
    shares = np.add.reduceat(centre.astype(np.float64) ** 2, FIRST_AXIS) * by.weights
    cosines = CandidateSearch(catalogue).cosines(centre, by)

    reach = catalogue.bounds.upper_bounds(centre, shares)

    for (start, stop, pattern), highest in zip(catalogue.bounds.blocks, reach, strict=True):
        whole = catalogue.patterns[pattern] @ shares
        closest = max(float(cosines[start:stop].max()), 0.0)
        assert closest**2 * whole <= highest * (1 + 1e-5) + 1e-12 * shares.sum()


@settings(max_examples=60, deadline=None)
@given(weights=WEIGHTS, seed=st.integers(0, 999), which=st.integers(0, 1), count=st.integers(1, 30))
def test_the_top_is_what_reading_everything_finds(small, weights, seed, which, count):
    catalogue, by, centre = small[which], metric(np.array(weights), ALL), profile(seed)
    nobody = np.zeros(len(catalogue), dtype=bool)
    cosines = CandidateSearch(catalogue).cosines(centre, by)

    rows, scores = CandidateSearch(catalogue).top_k(centre, by, count, nobody)

    assert scores == pytest.approx(cosines[top_positions(cosines, count)], abs=1e-6)
    assert cosines[rows] == pytest.approx(scores, abs=1e-6)


MOVES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, len(FEATURES) - 1), st.floats(0.1, 10)), max_size=12)


@settings(max_examples=60, deadline=None)
@given(weights=WEIGHTS, moves=MOVES, which=st.integers(0, 1))
def test_the_top_is_the_same_after_any_moves_of_aims_and_weights(small, weights, moves, which):
    catalogue, weights = small[which], np.array(weights)
    moving, nobody = CandidateSearch(catalogue), np.zeros(len(catalogue), dtype=bool)
    for seed, feature, weight in [(0, 0, weights[0]), *moves]:
        weights[feature] = weight if seed % 2 else weights[feature]  # else the aim alone has moved
        centre, by = profile(seed), metric(weights, ALL)

        rows, scores = moving.top_k(centre, by, 20, nobody)

        expected = CandidateSearch(catalogue).top_k(centre, by, 20, nobody)
        assert rows.tolist() == expected[0].tolist() and scores.tolist() == expected[1].tolist()


def test_much_of_the_catalogue_can_be_left_unread(small):
    centre = np.zeros(len(AXIS_FEATURE), np.float32)
    centre[[FIRST_AXIS[pruning.TEMPO], INSTRUMENTALNESS]] = 1
    shares = np.add.reduceat(centre.astype(np.float64) ** 2, FIRST_AXIS)
    catalogue = small[0]

    reach = catalogue.bounds.upper_bounds(centre, shares)
    wanted = catalogue.bounds.runs(reach >= 0.8**2 * shares.sum(), 600)

    assert 0 < sum(stop - start for start, stop, _ in wanted) < 0.5 * len(catalogue)


def test_tracks_are_ordered_by_tempo_within_the_octave_and_then_by_the_side_of_the_median():
    tracks = columns(tempo=[60, 120, 119, 90, 60, np.nan], instrumentalness=[0.0, 0.0, 0.9, 0.9, 0.9, 0.0])
    numbers = cluster_key(tracks, fit(tracks, None).quantiles)

    assert numbers[0] == numbers[1] == numbers[5]
    assert numbers[0] < numbers[4] < numbers[3] < numbers[2]


def test_the_side_of_the_median_is_that_of_the_axis_whatever_the_tracks_are():
    everything = columns(instrumentalness=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    some = columns(tempo=[60] * 5, instrumentalness=[0.1, 0.4, 0.449, 0.451, 0.5])

    below, nearly, still_below, above, higher = cluster_key(some, fit(everything, None).quantiles)

    assert below == nearly == still_below < above == higher


def test_nothing_known_of_any_track_is_no_direction():
    tracks = columns(tempo=[np.nan, np.nan])

    assert cluster_key(tracks, fit(tracks, None).quantiles).tolist() == [0, 0]


def test_wanted_stretches_are_joined_up_to_a_length_and_never_across_patterns(small):
    axes, patterns = np.ones((NUMBER_AXES, 40), np.float32), np.ones((2, len(FEATURES)), dtype=bool)
    found = BlockBounds.of(axes, patterns, [Block(0, 24, 0), Block(24, 40, 1)])

    assert found.blocks.tolist() == [[0, 8, 0], [8, 16, 0], [16, 24, 0], [24, 32, 1], [32, 40, 1]]
    assert found.runs(np.array([1, 1, 0, 1, 1], bool), 100) == [Block(0, 16, 0), Block(24, 40, 1)]
    assert found.runs(np.array([0, 0, 1, 1, 0], bool), 100) == [Block(16, 24, 0), Block(24, 32, 1)]
    assert found.runs(np.ones(5, bool), 20) == [Block(0, 20, 0), Block(20, 24, 0), Block(24, 40, 1)]
    assert found.runs(np.zeros(5, bool), 100) == []


def test_the_first_songs_of_a_pattern_are_a_sample_and_the_rest_are_side_by_side(small):
    catalogue = small[0]
    changes = np.count_nonzero(np.diff(catalogue.axes[INSTRUMENTALNESS] > 0))

    assert np.array_equal(np.sort(catalogue.songs[:40]), catalogue.songs[:40])
    assert changes < 40 + 2 * pruning.SECTORS
