"""Lists under filters, in an order, of so many minutes, and with locked songs."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys.core.engine import retrieval
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.filters import LIVE, Filters
from recsys.core.engine.ordering import ORDERS
from recsys.core.engine.presets import PRESETS
from recsys.core.engine.profile import profile
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.model.credits import leading_credits as keys
from recsys.core.model.titles import label
from recsys.errors import NothingToRank
from tests.core.small import random_tracks, tracks

RNG = np.random.default_rng(5)
TABLE = random_tracks(600, seed=3, prefix="c", missing=0.1).assign(
    explicit=RNG.choice([0.0, 1.0, np.nan], 600), key=RNG.integers(0, 12, 600), mode=RNG.integers(0, 2, 600)
)
TABLE["title"] += RNG.choice(["", " - Live", " (Remix)", " at Christmas"], 600)
CATALOGUE = Catalogue.from_tracks(TABLE)
BY_ID = TABLE.set_index("track_id")
LIBRARY = random_tracks(12, seed=2, prefix="l")
RANGES = {
    "year": (1900.0, 2050.0),
    "energy": (0.3, None),
    "tempo": (None, 110.0),
    "duration": (60_000.0, 300_000.0),
    "loudness": (-40.0, None),
}
some_filters = st.builds(
    Filters,
    ranges=st.sets(st.sampled_from(sorted(RANGES)), max_size=2).map(lambda names: {n: RANGES[n] for n in names}),
    no_explicit=st.booleans(),
    no_live=st.booleans(),
    no_remix=st.booleans(),
    no_christmas=st.booleans(),
    genres=st.sampled_from([(), ("jazz",), ("rock", "techno")]),
    not_genres=st.sampled_from([(), ("bebop",)]),
    not_artists=st.sampled_from([(), ("Artist c 7", "artist c 100")]),
)
some_paths = st.builds(
    Recipe,
    weights=st.sampled_from([preset.all_weights() for preset in PRESETS]),
    filters=some_filters,
    familiarity=st.sampled_from([0.0, 1.0]),
    variety=st.sampled_from([0.0, 0.6]),
    per_artist=st.sampled_from([None, 2]),
    order=st.sampled_from(ORDERS),
    minutes=st.sampled_from([None, 30]),
    locked=st.sampled_from([{}, {"c3": 1, "c14": 4, "c200": 2}]),
    shifts=st.sampled_from([{}, {"energy": 2}]),
)


def violates(song, filters):
    """Whether a row of the catalogue's table breaks a filter, checked song by song from the table itself."""
    for name, (low, high) in filters.ranges.items():
        value = song["duration_ms" if name == "duration" else name]
        octaves = (value / 2, value, 2 * value) if name == "tempo" else (value,)
        if not any((low is None or low <= one) and (high is None or one <= high) for one in octaves if one == one):
            return True
    titled = song.to_frame().T["title"].astype("str")
    genres = song["genres"].split(",") if isinstance(song["genres"], str) else []
    return (
        (filters.no_explicit and song["explicit"] != 0)
        or (filters.no_live and (label(titled, "live")[0] or song["liveness"] >= LIVE))
        or (filters.no_remix and label(titled, "remix")[0])
        or (filters.no_christmas and label(titled, "christmas")[0])
        or bool(filters.genres and not set(filters.genres) & set(genres))
        or bool(set(filters.not_genres) & set(genres))
        or any(keys(name)[0] in keys(song["artists"]) for name in filters.not_artists)
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some_paths, st.sampled_from([(), ("c5",), ("c1", "l3")]))
def test_no_list_breaks_a_filter_and_counts_add_up(recipe, seeds):
    recommender = Recommender(CATALOGUE, LIBRARY, seeds=seeds)
    try:
        found = recommender.recommend(recipe)
    except NothingToRank:
        return

    assert [name for name in found.table["track_id"] if violates(BY_ID.loc[name], recipe.filters)] == []
    assert found.counts["catalogue"] == sum(n for reason, n in found.counts.items() if reason != "catalogue")
    assert found.table["track_id"].tolist() == found.contributions.index.tolist() == found.features.index.tolist()
    assert found.table["track_id"].is_unique
    assert found.contributions.sum(axis=1).to_numpy() == pytest.approx(found.table["score"].to_numpy(), abs=1e-5)


def test_a_filter_that_leaves_nothing_says_which():
    with pytest.raises(NothingToRank, match="556 outside release year 1700–1701"):
        Recommender(CATALOGUE, LIBRARY).recommend(Recipe(filters=Filters(ranges={"year": (1700, 1701)})))


@pytest.mark.parametrize("share", [0.5, 0.9, 0.98])
def test_the_pruned_search_finds_the_same_as_reading_everything(monkeypatch, share):
    monkeypatch.setattr(retrieval, "LARGE", 0)
    catalogue = Catalogue.from_tracks(random_tracks(30_000))
    excluded = np.random.default_rng(0).random(len(catalogue)) < share
    recommender = Recommender(catalogue, LIBRARY)
    for weights in (Recipe().weights, PRESETS[1].all_weights(), Recipe().with_weight("energy", 2).weights):
        found = profile(recommender.own_vectors, weights, catalogue.known_features)
        search = retrieval.CandidateSearch(catalogue)
        rows, cosines = search.top_k(found.centroid, found.metric, 100, excluded)
        everything = retrieval.CandidateSearch(catalogue).cosines(found.centroid, found.metric)
        everything[excluded] = -np.inf

        best = np.sort(everything)[::-1][:100]
        assert cosines == pytest.approx(best, abs=1e-5)
        assert not excluded[rows].any()


def ordered(**recipe):
    return Recommender(CATALOGUE, LIBRARY).recommend(Recipe(**recipe))


def test_an_order_changes_places_and_nothing_else():
    by_score, rising = ordered(), ordered(order="rise")

    assert set(rising.table["track_id"]) == set(by_score.table["track_id"])
    assert rising.table["rank"].tolist() == list(range(1, 31))
    assert rising.features["energy"].dropna().is_monotonic_increasing
    assert by_score.costs.keys() == {"per_artist"}
    assert rising.costs["order"].replaced > 20
    first_ten = [by_score.table["score"].head(10).mean(), rising.table["score"].head(10).mean()]
    assert rising.costs["order"].score == pytest.approx(first_ten[0] - first_ten[1])


def test_a_list_of_a_number_of_minutes_fits():
    for minutes in (10, 45, 90):
        durations = ordered(minutes=minutes, order="smooth").features["duration_ms"]

        assert abs(durations.sum() - minutes * 60_000) <= durations.min() / 2


def test_locked_songs_stay_at_their_positions_whatever_is_asked_for():
    late = Recommender(CATALOGUE, LIBRARY).rank_candidates(Recipe()).rows[-1]
    locked = {CATALOGUE.tracks["track_id"][int(late)]: 3, "c14": 1}
    for recipe in ({}, {"order": "arc"}, {"weights": PRESETS[1].all_weights()}, {"minutes": 45}):
        found = ordered(locked=locked, **recipe)

        assert found.table["track_id"].iloc[[2, 0]].tolist() == list(locked)


def test_artists_are_spaced_apart():
    found = ordered(spacing=4, per_artist=None, filters=Filters(ranges={"energy": (0.4, None)}))
    artists = found.table["artists"].tolist()

    assert all(artist not in artists[at + 1 : at + 5] for at, artist in enumerate(artists))


def test_the_features_of_a_list_are_those_of_the_table():
    features = ordered(length=100).features
    wanted = BY_ID.loc[features.index]

    assert features["duration_ms"].tolist() == pytest.approx(wanted["duration_ms"].tolist(), nan_ok=True)
    assert features["explicit"].tolist() == pytest.approx(wanted["explicit"].tolist(), nan_ok=True)


def test_a_recipe_with_everything_comes_back_from_json():
    filters = Filters(ranges={"year": (1990, None)}, no_live=True, not_artists=("A", "B"))
    recipe = Recipe(filters=filters, order="arc", by="tempo", spacing=2, minutes=45, locked={"c1": 2})

    assert Recipe.from_json(recipe.as_json()) == recipe


def test_a_recipe_stored_before_there_were_filters_comes_back():
    stored = {name: value for name, value in Recipe().as_json().items() if name in ("weights", "length", "variety")}

    assert Recipe.from_json(stored) == Recipe()


def test_equal_filters_of_another_recipe_are_the_same_list():
    recommender, filters = Recommender(CATALOGUE, LIBRARY), Filters(no_remix=True)
    first = recommender.recommend(Recipe(filters=filters))
    recommender.recommend(Recipe())
    again = recommender.recommend(replace(Recipe(), filters=Filters(no_remix=True)))

    assert first.table["track_id"].tolist() == again.table["track_id"].tolist()
    assert first.counts == again.counts


def test_songs_without_numbers_are_arranged_too():
    rows = [{"track_id": f"c{at}", "year": 1990 + at, "duration_ms": 200_000 + at, "genres": "jazz"} for at in range(9)]
    catalogue = Catalogue.from_tracks(tracks(*rows))
    library = tracks({"track_id": "own", "title": "Own", "year": 1995, "duration_ms": 200_000, "genres": "jazz"})

    for order in ORDERS:
        assert len(Recommender(catalogue, library).recommend(Recipe(order=order)).table) == 9
