"""Spotify ids by name from ListenBrainz, over real HTTP."""

import pytest

from recsys.errors import SourceBusy
from recsys.feature_sources.listenbrainz import ListenBrainzIds
from tests.fakes.faults import Fault
from tests.fakes.listenbrainz import CALL, FakeListenBrainz
from tests.feature_sources.rows import tracks

ID = "0" * 22
SONGS = tracks(
    {"track_id": "name:1", "title": "Blue", "artists": "Ann; Bob", "album": "Rooms"},
    {"track_id": "name:2", "title": "Red", "artists": "Cem"},
)


@pytest.fixture
def listenbrainz():
    with FakeListenBrainz({("Ann", "Blue"): ID}) as fake:
        yield fake


@pytest.fixture
def source(listenbrainz, http, clock):
    return ListenBrainzIds(listenbrainz.url, http, clock, clock.sleep)


def test_title_first_artist_and_album_are_sent_and_nothing_else(source, listenbrainz):
    assert source.spotify_ids(SONGS) == {"name:1": ID}
    assert listenbrainz.asked == [
        {"artist_name": "Ann", "release_name": "Rooms", "track_name": "Blue"},
        {"artist_name": "Cem", "release_name": "", "track_name": "Red"},
    ]


def test_a_second_lies_between_two_requests(source, clock):
    source.spotify_ids(SONGS)
    source.spotify_ids(SONGS)

    assert clock.slept == [1.0]


@pytest.mark.parametrize(
    "answer",
    [
        "[]",
        "[1]",
        '[{"artist_name": "Ann", "track_name": "Blue", "spotify_track_ids": "x"}]',
        '[{"artist_name": "Ann", "track_name": "Blue", "spotify_track_ids": ["../../evil"]}]',
        f'[{{"artist_name": "Eve", "track_name": "Other", "spotify_track_ids": ["{ID}"]}}]',
    ],
)
def test_an_answer_about_nothing_that_was_asked_is_no_id(source, listenbrainz, answer):
    listenbrainz.fail_next(CALL, Fault(200, answer))

    assert source.spotify_ids(SONGS) == {}


@pytest.mark.parametrize("fault", [Fault.html(), Fault.cut_before(), Fault.server_error(), Fault(200, "{}")])
def test_a_broken_answer_is_a_sentence(source, listenbrainz, fault):
    listenbrainz.fail_when(CALL, fault)

    with pytest.raises(SourceBusy, match="ListenBrainz"):
        source.spotify_ids(SONGS)
