"""Which tracks speak for a listener, and where the catalogue knows them better than the table does."""

import numpy as np
import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.query import embed
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.model.features import NUMBER_FEATURES
from recsys.core.model.tracks import as_tracks


def songs(count):
    rng = np.random.default_rng(4)
    numbers = {f.column: f.low + (f.high - f.low) * rng.random(count) for f in NUMBER_FEATURES}
    names = {"track_id": [f"t{n}" for n in range(count)], "title": [f"Song {n}" for n in range(count)]}
    return as_tracks(pd.DataFrame({**names, "artists": [f"Band {n}" for n in range(count)], **numbers}))


CATALOGUE = Catalogue.from_tracks(songs(60))
BARE = songs(60)[["track_id", "title", "artists"]]


def test_a_track_without_numbers_stands_where_the_catalogue_has_it():
    bare, whole = (embed(CATALOGUE, tracks.head(3)) for tracks in (as_tracks(BARE), songs(60)))

    np.testing.assert_allclose(bare.values, whole.values, atol=1e-6)
    np.testing.assert_array_equal(bare.mask, whole.mask)


def test_a_track_known_by_name_alone_stands_where_the_catalogue_has_the_song():
    named = as_tracks(
        BARE.head(3).assign(track_id=["name:1", "name:2", "name:3"], title=[f"SONG {n} (Live)" for n in range(3)])
    )

    np.testing.assert_allclose(embed(CATALOGUE, named).values, embed(CATALOGUE, songs(60).head(3)).values, atol=1e-6)
    assert embed(CATALOGUE, named.assign(artists="Nobody")).mask.sum() == 0


def test_a_song_with_numbers_of_its_own_keeps_them():
    mine = songs(1).assign(track_id="other", energy=1.0, tempo=float("nan"))

    np.testing.assert_array_equal(embed(CATALOGUE, mine).values, CATALOGUE.space.transform(mine).values)


def test_what_the_table_knows_of_a_track_stays_and_only_the_rest_is_the_catalogues():
    mine = as_tracks(BARE.head(3).assign(energy=[0.1, 0.5, 0.9]))
    told = songs(60).head(3).assign(energy=mine["energy"])

    np.testing.assert_allclose(embed(CATALOGUE, mine).values, CATALOGUE.space.transform(told).values, atol=1e-6)
    np.testing.assert_array_equal(embed(CATALOGUE, mine).mask, CATALOGUE.space.transform(told).mask)


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
