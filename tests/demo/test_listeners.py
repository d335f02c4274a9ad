"""The invented listeners: different from each other, more than one taste each, and three years of history."""

from datetime import date

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from recsys.core.model.tracks import check_tracks
from recsys.demo.catalogue import demo_catalogue
from recsys.demo.listeners import CHARACTERS, demo_listeners

TODAY = date(2024, 3, 1)


@pytest.fixture(scope="module")
def listeners():
    return demo_listeners(today=TODAY)


def main_genre(tracks):
    return tracks["genres"].str.split(",").str[0]


def test_there_are_three_with_a_name_and_a_sentence(listeners):
    assert len({listener.name for listener in listeners}) == 3
    assert all(listener.description.endswith(".") for listener in listeners)


def test_the_same_seed_gives_the_same_listeners_and_another_seed_others(listeners):
    for first, again, other in zip(listeners, demo_listeners(today=TODAY), demo_listeners(seed=1), strict=True):
        assert_frame_equal(first.library, again.library)
        assert_frame_equal(first.plays, again.plays)
        assert set(first.library["title"]) != set(other.library["title"])


def test_every_library_is_a_track_table_in_the_order_of_adding(listeners):
    for listener in listeners:
        added = check_tracks(listener.library)["added_at"]
        assert 120 <= len(added) <= 400
        assert added.is_monotonic_increasing
        assert added.min() >= "2021-03-02T00:00:00Z"
        assert added.max() < "2024-03-01T00:00:00Z"


def test_nothing_is_added_before_it_was_released(listeners):
    for listener in listeners:
        assert (listener.library["added_at"].str[:4].astype(int) >= listener.library["year"]).all()


def test_each_listener_has_the_tastes_of_the_character(listeners):
    for listener, who in zip(listeners, CHARACTERS, strict=True):
        shares = main_genre(listener.library).value_counts(normalize=True)
        assert shares.to_dict() == pytest.approx({taste.genre: taste.share for taste in who.tastes}, abs=0.01)


def test_no_two_listeners_share_a_taste(listeners):
    genres = [genre for listener in listeners for genre in main_genre(listener.library).unique()]
    assert len(genres) == len(set(genres))


def test_a_few_tracks_are_not_in_the_catalogue_and_a_few_lack_features(listeners):
    catalogue = demo_catalogue(today=TODAY)
    for listener in listeners:
        absent = ~listener.library["track_id"].isin(catalogue["track_id"])
        assert 0 < absent.sum() < 0.1 * len(absent)
    unknown = pd.concat([listener.library for listener in listeners])["energy"].isna()
    assert 5 < unknown.sum() < 0.1 * len(unknown)


def test_plays_are_of_the_library_after_the_track_was_added_and_within_the_three_years(listeners):
    for listener in listeners:
        plays = listener.plays.merge(listener.library, on="track_id", validate="many_to_one")
        assert len(plays) == len(listener.plays) > 3_000
        assert plays["played_at"].is_monotonic_increasing
        assert (plays["played_at"] >= plays["added_at"]).all()
        assert plays["played_at"].max() < "2024-03-01"
        assert (plays["ms_played"] <= plays["duration_ms"]).all()
        assert not plays.duplicated(["track_id", "played_at"]).any()


def test_history_has_a_weekly_rhythm(listeners):
    days = pd.to_datetime(pd.concat([listener.plays["played_at"] for listener in listeners])).dt.day_of_week
    per_day = days.value_counts()
    assert per_day[5] > 1.1 * per_day[1]


def test_taste_drifts_over_the_years(listeners):
    plays = listeners[0].plays.merge(listeners[0].library, on="track_id")
    deep_house = main_genre(plays) == "deep house"
    first_year, last_year = plays["played_at"] < "2022-03-01", plays["played_at"] > "2023-03-01"
    assert deep_house[last_year].mean() > deep_house[first_year].mean() + 0.2
