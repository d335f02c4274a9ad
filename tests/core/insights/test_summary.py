"""A library in numbers and words."""

import numpy as np
import pandas as pd
import pytest

from recsys.core.insights.summary import describe, features_by_source, outliers, percentile, profile_in_words
from recsys.core.insights.wording import in_words, leaning, with_unit
from recsys.core.model.features import AUDIO_FEATURES, FEATURES, NUMBER_FEATURES, feature
from recsys.core.model.tracks import as_tracks, empty_tracks
from recsys.errors import UnknownFeature

AUDIO = [f.column for f in AUDIO_FEATURES]


def tracks(**columns):
    many = len(next(iter(columns.values())))
    names = [f"t{number}" for number in range(many)]
    return as_tracks(pd.DataFrame({"track_id": names, "title": names, "artists": "Somebody"} | columns))


def test_a_library_is_described_by_its_middle_and_its_place_in_the_catalogue():
    library = tracks(energy=[0.1, 0.2, 0.3, 0.4, None])
    catalogue = tracks(energy=[0.1, 0.2, 0.3, 0.9])
    energy = describe(library, catalogue).loc["energy"]
    assert (energy["median"], energy["percentile"]) == (pytest.approx(0.25), 0.5)


def test_every_number_feature_is_described_even_where_nothing_is_known():
    described = describe(empty_tracks(), empty_tracks())
    assert list(described.index) == [f.name for f in NUMBER_FEATURES]
    assert described.isna().all(axis=None)


def test_equal_values_count_half_in_a_percentile():
    among = pd.Series([1.0, 2.0, 2.0, 3.0, np.nan])
    assert percentile(2.0, among) == 0.5
    assert percentile(0.5, among) == 0
    assert percentile(9.0, among) == 1
    assert np.isnan(percentile(np.nan, among))


def test_coverage_adds_up_to_the_library_in_every_row():
    library = tracks(
        energy=[0.5, 0.5, 0.5, None],
        year=[1990, None, None, None],
        source=["spotify", "reccobeats", None, None],
        genres=["jazz", None, None, None],
    )
    table = features_by_source(library)
    assert list(table.index) == [f.name for f in FEATURES]
    assert (table.sum(axis=1) == 4).all()
    assert table.loc["energy"].to_dict() == {
        "reccobeats": 1,
        "spotify": 1,
        "came with the track": 0,
        "source not recorded": 1,
        "missing": 1,
    }
    assert table.loc["year", "came with the track"] == 1
    assert table.loc["tempo", "missing"] == 4


def test_coverage_of_nothing_is_zero():
    assert (features_by_source(empty_tracks()) == 0).all(axis=None)


def two_tastes(stranger):
    """Ten calm tracks, ten intense ones, and one track of the test's choice; everything else is equal."""
    rows = {name: [0.5] * 21 for name in AUDIO}
    return tracks(**rows | {"energy": [0.1] * 10 + [0.9] * 10 + [stranger]})


def test_the_track_between_two_tastes_is_an_outlier_although_it_is_near_the_average():
    alone = outliers(two_tastes(0.5), n=1)
    assert alone["track_id"].tolist() == ["t20"]


def test_an_outlier_names_the_feature_in_which_it_is_extreme():
    library = two_tastes(0.1)
    library.loc[20, "tempo"] = 200
    alone = outliers(library, n=1).iloc[0]
    assert (alone["track_id"], alone["feature"]) == ("t20", "tempo")
    assert alone["percentile"] > 0.95


def test_outliers_come_furthest_first_and_no_more_than_asked_for():
    library = two_tastes(0.5)
    assert outliers(library, n=3)["distance"].is_monotonic_decreasing
    assert len(outliers(library, n=3)) == 3


def test_a_track_of_which_little_is_known_is_no_outlier():
    library = two_tastes(0.5)
    library.loc[20, [name for name in AUDIO if name != "energy"]] = np.nan
    assert "t20" not in set(outliers(library, n=21)["track_id"])


def test_distances_use_the_features_both_tracks_have():
    library = two_tastes(0.5)
    full = outliers(library, n=1)["distance"].iloc[0]
    library.loc[20, "tempo"] = np.nan
    assert outliers(library, n=1)["distance"].iloc[0] == pytest.approx(full * np.sqrt(9 / 8))


@pytest.mark.parametrize("many", [0, 1, 6])
def test_a_handful_of_tracks_has_no_outliers(many):
    assert outliers(two_tastes(0.5).head(many)).empty


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("energy", 0.0, "calm"),
        ("energy", 0.3, "mostly calm"),
        ("energy", 0.5, "between calm and intense"),
        ("energy", 0.7, "mostly intense"),
        ("energy", 1.0, "intense"),
        ("tempo", 112.4, "112 beats per minute, moderate"),
        ("tempo", 174.0, "174 beats per minute, fast"),
        ("loudness", -21.52, "−21.5 dB, quiet"),
        ("duration", 221_000.0, "3:41 minutes, moderate"),
        ("duration", 119_600.0, "2:00 minutes, short"),
        ("year", 1994.0, "1994"),
        ("valence", float("nan"), "unknown"),
    ],
)
def test_a_value_is_said_in_words(name, value, words):
    assert in_words(name, value) == words


def test_a_profile_in_words_covers_every_feature_and_names_the_commonest_genres():
    library = tracks(energy=[0.1, 0.1, None], genres=["jazz,bebop", "jazz", "folk"])
    words = profile_in_words(library, genres=1)
    assert set(words) == {f.name for f in FEATURES}
    assert (words["energy"], words["tempo"], words["genre"]) == ("calm", "unknown", "jazz")


def test_a_genre_is_counted_once_a_song_and_whatever_its_case():
    library = tracks(genres=["Jazz", "jazz", "folk,folk,folk", "['jazz', 'bebop']"])

    assert profile_in_words(library, genres=1)["genre"] == "jazz"
    assert profile_in_words(library)["genre"].count("jazz") == 1


def test_nothing_known_is_said_as_such():
    assert set(profile_in_words(empty_tracks()).values()) == {"unknown"}


def test_a_percentile_is_said_as_a_leaning():
    assert leaning("energy", 0.22) == "further towards “calm” than 78% of the catalogue"
    assert leaning("energy", 0.9, "your tracks") == "further towards “intense” than 90% of your tracks"
    assert leaning("energy", 0.52) == "in the middle of the catalogue"


def test_a_hundred_percent_is_said_only_where_it_is_all():
    assert leaning("energy", 0.997) == "further towards “intense” than 99% of the catalogue"
    assert leaning("energy", 0.003) == "further towards “calm” than 99% of the catalogue"
    assert leaning("energy", 1.0) == "further towards “intense” than 100% of the catalogue"


def test_genre_has_no_number_to_put_into_words():
    with pytest.raises(UnknownFeature):
        in_words("genre", 0.5)


def test_a_value_carries_its_unit():
    assert with_unit(feature("tempo"), 98) == "98 beats per minute"
    assert with_unit(feature("energy"), 0.4) == "0.40"
