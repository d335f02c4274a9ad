"""Which tracks speak for a listener, and where the catalogue knows them better than the table does."""

import numpy as np
import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.query import IS_SNAPSHOT, embed
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.model.features import FEATURES, NUMBER_FEATURES
from recsys.core.model.scaling import AXIS_FEATURE
from recsys.core.model.tracks import as_tracks


def songs(count):
    rng = np.random.default_rng(4)
    numbers = {f.column: f.low + (f.high - f.low) * rng.random(count) for f in NUMBER_FEATURES}
    names = {"track_id": [f"t{n}" for n in range(count)], "title": [f"Song {n}" for n in range(count)]}
    return as_tracks(pd.DataFrame({**names, "artists": [f"Band {n}" for n in range(count)], **numbers}))


CATALOGUE = Catalogue.from_tracks(songs(60))
BARE = songs(60)[["track_id", "title", "artists"]]


def test_a_track_without_numbers_is_where_the_catalogue_has_it():
    bare, whole = (embed(CATALOGUE, tracks.head(3)) for tracks in (as_tracks(BARE), songs(60)))

    np.testing.assert_allclose(bare.values, whole.values, atol=1e-6)
    np.testing.assert_array_equal(bare.mask, whole.mask)


def test_a_track_known_by_name_alone_is_where_the_catalogue_has_the_song():
    named = as_tracks(
        BARE.head(3).assign(track_id=["name:1", "name:2", "name:3"], title=[f"SONG {n} (Live)" for n in range(3)])
    )

    np.testing.assert_allclose(embed(CATALOGUE, named).values, embed(CATALOGUE, songs(60).head(3)).values, atol=1e-6)
    assert embed(CATALOGUE, named.assign(artists="Nobody")).mask.sum() == 0


def test_a_song_with_numbers_of_its_own_keeps_them():
    mine = songs(1).assign(track_id="other", energy=1.0, tempo=float("nan"))

    of_its_own = ~IS_SNAPSHOT[AXIS_FEATURE]
    expected = CATALOGUE.space.transform(mine).values[of_its_own]
    np.testing.assert_array_equal(embed(CATALOGUE, mine).values[of_its_own], expected)


def test_popularity_is_the_catalogues_own_on_both_sides():
    popularity = [f.name for f in FEATURES].index("popularity")
    table = songs(60).assign(popularity=np.arange(60) * 1.0)
    catalogue = Catalogue.from_tracks(table)
    mine = table.iloc[[10, 20, 30]].assign(
        track_id=["t10", "another version", "elsewhere"],
        title=["Song 10", "Song 20 - Live", "Unheard of"],
        popularity=[99.0, None, 99.0],
    )

    here, there = embed(catalogue, mine), catalogue.space.transform(table.iloc[[10, 20, 30]])

    axis = list(AXIS_FEATURE).index(popularity)
    np.testing.assert_allclose(here.values[axis], [*there.values[axis][:2], 0])
    assert here.mask[popularity].tolist() == [1, 1, 0]


def test_a_catalogue_without_popularity_compares_none_of_it():
    catalogue = Catalogue.from_tracks(songs(60).assign(popularity=float("nan")))

    found = Recommender(catalogue, songs(60).head(5)).recommend(Recipe())

    assert not found.contributions["popularity"].any()
    assert not catalogue.known_features[[f.name for f in FEATURES].index("popularity")]


def test_what_the_table_knows_of_a_track_stays_and_only_the_rest_is_the_catalogues():
    mine = as_tracks(BARE.head(3).assign(energy=[0.1, 0.5, 0.9]))
    with_energy = songs(60).head(3).assign(energy=mine["energy"])

    np.testing.assert_allclose(embed(CATALOGUE, mine).values, CATALOGUE.space.transform(with_energy).values, atol=1e-6)
    np.testing.assert_array_equal(embed(CATALOGUE, mine).mask, CATALOGUE.space.transform(with_energy).mask)


def test_a_track_that_came_as_an_id_alone_is_shown_by_its_name():
    bare = as_tracks(BARE.head(2).assign(title=["t0", "Mine"], artists=["", "Me"]))

    own = Recommender(CATALOGUE, bare).own.set_index("track_id").sort_index()

    assert own[["title", "artists"]].to_numpy().tolist() == [["Song 0", "Band 0"], ["Mine", "Me"]]


def test_a_track_that_the_catalogue_does_not_know_keeps_what_the_table_says():
    stranger = songs(1).assign(track_id="elsewhere", energy=float("nan"))

    assert embed(CATALOGUE, stranger).mask.sum() == len(NUMBER_FEATURES) - 1


def test_a_thumbs_down_without_numbers_changes_the_list():
    library, disliked = songs(60).head(10), as_tracks(BARE.iloc[30:40])
    recipe = Recipe(per_artist=None)

    plain = Recommender(CATALOGUE, library).recommend(recipe).table
    pushed = Recommender(CATALOGUE, library, dislikes=disliked).recommend(recipe).table

    is_left = ~plain["track_id"].isin(disliked["track_id"])
    assert list(plain.loc[is_left, "track_id"][:10]) != list(pushed["track_id"][:10])
    assert not set(pushed["track_id"]) & set(disliked["track_id"])
