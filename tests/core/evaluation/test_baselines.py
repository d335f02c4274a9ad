"""The methods that ours is compared with do what their names say."""

import numpy as np
import pytest

from recsys.core.evaluation.baselines import Chance, MeanCosine, Popularity, audio, standardised, textbook, z_scored
from recsys.core.model.features import AUDIO_FEATURES
from tests.core.songs import two_kinds


def everything(count):
    return np.ones(count, bool)


def answer(method, visible, candidates, depth=10, seed=0):
    return method.answer(np.array(visible), candidates, depth, np.random.default_rng(seed))


def test_chance_ranks_the_candidates_and_nothing_else():
    candidates = np.array([True, False, True, True])
    found = answer(Chance(), [1], candidates)

    assert sorted(found.rows) == [0, 2, 3]


def test_chance_treats_all_songs_alike():
    firsts = [answer(Chance(), [0], everything(4), seed=seed).rows[0] for seed in range(400)]

    assert np.bincount(firsts, minlength=4) == pytest.approx(100, abs=30)


def test_popularity_is_the_same_for_everybody_and_the_unknown_come_last():
    charts = Popularity(np.array([10.0, np.nan, 90.0, 0.0]))

    assert answer(charts, [0], everything(4)).rows.tolist() == [2, 0, 3, 1]


def test_equally_popular_songs_take_turns():
    charts = Popularity(np.array([5.0, 5.0]))

    assert {int(answer(charts, [], everything(2), seed=seed).rows[0]) for seed in range(20)} == {0, 1}


def test_the_draw_between_equals_never_lifts_a_song_above_a_more_popular_one():
    charts = Popularity(np.array([0.5, 0.9, 0.51, np.nan]))
    orders = {tuple(answer(charts, [], everything(4), seed=seed).rows.tolist()) for seed in range(50)}

    assert orders == {(1, 2, 0, 3)}


def test_mean_cosine_ranks_by_the_angle_to_the_mean_of_what_is_visible():
    points = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 1.9], [1.0, -1.0], [np.nan, 1.0]])
    found = answer(MeanCosine(points), [0, 1], everything(5))

    assert found.rows.tolist() == [2, 0, 1, 3], "an incomplete song is not ranked"
    assert found.scores_of(np.array([0, 3])) == pytest.approx([np.sqrt(0.5), 0])


def test_the_textbook_stretches_five_features_over_the_catalogue():
    tracks = two_kinds(each=3)
    points = textbook(tracks)._points

    assert points.shape == (6, 5)
    assert points.min(axis=0).tolist() == [0] * 5
    assert points.max(axis=0).tolist() == [1] * 5


def test_standardised_features_have_mean_zero_and_spread_one():
    points = standardised(two_kinds(each=40))

    assert points.shape == (80, len(AUDIO_FEATURES))
    assert points.mean(axis=0) == pytest.approx(0, abs=1e-9)
    assert points.std(axis=0) == pytest.approx(1)


def test_centred_features_tell_the_two_kinds_apart_where_the_textbook_sees_one_direction():
    tracks = two_kinds()
    calm = np.flatnonzero(tracks["track_id"].str.startswith("c"))
    wanted = ~np.isin(np.arange(len(tracks)), calm[:10])

    def share(method):
        return np.isin(answer(method, calm[:10], wanted, depth=50).rows, calm).mean()

    assert share(z_scored(tracks)) == 1
    assert share(z_scored(tracks)) >= share(textbook(tracks))


def test_a_feature_that_no_song_has_is_left_out_and_one_that_never_changes_does_no_harm():
    tracks = two_kinds(each=5, liveness=np.nan, speechiness=0.2)

    assert audio(tracks).shape == (10, len(AUDIO_FEATURES) - 1)
    assert np.isfinite(standardised(tracks)).all()


def test_rows_that_were_never_analysed_are_unknown_to_every_method():
    tracks = two_kinds(each=5)
    tracks.loc[0, ["danceability", "tempo"]] = 0.0

    assert np.isnan(audio(tracks)[0]).all()
    assert 0 not in answer(z_scored(tracks), [1], everything(10)).rows
