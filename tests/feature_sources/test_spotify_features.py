"""Spotify's own numbers, for the few apps that still get them."""

import pytest

from recsys.core.model.tracks import has_audio
from recsys.errors import NotOffered, ReconnectSpotify, SourceBusy, SpotifyBusy, SpotifyRefused, SpotifyUnreachable
from recsys.feature_sources.source import fill_in
from recsys.feature_sources.spotify_features import SpotifyFeatures
from tests.fakes.spotify import music
from tests.feature_sources.contract import FeatureSourceContract
from tests.feature_sources.rows import tracks

ONE, TWO, STRANGER = music.track(1), music.track(2), music.spotify_id("nobody knows")


def asked(*ids):
    return tracks(*({"track_id": track_id} for track_id in ids))


def answers(ids):
    """As Spotify: in the order of the ids, null for an unknown one."""
    known = {track.id: track.features | {"id": track.id, "time_signature": 4} for track in (ONE, TWO)}
    return [known.get(track_id) for track_id in ids]


def raising(problem):
    def ask(ids):
        raise problem

    return ask


class TestSpotifyFeatures(FeatureSourceContract):
    @pytest.fixture
    def source(self):
        return SpotifyFeatures(answers)

    @pytest.fixture
    def known(self):
        return asked(ONE.id, TWO.id)

    @pytest.fixture
    def unknown(self):
        return asked(STRANGER)


def test_a_null_is_a_track_spotify_does_not_know():
    filled = fill_in(asked(ONE.id, STRANGER), [SpotifyFeatures(answers)])

    assert has_audio(filled.tracks).tolist() == [True, False]
    assert filled.tracks.loc[0, ["energy", "time_signature"]].tolist() == [ONE.features["energy"], 4.0]


@pytest.mark.parametrize("reason", ["closed_to_new_apps", "forbidden", "not_found"])
def test_a_refusal_means_that_the_source_is_closed(reason):
    with pytest.raises(NotOffered):
        SpotifyFeatures(raising(SpotifyRefused("Closed.", reason))).look_up(asked(ONE.id))


@pytest.mark.parametrize("reason", ["premium_required", "not_registered", "scope", "not_understood"])
def test_a_refusal_that_somebody_can_fix_does_not_close_the_source_for_everybody(reason):
    with pytest.raises(SourceBusy, match="Renew it") as caught:
        SpotifyFeatures(raising(SpotifyRefused("Renew it.", reason))).look_up(asked(ONE.id))

    assert caught.value.retry_after == 86_400


@pytest.mark.parametrize(("problem", "wait"), [(SpotifyBusy("Later.", 90), 90), (SpotifyUnreachable("Broken."), 300)])
def test_a_wait_or_a_broken_line_is_a_busy_source(problem, wait):
    with pytest.raises(SourceBusy) as caught:
        SpotifyFeatures(raising(problem)).look_up(asked(ONE.id))

    assert caught.value.retry_after == wait


def test_a_listener_who_must_sign_in_again_is_no_closed_source():
    with pytest.raises(ReconnectSpotify):
        SpotifyFeatures(raising(ReconnectSpotify("Connect again."))).look_up(asked(ONE.id))


@pytest.mark.parametrize("odd", [{}, {"id": None}, {"id": STRANGER, "energy": 0.5}, None])
def test_an_odd_answer_is_passed_over(odd):
    answer = SpotifyFeatures(lambda ids: [odd, {"id": ONE.id, "energy": "loud", "valence": 0.5}]).look_up(asked(ONE.id))

    assert answer["track_id"].tolist() == [ONE.id]
    assert answer["valence"].tolist() == [0.5] and answer["energy"].isna().all()
