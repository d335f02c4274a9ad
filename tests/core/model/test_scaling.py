"""Features to model space."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from recsys.core.model.features import FEATURES
from recsys.core.model.genres import GENRE_AXES, fit_genres
from recsys.core.model.scaling import AXIS_FEATURE, FIRST_AXIS, QuantileTransform, columns, fit
from tests.core.small import random_tracks, tracks


def axis(name):
    return int(FIRST_AXIS[[f.name for f in FEATURES].index(name)])


def test_the_median_is_zero_and_ranks_become_normal_quantiles():
    ranks = QuantileTransform.fit(np.array([30.0, 10.0, 20.0, 50.0, 40.0]))

    expected = [NormalDist().inv_cdf(u) for u in (0.1, 0.3, 0.5, 0.7, 0.9)]

    assert ranks.transform(np.array([10.0, 20.0, 30.0, 40.0, 50.0])) == pytest.approx(expected)


def test_equal_values_share_the_middle_of_their_ranks():
    ranks = QuantileTransform.fit(np.array([0.0, 0.0, 0.0, 1.0]))

    assert ranks.transform(np.array([0.0, 1.0])) == pytest.approx([NormalDist().inv_cdf(u) for u in (0.375, 0.875)])


def test_a_long_column_is_placed_as_exactly_as_its_ranks():
    column = np.random.default_rng(0).gamma(2, size=50_000)
    middles = (pd.Series(column).rank() - 0.5) / len(column)
    normal = NormalDist()

    expected = [normal.inv_cdf(u) for u in middles.clip(0.005, 0.995)]

    assert np.abs(QuantileTransform.fit(column).transform(column) - expected).max() < 0.02


def test_values_beyond_the_catalogue_are_placed_at_its_ends():
    ranks = QuantileTransform.fit(np.arange(1000.0))

    assert ranks.transform(np.array([-1e9, 1e9])) == pytest.approx([-2.5758, 2.5758], abs=1e-3)


def test_an_unknown_value_is_zero_and_nothing_is_imputed():
    catalogue = random_tracks(50)
    placed = fit(columns(catalogue), None).transform(tracks({"energy": 0.5}))

    assert placed.mask[:, 0].tolist() == [float(f.name == "energy") for f in FEATURES]
    assert (placed.values[[f.name for f in FEATURES].index("energy") != AXIS_FEATURE] == 0).all()


def test_a_beat_is_the_same_an_octave_up():
    space = fit(columns(random_tracks(50)), None)
    tempos = tracks({"tempo": 70}, {"tempo": 140}, {"tempo": 99})
    placed = space.transform(tempos).values[axis("tempo") : axis("tempo") + 2]

    assert placed[:, 0] == pytest.approx(placed[:, 1], abs=1e-6)
    assert placed[:, 0] @ placed[:, 2] == pytest.approx(-1, abs=1e-3)
    assert (placed**2).sum(axis=0) == pytest.approx([1, 1, 1])


def test_a_year_is_close_to_its_neighbours_and_far_from_the_other_end():
    years = [*range(1961, 2021)]
    space = fit(columns(tracks(*({"year": year} for year in years))), None)
    placed = space.transform(tracks(*({"year": year} for year in (1990, 1993, 2005, 2020, 1961)))).values
    middle, near, further, newest, oldest = placed[axis("year") : axis("year") + 3].T

    assert middle @ near > 2 * abs(middle @ further)
    assert newest @ oldest < 0
    assert newest[0] == pytest.approx(NormalDist().inv_cdf(59.5 / 60) / 2**0.5)
    assert (placed[axis("year") + 1 : axis("year") + 3] ** 2).sum(axis=0) == pytest.approx([0.5] * 5)


def test_a_shift_of_the_year_goes_to_the_year_that_is_a_step_newer():
    years = tracks(*({"year": year} for year in range(1921, 2021)))
    space = fit(columns(years), None)
    vectors = space.transform(years)
    moved = vectors.take(slice(50, 51)).shifted({"year": 1.0}).values[axis("year") : axis("year") + 3, 0]

    there = vectors.values[axis("year") : axis("year") + 3]
    assert int(np.square(there.T - moved).sum(axis=1).argmin()) == round(100 * NormalDist().cdf(1.0))


def test_a_row_that_was_never_analysed_has_no_audio_features():
    known = dict(
        zip(
            [f.name for f in FEATURES],
            columns(tracks({"danceability": 0, "tempo": 0, "energy": 0.5, "year": 2000})),
            strict=False,
        )
    )

    assert np.isnan(known["energy"][0]) and np.isnan(known["danceability"][0])
    assert known["year"][0] == 2000


@pytest.mark.parametrize("tempo", [0, 5e-324, -1, float("inf"), float("nan")])
def test_an_impossible_tempo_is_unknown(tempo):
    placed = fit(columns(random_tracks(50)), None).transform(tracks({"tempo": tempo, "danceability": 0.4}))

    assert not placed.mask[[f.name for f in FEATURES].index("tempo"), 0]
    assert np.isfinite(placed.values).all()


def test_a_shift_moves_what_is_known_and_leaves_the_unknown_unknown():
    placed = fit(columns(random_tracks(50)), None).transform(tracks({"energy": 0.5}, {"valence": 0.5}))
    moved = placed.shifted({"energy": 1.0})

    assert (moved.values - placed.values)[axis("energy")].tolist() == [1, 0]
    assert moved.values[axis("valence")].tolist() == placed.values[axis("valence")].tolist()


def test_a_shift_of_tempo_turns_the_beat_by_a_third_of_an_octave():
    space = fit(columns(random_tracks(50)), None)
    moved = space.transform(tracks({"tempo": 100}, {})).shifted({"tempo": 1.0})
    there = space.transform(tracks({"tempo": 100 * 2 ** (1 / 3)}, {}))

    assert moved.values == pytest.approx(there.values, abs=1e-6)


def test_genres_that_go_together_are_close_and_others_are_not():
    families = [(f"{name} a", f"{name} b", f"{name} c") for name in range(GENRE_AXES)]
    sets = pd.Series([",".join(pair) for a, b, c in families for pair in ((a, b), (b, c), (a, c))])
    space = fit_genres(sets, np.ones(len(sets)))
    placed = space.transform(pd.Series(["0 a", "0 B ", "1 a", "unheard of", None]))
    similarity = placed @ placed.T

    assert similarity[0, 1] == pytest.approx(1, abs=1e-3)
    assert similarity[0, 2] == pytest.approx(0, abs=1e-3)
    assert not placed[3:].any()


def test_genres_do_not_depend_on_the_order_of_the_catalogue():
    sets = pd.Series(["a,b", "b,c", "c,d", "d,e", "a,e", "f"])
    one = fit_genres(sets, np.ones(6)).transform(sets)
    other = fit_genres(sets[::-1], np.ones(6)).transform(sets)

    assert one @ one.T == pytest.approx(other @ other.T, abs=1e-5)


def test_a_catalogue_without_genres_has_no_genre_space():
    assert fit_genres(pd.Series([], dtype="str"), np.zeros(0)) is None
