"""The ranked list: what must hold whatever the library, the catalogue and the recipe."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import FAMILIAR_ARTIST, Recommender
from recsys.core.model.features import FEATURES, NUMBER_FEATURES
from recsys.core.model.identity import owned, song_keys
from recsys.core.model.tracks import as_tracks, empty_tracks
from recsys.errors import BadRecipe, BadTracks, NothingToRank
from tests.core.small import random_tracks, tracks

TABLE = random_tracks(70, seed=1, prefix="c", missing=0.1)
CATALOGUE = Catalogue.from_tracks(TABLE)
LIBRARY = random_tracks(12, seed=2, prefix="l", missing=0.1)
NAMES = [f.name for f in FEATURES]
WEIGHTS = st.fixed_dictionaries({name: st.floats(0.05, 10) | st.just(0.0) for name in NAMES}).filter(
    lambda weights: any(weights.values())
)
some = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
VALUES = st.floats(-1e6, 1e6) | st.just(0.0) | st.none()


def ranked(recipe=None, library=LIBRARY, catalogue=CATALOGUE, **more):
    return Recommender(catalogue, library, **more).recommend(recipe or Recipe())


def by_id(found):
    return dict(zip(found.table["track_id"], found.table["score"], strict=True))


def poor(feature, at=0):
    """A weight for one feature alone."""
    return {name: float(name == feature) * (at or 1) for name in NAMES}


@pytest.mark.parametrize("choose_from", ["new", "everything"])
def test_a_song_of_an_earlier_list_comes_in_no_version_again_and_moves_no_other(choose_from):
    everything = Recipe(choose_from=choose_from, length=70, per_artist=None)
    whole = ranked(everything)
    first = TABLE[TABLE["track_id"].isin(whole.table["track_id"].head(5))]
    versions = first.assign(track_id="other-" + first["track_id"], title=first["title"] + " - Live")

    again = ranked(everything, given=versions)

    assert list(again.table["track_id"]) == list(whole.table["track_id"][5:])
    assert list(again.table["score"]) == list(whole.table["score"][5:])
    assert again.counts["given_before"] == 5
    assert again.counts["catalogue"] == sum(count for name, count in again.counts.items() if name != "catalogue")


def test_a_catalogue_that_was_given_whole_is_said_to_be():
    with pytest.raises(NothingToRank, match="You were given every song"):
        ranked(given=TABLE)


@pytest.mark.parametrize("seed", range(10))
def test_scaling_weights_moves_no_song_over_the_half_that_must_be_known(seed):
    catalogue = Catalogue.from_tracks(random_tracks(400, missing=0.35))
    chosen = np.random.default_rng(seed).choice([0.1, 0.3, 0.7], len(FEATURES))

    counts = []
    for factor in (1.0, 3.0, 10.0, 11.3):
        weights = {f.name: factor * weight for f, weight in zip(FEATURES, chosen, strict=True)}
        counts.append(Recommender(catalogue, LIBRARY).rank_candidates(Recipe(weights=weights)).counts)

    assert counts == [counts[0]] * 4


def test_of_two_versions_in_a_library_the_same_one_is_used_whatever_their_order():
    catalogue, library = Catalogue.from_tracks(random_tracks(200)), random_tracks(20, seed=1, prefix="own")
    live = random_tracks(20, seed=2, prefix="live").assign(
        title=library["title"] + " - Live", artists=library["artists"]
    )
    both = pd.concat([library, live], ignore_index=True)

    one, other = (Recommender(catalogue, each).recommend(Recipe()).table for each in (both, both[::-1]))

    assert one["score"].tolist() == other["score"].tolist()


def test_the_nearest_song_comes_first():
    catalogue = Catalogue.from_tracks(
        tracks(*({"track_id": f"c{at}", "energy": at / 10, "valence": (at * 7 % 11) / 10} for at in range(11)))
    )
    library = tracks({"track_id": "l", "title": "Own", "energy": 0.95, "valence": 0.65})

    found = ranked(Recipe(weights=poor("energy") | {"valence": 1.0}, length=1), library, catalogue)

    assert found.table["track_id"].tolist() == ["c9"]  # energy 0.9, valence 0.8; c10 has 1.0 and 0.4


def test_scores_fall_and_contributions_sum_to_them():
    found = ranked(Recipe(length=100, per_artist=None))

    assert (found.table["score"].diff().dropna() <= 0).all()
    assert found.contributions.sum(axis=1).to_numpy() == pytest.approx(found.table["score"].to_numpy(), abs=1e-6)
    assert found.contributions.columns.tolist() == NAMES
    assert found.contributions.index.tolist() == found.table["track_id"].tolist()
    assert found.table["rank"].tolist() == list(range(1, len(found.table) + 1))


def test_no_song_of_the_library_is_recommended_and_none_twice():
    library = tracks(
        {"track_id": "c0"},
        {"track_id": "x", "title": TABLE["title"][1] + " - Live", "artists": TABLE["artists"][1], "energy": 0.5},
    )
    found = ranked(Recipe(length=200, per_artist=None), library)
    listed = TABLE.set_index("track_id").loc[found.table["track_id"]].reset_index()

    assert not owned(listed, library).any()
    assert song_keys(listed).is_unique
    assert found.counts["owned"] == 2


def test_counts_add_up():
    counts = ranked(dislikes=TABLE.iloc[:5]).counts

    assert counts["catalogue"] == sum(count for reason, count in counts.items() if reason != "catalogue")
    assert counts["disliked"] == 5


def test_a_song_of_which_too_little_is_known_is_counted_and_not_ranked():
    catalogue = Catalogue.from_tracks(
        pd.concat([TABLE, tracks({"track_id": "poor", "title": "P", "year": 2000, "energy": 0.5})], ignore_index=True)
    )
    found = ranked(Recipe(length=500, per_artist=None), catalogue=catalogue)

    assert "poor" not in set(found.table["track_id"])
    assert found.counts["too_little_known"] == len(catalogue) - found.counts["owned"] - len(found.table)


def test_half_of_the_weight_is_enough():
    catalogue = Catalogue.from_tracks(tracks({"energy": 0.1, "valence": 0.9}, {"energy": 0.2}, {"valence": 0.3}))
    library = tracks({"track_id": "l", "title": "Own", "energy": 0.9, "valence": 0.1})

    even = ranked(Recipe(weights=poor("energy") | {"valence": 1.0}), library, catalogue)
    heavy = ranked(Recipe(weights=poor("energy") | {"valence": 3.0}), library, catalogue)

    assert even.counts["too_little_known"] == 0
    assert heavy.counts["too_little_known"] == 1


def test_a_song_without_genres_is_compared_by_how_it_sounds_however_much_genre_counts():
    known = random_tracks(40, seed=1).assign(genres="folk", duration_ms=np.nan, year=np.nan, popularity=np.nan)
    catalogue = Catalogue.from_tracks(
        pd.concat([known, known.head(1).assign(track_id="bare", title="Bare", genres=None)])
    )
    library = random_tracks(10, seed=2).assign(genres="folk")
    found = Recommender(catalogue, library).recommend(Recipe(weights={"genre": 100.0}, length=100, per_artist=None))

    assert "bare" in set(found.table["track_id"])
    assert found.counts["too_little_known"] == 0
    assert found.contributions.loc["bare", "genre"] == 0
    assert found.contributions.loc["bare"].sum() == pytest.approx(
        found.table.set_index("track_id").loc["bare", "score"]
    )


def test_a_song_that_nearly_fits_comes_before_one_that_fits_in_the_two_thirds_that_are_known():
    steps = {"energy": 5, "valence": 7, "danceability": 11}
    others = [{"title": f"{at}"} | {name: at * step % 19 / 20 for name, step in steps.items()} for at in range(19)]
    fits = dict.fromkeys(steps, 0.9)
    near, bare = fits | {"title": "Near", "danceability": 0.7}, {"title": "Bare", "energy": 0.9, "valence": 0.9}
    catalogue = Catalogue.from_tracks(tracks(*others, near, bare))
    library = tracks(*(fits | {"track_id": f"l{at}", "title": f"Own {at}"} for at in range(12)))

    found = ranked(Recipe(weights=dict.fromkeys(NAMES, 0.0) | dict.fromkeys(steps, 1.0)), library, catalogue)
    of = found.table.set_index("title")

    assert of.loc["Near", "score"] > of.loc["Bare", "score"]
    # What is shown beside it is the plain cosine, over what is known.
    assert of.loc["Near", "cosine"] == pytest.approx(0.9, abs=0.01)
    assert of.loc["Bare", "cosine"] == pytest.approx(1)
    assert found.contributions.sum(axis=1).to_numpy() == pytest.approx(found.table["score"].to_numpy(), abs=1e-6)


def test_a_feature_the_library_knows_nothing_of_takes_no_part():
    library = LIBRARY.assign(genres=pd.Series([None] * len(LIBRARY), dtype="str"))

    assert by_id(ranked(Recipe(weights={"genre": 9.0}), library)) == by_id(
        ranked(Recipe(weights={"genre": 0.0}), library)
    )


@some
@given(weights=WEIGHTS, factor=st.floats(1e-3, 1e3))
def test_scaling_all_weights_changes_nothing(weights, factor):
    one, other = (
        ranked(Recipe(weights={name: weight * by for name, weight in weights.items()}, length=150, per_artist=None))
        for by in (1.0, factor)
    )

    assert by_id(other) == pytest.approx(by_id(one), abs=1e-4)


@some
@given(weights=WEIGHTS, zero=st.sampled_from([f.name for f in NUMBER_FEATURES]), seed=st.integers(0, 99))
def test_a_weight_of_zero_hides_the_feature(weights, zero, seed):
    weights = {**weights, "loudness": 1.0, "duration": 1.0, zero: 0.0}
    column = next(f.column for f in NUMBER_FEATURES if f.name == zero)
    rng = np.random.default_rng(seed)
    recipe = Recipe(weights=weights, length=150, per_artist=None)
    changed, library = (table.assign(**{column: rng.uniform(1, 90, len(table))}) for table in (TABLE, LIBRARY))

    other = ranked(recipe, library, Catalogue.from_tracks(changed))

    assert by_id(other) == pytest.approx(by_id(ranked(recipe)), abs=1e-5)


@some
@given(at=st.integers(0, 29))
def test_adding_a_track_to_the_library_removes_it_from_the_list(at):
    before = ranked(Recipe(length=30))
    track_id = before.table["track_id"].iloc[at % len(before.table)]
    more = pd.concat([LIBRARY, TABLE[TABLE["track_id"] == track_id]], ignore_index=True)

    assert track_id not in set(ranked(Recipe(length=30), more).table["track_id"])


@some
@given(seed=st.integers(0, 999))
def test_the_order_of_catalogue_and_library_changes_nothing(seed):
    mixed, library = (table.sample(frac=1, random_state=seed).reset_index(drop=True) for table in (TABLE, LIBRARY))

    other = ranked(Recipe(length=150), library, Catalogue.from_tracks(mixed))

    pd.testing.assert_frame_equal(other.table, ranked(Recipe(length=150)).table)


@some
@given(
    weights=WEIGHTS,
    familiarity=st.floats(-1, 1),
    variety=st.floats(0, 1),
    shift=st.floats(-4, 4),
    shifted=st.sampled_from([f.name for f in NUMBER_FEATURES]),
)
def test_contributions_always_sum_to_scores_that_fall(weights, familiarity, variety, shift, shifted):
    recipe = Recipe(weights=weights, familiarity=familiarity, variety=variety, shifts={shifted: shift}, length=40)

    found = ranked(recipe, dislikes=random_tracks(7, seed=5, prefix="d"))

    assert found.contributions.sum(axis=1).to_numpy() == pytest.approx(found.table["score"].to_numpy(), abs=1e-5)
    assert (found.table["score"].diff().dropna() <= 0).all()
    assert found.table[["score", "cosine"]].notna().all(axis=None)


@some
@given(values=st.lists(st.tuples(*[VALUES] * len(NUMBER_FEATURES)), min_size=2, max_size=8), cut=st.integers(1, 7))
def test_no_finite_input_makes_a_nan_or_a_crash(values, cut):
    columns = [f.column for f in NUMBER_FEATURES]
    table = random_tracks(len(values)).assign(genres=pd.Series([None] * len(values), dtype="str"))
    table[columns] = pd.DataFrame(values, columns=columns, dtype="float64")
    library, songs = table.iloc[: cut % len(table)], table.iloc[cut % len(table) :].reset_index(drop=True)
    try:
        found = ranked(Recipe(length=5), library, Catalogue.from_tracks(as_tracks(songs)))
    except NothingToRank as sentence:
        assert str(sentence).endswith(".")
    else:
        assert np.isfinite(found.table[["score", "cosine"]].to_numpy()).all()
        assert np.isfinite(found.contributions.to_numpy()).all()


@some
@given(moves=st.lists(st.tuples(st.sampled_from(NAMES), st.floats(0.05, 10) | st.just(0.0)), max_size=4))
def test_a_list_after_many_moves_is_the_list_of_a_fresh_start(moves):
    recommender, recipe = Recommender(CATALOGUE, LIBRARY), Recipe(length=150)
    for name, weight in moves:
        recipe = replace(recipe, weights={**recipe.weights, "valence": 1.0, name: weight or 0.0, "tempo": 1.0})
        recommender.recommend(recipe)

    assert by_id(recommender.recommend(recipe)) == pytest.approx(by_id(ranked(recipe)), abs=1e-5)


@pytest.mark.parametrize("dislikes", [None, TABLE.tail(3)], ids=["no dislikes", "dislikes"])
def test_scores_after_moved_aims_are_those_of_a_fresh_start_to_the_last_digit(monkeypatch, dislikes):
    monkeypatch.setattr("recsys.core.engine.recommender.SHORTLIST", 40)  # so that songs enter it and leave
    moved = Recommender(CATALOGUE, LIBRARY, dislikes=dislikes)
    for aim, weights in ((0.0, {}), (1.0, {}), (-2.0, {}), (0.5, {"tempo": 3.0}), (0.5, {})):
        recipe = Recipe(weights=weights, shifts={"energy": aim})
        fresh_one = Recommender(CATALOGUE, LIBRARY, dislikes=dislikes)
        again, fresh = moved.rank_candidates(recipe), fresh_one.rank_candidates(recipe)
        assert again.rows.tolist() == fresh.rows.tolist()
        assert again.scores.tolist() == fresh.scores.tolist()
        shown = (one.recommend(recipe).contributions for one in (moved, fresh_one))
        pd.testing.assert_frame_equal(*shown, rtol=1e-9)


def test_a_track_that_a_listener_disliked_is_gone_and_those_like_it_fall():
    plain = by_id(ranked(Recipe(length=150, per_artist=None)))
    worst = max(plain, key=plain.get)
    row = TABLE[TABLE["track_id"] == worst]
    others = [row.assign(track_id=f"d{at}", title=f"Like it {at}") for at in range(10)]
    dislikes = pd.concat([row, *others], ignore_index=True)

    found = by_id(ranked(Recipe(length=150, per_artist=None), dislikes=dislikes))
    second = sorted(plain, key=plain.get)[-2]

    assert worst not in found
    assert found[second] != pytest.approx(plain[second], abs=1e-6)


def test_familiar_artists_rise_and_only_new_ones_remain_when_asked_for():
    library = pd.concat([LIBRARY, TABLE.iloc[[4]].assign(track_id="own", title="Own song")], ignore_index=True)
    familiar = TABLE["track_id"][TABLE["artists"] == TABLE["artists"][4]].tolist()

    near = ranked(Recipe(familiarity=1.0, length=150, per_artist=None), library)
    plain = ranked(Recipe(length=150, per_artist=None), library)
    new = ranked(Recipe(only_new_artists=True, length=150, per_artist=None), library)

    assert set(near.table["track_id"].head(len(familiar) + 2)) >= set(familiar)
    assert near.contributions[FAMILIAR_ARTIST][familiar].tolist() == [2.0] * len(familiar)
    assert FAMILIAR_ARTIST not in plain.contributions
    assert not set(familiar) & set(new.table["track_id"])
    assert new.counts["familiar_artists"] == len(familiar)


def test_an_aim_leaves_out_the_songs_of_which_it_cannot_be_judged():
    others = [{"title": f"{at}", "energy": at / 10, "valence": at * 7 % 11 / 10, "tempo": 100.0} for at in range(11)]
    catalogue = Catalogue.from_tracks(
        tracks(
            *others,
            {"title": "Bare", "valence": 0.8, "tempo": 100.0},
            {"title": "No beat", "energy": 0.1, "valence": 0.8},
        )
    )
    library = tracks({"track_id": "l", "title": "Own", "energy": 0.9, "valence": 0.8, "tempo": 100.0})
    plain = Recipe(weights=dict.fromkeys(NAMES, 0.0) | {"energy": 1.0, "valence": 1.0, "tempo": 1.0}, length=20)

    for recipe, missing in (
        (plain, set()),
        (replace(plain, shifts={"energy": 0.0}), set()),
        (replace(plain, shifts={"energy": -2.0}), {"Bare"}),
        (replace(plain, shifts={"energy": -2.0, "tempo": 1.0}), {"Bare", "No beat"}),
        (replace(plain, shifts={"energy": -2.0}).with_weight("energy", 0.0), set()),  # an aim without weight moves none
        (replace(plain, shifts={"year": 2.0}).with_weight("year", 1.0), set()),  # nor one at what nobody knows
    ):
        found = ranked(recipe, library, catalogue)

        assert {"Bare", "No beat"} - set(found.table["title"]) == missing
        assert found.counts["too_little_known"] == len(missing)
        assert found.counts["candidates"] == 13 - len(missing)


def test_a_shift_moves_the_list_and_not_the_weights():
    means = {}
    for shift in (-2.0, 2.0):
        found = ranked(Recipe(weights=poor("energy") | {"valence": 1.0}, shifts={"energy": shift}, length=20))
        means[shift] = TABLE.set_index("track_id")["energy"][found.table["track_id"]].mean()

    assert means[2.0] > means[-2.0] + 0.2


def test_a_limit_per_artist_holds_and_says_what_it_cost():
    free, limited = (ranked(Recipe(length=60, per_artist=limit)) for limit in (None, 1))

    assert free.table["artists"].value_counts().max() == 2
    assert limited.table["artists"].value_counts().max() == 1
    assert limited.costs["per_artist"].replaced > 0
    assert limited.costs["per_artist"].score == pytest.approx(
        free.table["score"].mean() - limited.table["score"].mean(), abs=1e-5
    )


def test_variety_spreads_the_list_and_says_what_it_cost():
    plain, spread = (ranked(Recipe(length=10, per_artist=None, variety=variety)) for variety in (0.0, 0.9))

    assert set(plain.table["track_id"]) != set(spread.table["track_id"])
    assert spread.costs["variety"].score > 0
    assert "variety" not in plain.costs


def test_seeds_are_used_instead_of_the_library_which_is_still_not_recommended():
    library = pd.concat([LIBRARY, TABLE.iloc[:3]], ignore_index=True)
    recommender = Recommender(CATALOGUE, library, seeds=["l3", "c9"])
    found = recommender.recommend(Recipe(length=150, per_artist=None))

    assert sorted(recommender.own["track_id"]) == ["c9", "l3"]
    assert not {"c0", "c1", "c2", "c9"} & set(found.table["track_id"])


def test_another_version_of_a_song_in_the_library_may_be_the_seed():
    twice = pd.concat([LIBRARY, LIBRARY.head(1).assign(track_id="remaster")], ignore_index=True)

    by_each = [Recommender(CATALOGUE, twice, seeds=[seed]) for seed in ("l0", "remaster")]

    assert [len(recommender.own) for recommender in by_each] == [1, 1]
    assert len(Recommender(CATALOGUE, twice, seeds=["l0", "remaster"]).own) == 1
    lists = [recommender.recommend(Recipe(length=5)).table["track_id"].tolist() for recommender in by_each]
    assert lists[0] == lists[1]


def test_a_seed_needs_no_library():
    assert len(ranked(Recipe(length=5), empty_tracks(), seeds=["c1"]).table) == 5


def test_an_unknown_seed_is_named():
    with pytest.raises(BadTracks, match="nowhere is neither in your library nor in the catalogue"):
        Recommender(CATALOGUE, LIBRARY, seeds=["c1", "nowhere"])


def test_one_track_is_enough():
    assert len(ranked(Recipe(length=5), LIBRARY.head(1)).table) == 5


def test_a_catalogue_of_one_song_gives_a_list_of_one():
    found = ranked(library=LIBRARY, catalogue=Catalogue.from_tracks(TABLE.head(1)))

    assert found.table["track_id"].tolist() == ["c0"]
    assert np.isfinite(found.table["score"]).all()


@pytest.mark.parametrize(
    ("library", "catalogue", "sentence"),
    [
        (empty_tracks(), TABLE, "Your library is empty"),
        (LIBRARY, empty_tracks(), "The catalogue is empty"),
        (TABLE, TABLE, "already holds every song"),
        (tracks({"track_id": "bare"}), TABLE, "no known feature in common"),
        (LIBRARY, tracks({"track_id": "bare"}), "no known feature in common"),
    ],
)
def test_where_nothing_can_be_ranked_a_sentence_says_why(library, catalogue, sentence):
    with pytest.raises(NothingToRank, match=sentence):
        ranked(library=library, catalogue=Catalogue.from_tracks(catalogue))


def test_all_weights_zero_is_a_sentence():
    with pytest.raises(BadRecipe, match="Every weight is zero"):
        ranked(Recipe(weights=dict.fromkeys(NAMES, 0.0)))


def test_weight_on_what_nobody_knows_is_a_sentence():
    library = LIBRARY.assign(genres=pd.Series([None] * len(LIBRARY), dtype="str"))

    with pytest.raises(NothingToRank, match="None of the features you gave weight to"):
        ranked(Recipe(weights=poor("genre")), library)


def test_the_table_says_what_a_listener_needs():
    table = ranked(Recipe(length=3)).table

    assert table.columns.tolist() == [
        *["rank", "track_id", "title", "artists", "album", "year", "genres", "score", "cosine", "url"]
    ]
    assert table["url"].isna().all()
    assert table["title"].dtype == "str"
