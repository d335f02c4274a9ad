"""Tracks we have: found by id, then ISRC, then song and duration."""

import pandas as pd
import pytest

from recsys.core.model.identity import SONG_COLUMN, song_hashes
from recsys.feature_sources.known_tracks import KnownTracks
from tests.feature_sources.contract import FeatureSourceContract
from tests.feature_sources.rows import heard, tracks

CATALOGUE = tracks(
    heard("id-one", energy=0.1, title="Rivers", artists="Ida Voss", isrc="ZZFAK2000001", duration_ms=200_000.0),
    heard("id-two", energy=0.2, title="Lanterns", artists="Ida Voss", isrc="ZZFAK2000002", duration_ms=180_000.0),
    heard("id-live", energy=0.3, title="Lanterns - Live", artists="Ida Voss", duration_ms=240_000.0),
    heard("id-undated", energy=0.4, title="Harbour", artists="Mara Lind"),
    {"track_id": "id-silent", "title": "Silence", "artists": "Nobody", "isrc": "ZZFAK2000009"},
)


def energy(*rows):
    """The energy found for each track, NaN for none."""
    asked = tracks(*rows)
    answer = KnownTracks("catalogue", CATALOGUE).look_up(asked).set_index("track_id")["energy"]
    return answer.reindex(asked["track_id"]).tolist()


class TestKnownTracks(FeatureSourceContract):
    @pytest.fixture
    def source(self):
        return KnownTracks("catalogue", CATALOGUE)

    @pytest.fixture
    def known(self):
        return tracks({"track_id": "id-one"}, {"track_id": "x", "isrc": "ZZFAK2000002"})

    @pytest.fixture
    def unknown(self):
        return tracks({"track_id": "y"}, {"track_id": "id-silent"})


def test_an_id_counts_more_than_an_isrc_and_an_isrc_more_than_a_name():
    assert energy({"track_id": "id-one", "isrc": "ZZFAK2000002"}) == [0.1]
    assert energy({"track_id": "x", "isrc": "zz-fak-20-00002", "title": "Rivers", "artists": "Ida Voss"}) == [0.2]


@pytest.mark.parametrize(
    ("duration_ms", "found"),
    [(180_000.0, 0.2), (182_000.0, 0.2), (178_000.0, 0.2), (239_000.0, 0.3), (210_000.0, None)],
)
def test_of_several_recordings_the_one_of_the_same_length_is_taken(duration_ms, found):
    (value,) = energy({"track_id": "x", "title": "LANTERNS", "artists": "ida voss", "duration_ms": duration_ms})

    assert value == found if found else pd.isna(value)


def test_without_a_length_title_and_artist_are_enough():
    assert energy({"track_id": "x", "title": "Rivers", "artists": "Ida Voss"}) == [0.1]
    assert energy({"track_id": "x", "title": "Harbour", "artists": "Mara Lind", "duration_ms": 1e5}) == [0.4]


def test_a_title_by_somebody_else_is_another_song():
    assert pd.isna(energy({"track_id": "x", "title": "Rivers", "artists": "Mara Lind"})).all()


def test_many_rows_are_matched_each_by_its_own_way():
    found = energy(
        {"track_id": "nothing"},
        {"track_id": "id-two"},
        {"track_id": "by-isrc", "isrc": "ZZFAK2000001"},
        {"track_id": "by-name", "title": "Harbour", "artists": "Mara Lind; Guest"},
    )

    assert pd.isna(found[0]) and found[1:] == [0.2, 0.1, 0.4]


def test_the_source_of_the_known_track_is_passed_on():
    known = tracks(heard("a", source="reccobeats"), heard("b"))

    answer = KnownTracks("library", known).look_up(tracks({"track_id": "a"}, {"track_id": "b"}))

    assert answer["source"].fillna("").tolist() == ["reccobeats", ""]


def test_song_numbers_of_a_prepared_catalogue_are_used():
    prepared = CATALOGUE.assign(**{SONG_COLUMN: song_hashes(CATALOGUE)})

    answer = KnownTracks("catalogue", prepared).look_up(
        tracks({"track_id": "x", "title": "Rivers", "artists": "Ida Voss"})
    )

    assert answer["energy"].tolist() == [0.1]


def test_an_empty_catalogue_knows_nothing():
    assert KnownTracks("catalogue", CATALOGUE[:0]).look_up(tracks({"track_id": "id-one"})).empty
