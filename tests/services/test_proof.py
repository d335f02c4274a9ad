"""The test of a listener's sliders as a background job: who takes part, and what is said when nobody can."""

import threading

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import FEATURE_NAMES, Recommender
from recsys.core.model.tracks import as_tracks
from recsys.errors import NothingToRank
from recsys.services import proof
from recsys.services.jobs import Jobs
from recsys.services.proof import Step, own_pool, start_proof, start_tuning, trial_key
from tests.core.songs import two_kinds

WEIGHTS = Recipe().weights


@pytest.fixture(scope="module")
def songs():
    return two_kinds(each=400)


@pytest.fixture
def jobs():
    running = Jobs(workers=2)
    yield running
    running.close()


def library(songs, count=50):
    return songs[songs["track_id"].isin([f"c{n}" for n in range(count)])].reset_index(drop=True)


def result(jobs, start, songs, mine):
    start(jobs, "test", lambda: songs, mine, WEIGHTS)
    return jobs.wait("test", 60)


def test_a_test_runs_in_the_background_and_says_what_it_found(jobs, songs):
    done = result(jobs, start_proof, songs, library(songs))

    assert done.state == "done"
    assert done.result.tracks == 50
    assert done.result.weights == WEIGHTS
    assert (done.result.proof.songs, done.result.proof.hidden) == (50, 25)
    assert isinstance(done.progress, Step)
    assert 0 < done.progress.share < 1


def test_tuning_runs_in_the_background_too(jobs, songs):
    done = result(jobs, start_tuning, songs, library(songs))

    assert done.state == "done", done.message
    assert set(done.result.weights) == set(WEIGHTS)


def test_songs_the_catalogue_lacks_join_it_and_can_be_found(songs):
    mine = library(songs)
    pool, rows = own_pool(songs[~songs["track_id"].isin(mine["track_id"])], mine)

    assert len(rows) == 50
    assert len(pool.tracks) == 800


def test_a_song_in_the_catalogue_under_another_id_is_not_doubled(songs):
    mine = library(songs).assign(track_id=[f"mine-{n}" for n in range(50)])
    pool, rows = own_pool(songs, mine)

    assert len(pool.tracks) == 800
    assert len(rows) == 50


def test_of_a_large_catalogue_a_part_is_drawn_and_every_own_song_stays(songs, monkeypatch):
    monkeypatch.setattr(proof, "MOST_SONGS", 600)
    pool, rows = own_pool(songs, library(songs))

    assert len(pool.tracks) == 650
    assert len(rows) == 50


@pytest.mark.parametrize("prefix", ["", "another id of "])
@pytest.mark.parametrize("most", [600, 1000])
def test_a_library_without_numbers_is_tested_with_those_of_the_catalogue_as_its_lists_are(
    songs, monkeypatch, prefix, most
):
    monkeypatch.setattr(proof, "MOST_SONGS", most)
    bare = as_tracks(library(songs)[["track_id", "title", "artists"]])
    bare = bare.assign(track_id=prefix + bare["track_id"])

    pool, rows = own_pool(songs, bare)

    assert len(Recommender(Catalogue.from_tracks(songs), bare).recommend(Recipe()).table) == 30
    assert len(rows) == 50
    assert len(pool.tracks) == min(800, 50 + most)
    assert pool.tracks.loc[rows, "title"].isin(bare["title"]).all()


def test_numbers_that_the_library_knows_of_a_track_stay(songs):
    mine = library(songs).assign(energy=0.123, valence=np.nan)
    pool, rows = own_pool(songs, mine)
    tracks = pool.tracks.loc[rows].set_index("track_id")

    assert tracks["energy"].eq(0.123).all()
    assert tracks["valence"].equals(songs.set_index("track_id").loc[tracks.index, "valence"])


def test_what_the_catalogue_knows_of_no_song_is_not_known_of_own_songs_either(songs):
    """As in a list: genres that only the listener's file has would tell own songs from all others."""
    mine = library(songs).assign(genres="calm")
    pool, rows = own_pool(songs, mine)

    assert pool.tracks.loc[rows, "genres"].isna().all()
    assert not pool.catalogue.known_features[FEATURE_NAMES.get_loc("genre")]


def test_names_of_genres_that_the_catalogue_does_not_use_are_not_known_of_own_songs_either(songs):
    """As in a list: a name that only the listener's file has would tell own songs from all others."""
    mine = library(songs).assign(track_id=[f"mine{n}" for n in range(50)], genres="calm rock,Rock")
    mine = mine.assign(title=[f"Mine {n}" for n in range(50)])
    mine.loc[:9, "genres"] = "calm rock"
    pool, rows = own_pool(songs.assign(genres="rock"), mine)

    genres = pool.tracks.loc[rows].set_index("track_id")["genres"]
    assert genres[[f"mine{n}" for n in range(10)]].isna().all()
    assert genres[[f"mine{n}" for n in range(10, 50)]].eq("rock").all()


def test_popularity_is_that_of_the_catalogues_day_for_own_songs_too(songs):
    mine = library(songs).assign(popularity=99.0)
    catalogue = songs[~songs["track_id"].isin(mine["track_id"].head(20))].assign(popularity=40.0)
    pool, rows = own_pool(catalogue, mine)

    popularity = pool.tracks.loc[rows].set_index("track_id")["popularity"]
    assert popularity[mine["track_id"].head(20)].isna().all()
    assert popularity[mine["track_id"].tail(30)].eq(40.0).all()


def test_only_songs_with_all_audio_features_are_counted(songs):
    mine = library(songs, 30)
    mine.loc[:14, "energy"] = np.nan

    with pytest.raises(NothingToRank, match="has 15"):
        own_pool(songs[~songs["track_id"].isin(mine["track_id"])], mine)


def test_a_small_catalogue_is_refused_because_chance_would_look_like_skill(songs):
    with pytest.raises(NothingToRank, match="at least 500 songs"):
        own_pool(songs.head(300), library(songs))


def test_a_small_library_fails_with_a_sentence(jobs, songs):
    failed = result(jobs, start_proof, songs, library(songs, 10))

    assert failed.state == "failed"
    assert "needs at least 20 songs" in failed.message


def test_a_test_can_be_cancelled(jobs, songs):
    is_started = threading.Event()

    def read():
        is_started.wait(60)
        jobs.cancel("test")
        return songs

    start_proof(jobs, "test", read, library(songs), WEIGHTS)
    is_started.set()

    assert jobs.wait("test", 60).state == "cancelled"


def test_another_library_or_more_known_about_it_is_another_test(songs):
    mine = library(songs)
    keys = {
        trial_key("proof", "ann", mine, "catalogue"),
        trial_key("proof", "bob", mine, "catalogue"),
        trial_key("tuning", "ann", mine, "catalogue"),
        trial_key("proof", "ann", mine.head(30), "catalogue"),
        trial_key("proof", "ann", mine.assign(energy=0.5), "catalogue"),
        trial_key("proof", "ann", mine, "another"),
    }

    assert len(keys) == 6
    assert trial_key("proof", "ann", mine.copy(), "catalogue") in keys


def test_a_library_with_unknown_columns_still_has_a_key():
    empty = two_kinds(each=1).assign(genres=pd.Series([None, None], dtype="str"), year=np.nan)

    assert trial_key("proof", "ann", empty, "catalogue") == trial_key("proof", "ann", empty, "catalogue")
