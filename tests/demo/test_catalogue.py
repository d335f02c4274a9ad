"""The invented catalogue: large, varied, repeatable, with missing values and several versions of songs."""

from datetime import date

import pytest
from pandas.testing import assert_frame_equal

from recsys.core.model.features import AUDIO_FEATURES, NUMBER_FEATURES
from recsys.core.model.tracks import SPOTIFY_ID, check_tracks, links
from recsys.demo.catalogue import demo_catalogue, demo_tracks, is_rare
from recsys.demo.genres import GENRES

AUDIO = [f.column for f in AUDIO_FEATURES]


@pytest.fixture(scope="module")
def catalogue():
    return demo_catalogue()


def test_it_is_a_track_table_of_the_size_asked_for(catalogue):
    assert len(check_tracks(catalogue)) == 6_000
    assert len(demo_catalogue(size=2_000)) == 2_000


def test_the_same_seed_gives_the_same_tracks_and_another_seed_others(catalogue):
    assert_frame_equal(demo_catalogue(), catalogue)
    assert not demo_catalogue(seed=1)["title"].equals(catalogue["title"])


def test_known_values_stay_within_the_feature_table(catalogue):
    for feature in NUMBER_FEATURES:
        values = catalogue[feature.column].dropna()
        assert values.between(feature.low, feature.high).all(), feature.name


def test_each_genre_sounds_like_itself(catalogue):
    by_genre = catalogue.groupby(catalogue["genres"].str.split(",").str[0])[AUDIO].median()
    assert set(by_genre.index) == {genre.name for genre in GENRES}
    assert by_genre["energy"].idxmax() == "metal"
    assert by_genre["energy"].idxmin() == "classical"
    assert by_genre["tempo"].idxmax() == "drum and bass"
    assert by_genre["speechiness"].idxmax() == "hip hop"


def test_features_go_together_as_they_do_in_real_music(catalogue):
    together = catalogue[AUDIO].corr()
    assert together.loc["energy", "loudness"] > 0.6
    assert together.loc["energy", "acousticness"] < -0.5
    assert together.loc["danceability", "valence"] > 0.3


def test_no_track_is_from_the_future():
    assert demo_catalogue(today=date(2015, 5, 1))["year"].max() <= 2015


def test_some_tracks_were_never_analysed_and_some_lack_one_feature(catalogue):
    unknown = catalogue[AUDIO].isna().sum(axis=1)
    assert 0.004 < (unknown == len(AUDIO)).mean() < 0.01
    assert 0.005 < unknown.between(1, 2).mean() < 0.02
    assert catalogue.loc[unknown == len(AUDIO), "source"].isna().all()
    assert (catalogue.loc[unknown < len(AUDIO), "source"] == "demo").all()


@pytest.mark.parametrize("mark", [" - Remastered ", " (Live at ", " (feat. "])
def test_a_version_of_a_song_is_beside_the_song_itself(mark):
    tracks = demo_tracks()
    versions = tracks[tracks["title"].str.contains(mark, regex=False)]
    originals = set(zip(tracks["title"], tracks["artists"], strict=True))
    titles = versions["title"].str.split(mark, regex=False).str[0]
    assert len(versions) > 50
    assert set(zip(titles, versions["artists"], strict=True)) <= originals


def test_a_deluxe_edition_holds_the_same_recording_under_the_same_isrc():
    tracks = demo_tracks()
    editions = tracks[tracks["album"].str.endswith("(Deluxe Edition)")]
    assert len(editions) > 50
    twins = tracks[tracks["isrc"].isin(editions["isrc"])]
    assert (twins.groupby("isrc").size() == 2).all()
    assert (twins.groupby("isrc")["title"].nunique() == 1).all()


def test_rare_tracks_are_kept_out_of_the_catalogue(catalogue):
    tracks = demo_tracks()
    rare = tracks.loc[is_rare(tracks), "track_id"]
    assert len(rare) == len(tracks) - len(catalogue)
    assert not catalogue["track_id"].isin(rare).any()


def test_names_are_many_and_no_word_dominates(catalogue):
    assert catalogue["artists"].nunique() > 400
    assert catalogue["artists"].value_counts(normalize=True).max() < 0.03
    words = catalogue["title"].str.lower().str.findall(r"[a-z]{4,}").explode()
    assert words.value_counts().max() < 0.03 * len(catalogue)


def test_nothing_can_be_mistaken_for_a_real_recording(catalogue):
    assert not catalogue["track_id"].str.fullmatch(SPOTIFY_ID).any()
    assert links(catalogue["track_id"]).isna().all()
    assert catalogue["isrc"].str.fullmatch(r"XXDMO\d{7}").all()


def test_everybody_finds_the_same_first_track(catalogue):
    assert catalogue.iloc[0][["title", "artists", "energy", "tempo"]].tolist() == [
        "Postcard at Ilverston",
        "Ysolde Maruvan",
        0.477,
        128.526,
    ]
