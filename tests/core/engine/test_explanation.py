"""Why a song is where it is."""

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.explanation import explain, explain_all
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.model.features import FEATURES, NUMBER_FEATURES
from recsys.core.model.tracks import as_tracks
from recsys.errors import BadTracks, UnknownFeature
from tests.core.small import random_tracks, tracks

CATALOGUE = Catalogue.from_tracks(random_tracks(60, seed=1, prefix="c", missing=0.1))
LIBRARY = random_tracks(12, seed=2, prefix="l")
RECIPE = Recipe(length=40, per_artist=None)


def recommender():
    return Recommender(CATALOGUE, LIBRARY)


def test_every_song_of_a_list_is_explained_with_its_rank_score_and_contributions():
    engine = recommender()
    found = engine.recommend(RECIPE)

    explained = explain_all(engine, RECIPE, found.table["track_id"].tolist())

    assert [each.rank for each in explained] == found.table["rank"].tolist()
    assert [each.score for each in explained] == pytest.approx(found.table["score"].tolist(), abs=1e-6)
    for each in explained:
        assert each.contributions.to_numpy() == pytest.approx(found.contributions.loc[each.track_id].to_numpy())
        assert each.contributions.sum() == pytest.approx(each.score)


def test_the_nearest_own_tracks_are_the_most_alike():
    catalogue = Catalogue.from_tracks(
        tracks(
            {"track_id": "x", "energy": 0.9, "valence": 0.5},
            {"energy": 0.1, "valence": 0.9},
            {"energy": 0.5, "valence": 0.1},
        )
    )
    library = tracks(
        *({"track_id": f"l{at}", "title": f"Own {at}", "energy": at / 4, "valence": 0.5} for at in range(5))
    )
    nearest = explain(Recommender(catalogue, library), Recipe(), "x").nearest

    assert nearest["title"].tolist()[0] in {"Own 3", "Own 4"}
    assert len(nearest) == 3
    assert nearest["cosine"].is_monotonic_decreasing
    assert nearest.columns.tolist() == ["track_id", "title", "artists", "cosine"]


def test_a_song_of_ones_own_that_is_on_the_list_is_not_near_to_itself():
    own = random_tracks(60, seed=1, prefix="c", missing=0.1).head(20)
    recipe = Recipe(length=40, per_artist=None, choose_from="everything")
    engine = Recommender(CATALOGUE, own)
    listed = engine.recommend(recipe).table["track_id"].tolist()

    explained = explain_all(engine, recipe, listed)

    assert set(listed) & set(own["track_id"])
    assert all(each.track_id not in each.nearest["track_id"].tolist() for each in explained)
    assert {len(each.nearest) for each in explained} == {3}


def test_an_own_track_of_which_too_little_is_known_is_like_no_song():
    library = pd.concat([LIBRARY, tracks({"track_id": "hardly known", "energy": 0.9})], ignore_index=True)
    engine = Recommender(CATALOGUE, library)
    explained = explain_all(engine, RECIPE, engine.recommend(RECIPE).table["track_id"].tolist())

    assert "hardly known" in engine.own["track_id"].tolist()
    assert {near for each in explained for near in each.nearest["track_id"]} <= set(LIBRARY["track_id"])


def test_the_rank_without_the_strongest_feature_is_the_rank_of_that_recipe():
    engine = recommender()
    track_id = engine.recommend(RECIPE).table["track_id"].iloc[3]
    recipe = Recipe(weights={"energy": 9.0, "genre": 0.0}, length=40, per_artist=None)
    without = recommender().recommend(recipe.with_weight("energy", 0.0)).table.set_index("track_id")["rank"]

    explained = explain(engine, recipe, track_id)

    assert explained.strongest == "energy"
    assert explained.rank_without == without.get(track_id, explained.rank_without)
    assert track_id in without.index


def test_another_feature_can_be_imagined_away():
    engine = recommender()
    track_id = engine.recommend(RECIPE).table["track_id"].iloc[0]

    assert explain(engine, RECIPE, track_id, without="valence").strongest == "valence"
    with pytest.raises(UnknownFeature):
        explain(engine, RECIPE, track_id, without="loveliness")


def test_without_the_only_feature_a_song_has_no_rank():
    recipe = Recipe(weights={f.name: float(f.name == "energy") for f in FEATURES})
    engine = recommender()

    assert explain(engine, recipe, engine.recommend(recipe).table["track_id"].iloc[0]).rank_without is None


def test_a_song_that_is_no_candidate_has_no_rank():
    engine = Recommender(CATALOGUE, LIBRARY, seeds=["c0"])

    assert explain(engine, RECIPE, "c0").rank is None


def test_ranks_go_on_behind_the_shortlist(monkeypatch):
    monkeypatch.setattr("recsys.core.engine.recommender.SHORTLIST", 10)
    engine = recommender()
    candidates = engine.recommend(RECIPE).counts["candidates"]
    ranks = [each.rank for each in explain_all(engine, RECIPE, CATALOGUE.tracks["track_id"].tolist()) if each.rank]

    assert sorted(ranks) == list(range(1, candidates + 1))


def test_asking_why_leaves_the_list_as_it_was():
    engine = recommender()
    before = engine.recommend(RECIPE).table
    explain_all(engine, RECIPE, before["track_id"].tolist())

    assert engine.recommend(RECIPE).table.equals(before)


def test_a_track_outside_the_catalogue_cannot_be_explained():
    with pytest.raises(BadTracks, match="l0 is not in the catalogue"):
        explain(recommender(), RECIPE, "l0")


@pytest.mark.parametrize("seed", range(6))
def test_the_place_on_the_list_is_the_rank_even_among_songs_hardly_to_be_distinguished(seed):
    years = {"year": np.random.default_rng(seed).integers(1965, 2024, 60).astype(float)}
    others = [f.column for f in NUMBER_FEATURES if f.column != "year"] + ["genres"]
    library = random_tracks(60, prefix="own").assign(**{name: None for name in others}, **years)
    recommender = Recommender(Catalogue.from_tracks(random_tracks(3000, seed=seed)), as_tracks(library))
    recipe = Recipe(length=30, per_artist=None)

    listed = recommender.recommend(recipe).table

    explained = explain_all(recommender, recipe, listed["track_id"].tolist())
    assert [one.rank for one in explained] == list(range(1, 31))
    assert listed["score"].is_monotonic_decreasing
    assert [one.score for one in explained] == pytest.approx(listed["score"].tolist(), abs=2e-6)
