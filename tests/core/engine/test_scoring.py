"""The score and its split over features."""

import numpy as np
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.scoring import DensityRatioScorer
from recsys.core.engine.similarity import Weighted, cosines, metric
from recsys.core.model.features import FEATURES
from recsys.core.model.scaling import AXIS_FEATURE, FeatureMatrix
from tests.core.small import random_tracks

CATALOGUE = Catalogue.from_tracks(random_tracks(80, missing=0.2))
SONGS = CATALOGUE.vectors(np.arange(30))
LIBRARY = CATALOGUE.vectors(np.arange(30, 70))
DISLIKES = CATALOGUE.vectors(np.arange(70, 75))
NOBODY = CATALOGUE.vectors(np.arange(0))
BY = metric(np.arange(1.0, len(FEATURES) + 1), np.ones(len(FEATURES), dtype=bool))


def scorer(library=LIBRARY, dislikes=NOBODY, by=BY):
    return DensityRatioScorer(library, CATALOGUE.background, dislikes, by)


def discounted(songs, others, by=BY):
    """Every cosine times the root of the share of the weight that is known of both, with or without genre."""
    found = cosines(Weighted.of(songs, by, np.float64), Weighted.of(others, by, np.float64))
    with_genre, without = by.weights.astype(np.float64), np.append(by.weights[:-1].astype(np.float64), 0.0)
    for known, of_song in zip(songs.mask.T, found, strict=True):
        both = known * others.mask.T
        of_song *= np.sqrt(np.maximum(both @ with_genre / with_genre.sum(), both @ without / without.sum()))
    return found


def kernel(others, beta):
    return np.log(np.exp(beta * discounted(SONGS, others)).mean(axis=1))


def exact(fitted, songs=SONGS):
    """The scores in double precision, by the formula."""
    many = len(fitted.dislikes)
    trust = many / (many + 10)

    def log_mean(others):
        return np.log(np.exp(fitted.sharpness * discounted(songs, others, fitted.metric)).mean(axis=1))

    scores = log_mean(fitted.library) - (1 - trust) * log_mean(fitted.background)
    return scores - trust * log_mean(fitted.dislikes) if many else scores


def test_the_score_is_the_library_against_the_catalogue():
    expected = kernel(LIBRARY, 6) - kernel(CATALOGUE.background, 6)

    assert scorer().contributions(SONGS).sum(axis=1) == pytest.approx(expected)


def test_a_small_library_is_read_softly():
    few = LIBRARY.take(np.arange(9))

    assert scorer(few).contributions(SONGS).sum(axis=1) == pytest.approx(
        kernel(few, 3) - kernel(CATALOGUE.background, 3)
    )


def test_dislikes_are_a_second_background_trusted_as_they_grow():
    beta = 6
    expected = kernel(LIBRARY, beta) - (1 - 1 / 3) * kernel(CATALOGUE.background, beta) - 1 / 3 * kernel(DISLIKES, beta)

    parts = scorer(dislikes=DISLIKES).contributions(SONGS)

    assert parts.sum(axis=1) == pytest.approx(expected)  # 5 of them: 5 / (5 + 10)


@pytest.mark.parametrize(
    ("tracks", "dislikes", "beta"),
    [(9, 0, 3), (10, 0, 6), (150, 0, 6), (337, 0, 9), (600, 0, 12), (1000, 0, 12), (40, 300, 10.25), (9, 2, 5.14)],
)
def test_the_kernel_narrows_as_the_library_or_the_dislikes_grow(tracks, dislikes, beta):
    many = CATALOGUE.vectors(np.arange(1000) % 80)

    fitted = scorer(many.take(np.arange(tracks)), many.take(np.arange(dislikes)))

    assert fitted.sharpness == pytest.approx(beta, abs=0.01)


def test_quick_scores_are_the_exact_ones():
    quick = scorer(dislikes=DISLIKES).scores(SONGS)

    assert quick.dtype == np.float32
    assert quick == pytest.approx(exact(scorer(dislikes=DISLIKES)), abs=1e-5)


@pytest.mark.parametrize("dislikes", [NOBODY, DISLIKES])
def test_contributions_sum_to_the_score(dislikes):
    fitted = scorer(dislikes=dislikes)

    assert fitted.contributions(SONGS).sum(axis=1) == pytest.approx(exact(fitted), abs=1e-6)


def test_contributions_sum_even_under_lopsided_weights():
    by = metric(np.array([1e6, *[1e-3] * (len(FEATURES) - 1)]), np.ones(len(FEATURES), dtype=bool))
    fitted = scorer(by=by)

    assert fitted.contributions(SONGS).sum(axis=1) == pytest.approx(exact(fitted), abs=1e-5)


def test_contributions_sum_to_the_score_however_sharp_the_eye_and_lopsided_the_weights():
    many = Catalogue.from_tracks(random_tracks(1000, seed=3))
    by = metric(np.array([1.0, *[1e-3] * (len(FEATURES) - 1)]), np.ones(len(FEATURES), dtype=bool))
    fitted = scorer(dislikes=many.vectors(np.arange(1000)), by=by)

    assert fitted.sharpness > 11
    assert fitted.contributions(SONGS).sum(axis=1) == pytest.approx(exact(fitted), abs=1e-6)


def test_tracks_close_to_the_median_are_compared_by_their_direction_as_all_others_are():
    axes, known = np.zeros((len(AXIS_FEATURE), 3), np.float32), np.ones((len(FEATURES), 3), np.float32)
    axes[0] = (1e-5, 1e-5, -1e-5)
    tracks = Weighted.of(
        FeatureMatrix(axes, known),
        metric(np.array([1.0, *[0.0] * (len(FEATURES) - 1)]), np.ones(len(FEATURES), dtype=bool)),
    )

    assert cosines(tracks, tracks)[0] == pytest.approx([1, 1, -1])


def test_a_feature_that_is_unknown_or_has_no_weight_adds_nothing():
    by = metric(np.where(np.arange(len(FEATURES)) == 3, 0.0, 1.0), np.ones(len(FEATURES), dtype=bool))
    parts = scorer(by=by).contributions(SONGS)

    assert not parts[:, 3].any()
    assert not parts[SONGS.mask.T == 0].any()


def test_only_the_feature_that_sets_a_song_apart_is_named():
    axes, known = np.zeros((len(AXIS_FEATURE), 3), np.float32), np.ones((len(FEATURES), 3), np.float32)
    axes[0], axes[1] = (1, 1, -1), (0.5, 0.5, 0.5)
    points = FeatureMatrix(axes, known)
    fitted = DensityRatioScorer(
        points.take(np.array([0, 1])),
        points.take(np.array([2])),
        NOBODY,
        metric(np.array([1.0, 1.0, *[0.0] * (len(FEATURES) - 2)]), np.ones(len(FEATURES), dtype=bool)),
    )

    energy, other = fitted.contributions(points.take(np.array([0])))[0, :2]

    assert energy == pytest.approx(exact(fitted, points.take(np.array([0])))[0])
    assert other == pytest.approx(0, abs=1e-9)


def test_the_score_of_a_song_is_the_same_to_the_last_digit_whatever_songs_are_beside_it():
    songs, rng = CATALOGUE.vectors(np.arange(80)), np.random.default_rng(0)
    for fitted in (scorer(), scorer(dislikes=DISLIKES), scorer(LIBRARY.take(np.arange(3)))):
        alone = np.array([fitted.scores(songs.take(np.array([at])))[0] for at in range(80)])
        for count in (2, 31, 32, 33, 79):
            some = rng.permutation(80)[:count]
            assert fitted.scores(songs.take(some)).tolist() == alone[some].tolist()


def test_no_digit_of_a_score_is_changed_by_discounts_where_everything_is_known(monkeypatch):
    catalogue = Catalogue.from_tracks(random_tracks(80))
    songs, library, dislikes = (catalogue.vectors(np.arange(*span)) for span in ((0, 40), (40, 70), (70, 80)))
    fitted = DensityRatioScorer(library, catalogue.background, dislikes, BY)
    found = [fitted.scores(songs), fitted.precise_scores(songs), fitted.contributions(songs)]

    monkeypatch.setattr(Weighted, "shares", lambda self, other: np.ones((len(self), len(other)), self.values.dtype))

    undiscounted = [fitted.scores(songs), fitted.precise_scores(songs), fitted.contributions(songs)]
    assert all(np.array_equal(one, other) for one, other in zip(found, undiscounted, strict=True))


def test_precise_scores_are_the_formula():
    assert scorer(dislikes=DISLIKES).precise_scores(SONGS) == pytest.approx(exact(scorer(dislikes=DISLIKES)), abs=1e-12)
