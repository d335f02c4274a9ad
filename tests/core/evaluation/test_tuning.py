"""Tuning finds the slider that matters, on one half, and does not believe in luck."""

import numpy as np
import pytest

from recsys.core.engine.presets import WEIGHTS_TRIED
from recsys.core.evaluation.holdout import Pool
from recsys.core.evaluation.proof import OURS, TUNED, halves
from recsys.core.evaluation.tuning import Search, is_clearly_better, tune
from recsys.core.model.features import AUDIO_FEATURES, FEATURES
from recsys.errors import NothingToRank
from tests.core.songs import two_kinds

NONE = np.arange(0)
FLAT = {f.name: 1.0 for f in FEATURES}


def rng():
    return np.random.default_rng(0)


def quiet(done, of):
    pass


@pytest.fixture(scope="module")
def pool():
    """Songs of random sound; the listener's all have a high valence and nothing else in common."""
    noise = {f.column: np.random.default_rng(n).uniform(f.low, f.high, 400) for n, f in enumerate(AUDIO_FEATURES)}
    noise["valence"] = np.where(np.arange(400) < 60, 0.95, noise["valence"])
    return Pool.from_tracks(two_kinds(each=200, **noise))


@pytest.fixture(scope="module")
def mine(pool):
    return pool.rows_of([f"c{n}" for n in range(60)])


def test_the_slider_that_matters_is_raised(pool, mine):
    search = Search(pool, halves(pool, mine, NONE, NONE, 3, rng()), FLAT)

    assert search.improve("valence")
    assert search.weights["valence"] > 1
    assert {name for name, weight in search.weights.items() if weight != 1} == {"valence"}


def test_a_feature_that_nobody_has_is_not_searched(pool, mine):
    search = Search(pool, halves(pool, mine, NONE, NONE, 1, rng()), FLAT)

    assert "genre" not in search.features
    assert "valence" in search.features


def test_the_last_slider_cannot_be_put_to_nothing(pool, mine):
    only = dict.fromkeys(FLAT, 0.0) | {"valence": 1.0}
    search = Search(pool, halves(pool, mine, NONE, NONE, 1, rng()), only)
    search.improve("valence")

    assert search.weights["valence"] > 0


def test_a_slider_wrongly_ignored_is_found_and_does_better_on_the_half_not_seen(pool, mine):
    start = FLAT | {"valence": 0.0}
    found = tune(pool, mine, start, rng(), quiet)

    assert found.start == start
    assert found.weights["valence"] >= 1
    assert set(found.weights.values()) <= set(WEIGHTS_TRIED)
    assert found.proof.more[OURS].low > 0
    assert found.proof.found[TUNED].mean > found.proof.found[OURS].mean
    assert (found.proof.songs, found.proof.hidden) == (60, 15)


def test_progress_only_rises_and_ends_below_its_total(pool, mine):
    reported = []
    tune(pool, mine, FLAT, rng(), lambda done, of: reported.append((done, of)))

    assert reported == sorted(reported)
    assert reported[-1][0] < reported[-1][1] == reported[0][1]


def test_a_gain_that_varies_more_than_it_gains_is_luck():
    before = np.array([0.1, 0.2, 0.3, 0.4])

    assert is_clearly_better(before + 0.01, before)
    assert not is_clearly_better(before + np.array([0.3, -0.2, 0.2, -0.1]), before)
    assert not is_clearly_better(before, before)


def test_both_halves_need_enough_songs(pool, mine):
    with pytest.raises(NothingToRank, match=r"at least 40 .* has 39"):
        tune(pool, mine[:39], FLAT, rng(), quiet)
