"""Songs found around a listener: beside the catalogue, on its scale, and moving nothing in it."""

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine import pool as pool_module
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.pool import AROUND_YOU, FROM_CATALOGUE, POOL, around, on_scale_of, table_of
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.model.features import AUDIO_FEATURES
from recsys.core.model.tracks import as_tracks
from recsys.demo.catalogue import demo_catalogue

COLUMNS = [f.column for f in AUDIO_FEATURES]


@pytest.fixture(scope="module")
def songs():
    """Songs of the demo under ids of their own, in random order."""
    table = demo_catalogue().sample(4_000, random_state=1).reset_index(drop=True)
    return as_tracks(table)


@pytest.fixture(scope="module")
def catalogue(songs):
    return Catalogue.from_tracks(songs.iloc[:3_000])


@pytest.fixture(scope="module")
def found(songs):
    return songs.iloc[3_000:].reset_index(drop=True)


def elsewhere(tracks):
    """The same songs as another service measures them: the same order of danceability, other numbers."""
    return tracks.assign(danceability=0.2 + 0.5 * tracks["danceability"] ** 2, energy=np.sqrt(tracks["energy"]))


def test_a_catalogue_can_be_read_back_as_the_table_it_was_made_of(catalogue, songs):
    known = songs.set_index("track_id")

    table = table_of(catalogue).set_index("track_id")

    names = ["title", "artists", "genres", "year", "popularity", *COLUMNS]
    pd.testing.assert_frame_equal(
        table[names], known.loc[table.index, names], check_exact=False, rtol=1e-6, check_dtype=False
    )


def test_numbers_of_another_source_get_the_rank_they_have_there(catalogue, songs, found):
    anchors = elsewhere(songs.iloc[:600])

    scaled = on_scale_of(catalogue, elsewhere(found), anchors)

    for column in ("danceability", "energy"):
        is_known = found[column].notna()
        off = (scaled[column] - found[column])[is_known].abs()
        raw = (elsewhere(found)[column] - found[column])[is_known].abs()
        assert off.median() < 0.02 < raw.median() / 5, column
    pd.testing.assert_series_equal(scaled["tempo"], found["tempo"])


def test_a_source_that_measures_alike_is_left_almost_alone(catalogue, songs, found):
    scaled = on_scale_of(catalogue, found, songs.iloc[:600])

    assert (scaled["valence"] - found["valence"]).abs().max() < 0.1
    assert (scaled["valence"] - found["valence"]).abs().median() < 0.01


def test_with_few_songs_in_common_the_numbers_stay(catalogue, songs, found):
    scaled = on_scale_of(catalogue, elsewhere(found), elsewhere(songs.iloc[:20]))

    pd.testing.assert_frame_equal(scaled, elsewhere(found))


def test_what_is_unknown_stays_unknown(catalogue, songs, found):
    gaps = found.assign(energy=np.nan)

    assert on_scale_of(catalogue, gaps, elsewhere(songs.iloc[:600]))["energy"].isna().all()


def test_both_are_searched_on_the_catalogues_scale_and_background(catalogue, found):
    both = around(catalogue, found)

    assert both.space is catalogue.space and both.background is catalogue.background
    counts = both.tracks[POOL].value_counts()
    assert counts[FROM_CATALOGUE] == len(catalogue)
    new = found[catalogue.rows_of_songs(found) < 0]
    assert counts[AROUND_YOU] == len(Catalogue.from_tracks(new))
    ids = catalogue.tracks["track_id"].head(50).tolist()
    rows, shared = both.rows_of(ids), catalogue.rows_of(ids)
    np.testing.assert_allclose(
        both.vectors(np.array([rows[one] for one in ids])).values,
        catalogue.vectors(np.array([shared[one] for one in ids])).values,
        atol=1e-5,
    )


def test_the_list_says_where_a_song_came_from_and_scores_are_those_of_the_catalogue(catalogue, found):
    library = found.iloc[:40]
    shared = Recommender(catalogue, library).recommend(Recipe(length=50, per_artist=None))
    both = Recommender(around(catalogue, found), library).recommend(Recipe(length=200, per_artist=None))

    assert set(both.table[POOL]) == {FROM_CATALOGUE, AROUND_YOU}
    assert POOL not in shared.table
    mine = both.table.set_index("track_id")["score"]
    alike = shared.table[shared.table["track_id"].isin(mine.index)].set_index("track_id")["score"]
    assert len(alike) > 20
    np.testing.assert_allclose(mine[alike.index], alike, atol=1e-4)
    assert both.counts["catalogue"] == len(around(catalogue, found))


def test_a_recording_that_both_hold_under_other_titles_is_the_catalogues(songs, found):
    known = songs.iloc[:3_000].assign(isrc=[f"GBAYE68{row:05}" for row in range(3_000)])
    twin = found.head(2).assign(title=["Called otherwise", "Of its own"], isrc=["gb-aye-68-00007", "GBAYE6899999"])

    both = around(Catalogue.from_tracks(as_tracks(known)), as_tracks(twin))

    assert both.tracks.loc[both.tracks[POOL] == AROUND_YOU, "track_id"].tolist() == [found["track_id"].iloc[1]]


def test_a_song_that_both_hold_is_the_catalogues(catalogue, songs):
    both = around(catalogue, songs.iloc[:100])

    assert len(both) == len(catalogue)
    assert set(both.tracks[POOL]) == {FROM_CATALOGUE}


def test_beside_a_very_large_catalogue_the_pool_is_alone_on_its_scale(catalogue, found, monkeypatch):
    monkeypatch.setattr(pool_module, "MAX_SHARED", 100)

    alone = around(catalogue, found)

    assert set(alone.tracks[POOL]) == {AROUND_YOU}
    assert alone.space is catalogue.space


def test_without_a_real_catalogue_the_pool_has_the_scale_of_its_own_songs(found):
    alone = around(None, found)

    assert len(alone) == len(Catalogue.from_tracks(found))
    assert set(alone.tracks[POOL]) == {AROUND_YOU}
    assert Recommender(alone, found.iloc[:30]).recommend(Recipe(length=10)).table[POOL].tolist() == [AROUND_YOU] * 10
