"""What can take a locked song off the list: nothing that moves the ranking, and only what rules it out or limits it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.explanation import explain
from recsys.core.engine.filters import Filters
from recsys.core.engine.presets import PRESETS
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.model.features import FEATURES, NUMBER_FEATURES
from tests.core.small import random_tracks

NOW = pd.Timestamp("2026-11-28T00:00:00Z")
UNKNOWN = [f.column for f in NUMBER_FEATURES if f.name != "year"]
TABLE = random_tracks(400, seed=3, prefix="c", missing=0.05)
# Of c3 the year is known and nothing else; of c5 everything.
TABLE.loc[3, [*UNKNOWN, "genres"]] = None
TABLE.loc[3, "year"] = 1999
TABLE.loc[5, [f.column for f in NUMBER_FEATURES]] = [(f.low + f.high) / 2 for f in NUMBER_FEATURES]
TABLE.loc[5, "duration_ms"] = 200_000
CATALOGUE = Catalogue.from_tracks(TABLE)
LIBRARY = random_tracks(12, seed=2, prefix="l")
LOCKED = {"c3": 4, "c5": 1}
MOVES = {
    **{f"aim at {f.name}": {"shifts": {f.name: 2}} for f in NUMBER_FEATURES},
    # Popularity is known of no song of the library, so its weight alone makes no list.
    **{
        f"{f.name} alone": {"weights": {g.name: float(f is g) for g in FEATURES}}
        for f in FEATURES
        if f.name != "popularity"
    },
    **{preset.name: {"weights": preset.all_weights()} for preset in PRESETS},
    "familiar artists": {"familiarity": 1.0, "shifts": {"energy": 1}},
    "unknown artists": {"familiarity": -1.0},
    "variety": {"variety": 1.0, "shifts": {"energy": -4}},
    "one song of an artist": {"per_artist": 1},
    "another order": {"order": "arc", "spacing": 3, "shifts": {"tempo": 1}},
    "everything": {"choose_from": "everything", "shifts": {"valence": 1}},
}


def listed(recipe, library=LIBRARY, **more):
    return Recommender(CATALOGUE, library, **more).recommend(recipe)


def why_not(found):
    """Why each locked song that is not on the list is not, by its id."""
    assert not set(found.unlisted["track_id"]) & set(found.table["track_id"])
    return dict(zip(found.unlisted["track_id"], found.unlisted["why"], strict=True))


@pytest.mark.parametrize("name", MOVES)
def test_no_weight_aim_or_dial_takes_a_locked_song_off_the_list(name):
    found = listed(Recipe(locked=LOCKED, **MOVES[name]))

    assert found.table["track_id"].iloc[[3, 0]].tolist() == list(LOCKED)
    assert found.unlisted.empty
    assert found.contributions.sum(axis=1).to_numpy() == pytest.approx(found.table["score"].to_numpy(), abs=1e-5)
    assert found.counts["catalogue"] == sum(n for reason, n in found.counts.items() if reason != "catalogue")


def test_a_locked_song_of_unknown_value_changes_no_other_song_of_an_aimed_list():
    aimed = {"shifts": {"energy": 2}, "per_artist": None}
    alone, found = listed(Recipe(**aimed, length=29)), listed(Recipe(**aimed, length=30, locked={"c3": 30}))

    assert "c3" not in set(alone.table["track_id"])
    assert found.table["track_id"].tolist() == [*alone.table["track_id"], "c3"]
    assert found.table["score"].tolist()[:-1] == alone.table["score"].tolist()


def test_a_locked_song_of_which_no_weighted_feature_is_known_scores_0_and_can_be_explained():
    recipe = Recipe(weights={f.name: float(f.name == "energy") for f in FEATURES}, locked={"c3": 1})
    recommender = Recommender(CATALOGUE, LIBRARY)
    first = recommender.recommend(recipe).table.iloc[0]
    explained = explain(recommender, recipe, "c3")

    assert (first["track_id"], first["score"], first["cosine"]) == ("c3", 0, 0)
    assert explained.score == 0
    assert explained.rank is not None


@pytest.mark.parametrize("more", [{}, {"variety": 0.5}, {"minutes": 60.0}])
def test_the_limit_per_artist_counts_locked_songs(more):
    recipe = Recipe(length=12, per_artist=1, **more)
    free = listed(recipe).table
    of_artist = TABLE[TABLE["artists"] == free["artists"].iloc[0]]
    other = of_artist.loc[~of_artist["track_id"].isin(free["track_id"]) & of_artist["energy"].notna(), "track_id"].iloc[
        -1
    ]

    found = listed(replace(recipe, locked={other: 3})).table

    assert other in set(found["track_id"])
    assert found["artists"].is_unique
    assert len(found) == 12 or more.get("minutes")


def test_a_song_is_counted_as_a_candidate_while_it_is_locked():
    aimed = {"shifts": {"energy": 2}}
    free, locked = listed(Recipe(**aimed)).counts, listed(Recipe(**aimed, locked=LOCKED)).counts

    assert locked["candidates"] == free["candidates"] + 1
    assert locked["too_little_known"] == free["too_little_known"] - 1


FILTERS = {
    "outside release year from 2010": Filters(ranges={"year": (2010, None)}),
    "of unknown energy": Filters(ranges={"energy": (0, 1)}),
    "by artists you ruled out": Filters(not_artists=("Artist c 1",)),
    "by artists on your block list": Filters(blocked_artists=("Artist c 1",)),
    "of unknown genre": Filters(genres=("jazz",)),
}


@pytest.mark.parametrize("why", FILTERS)
def test_a_filter_takes_a_locked_song_off_the_list_and_says_which(why):
    assert why_not(listed(Recipe(filters=FILTERS[why], locked={"c3": 4}))) == {"c3": why}


def test_the_first_filter_that_excludes_a_locked_song_is_named():
    filters = Filters(ranges={"year": (2010, None)}, not_artists=("Artist c 1",))

    assert why_not(listed(Recipe(filters=filters, locked={"c3": 4}))) == {"c3": "outside release year from 2010"}


def test_every_other_exclusion_takes_a_locked_song_off_the_list_and_says_so():
    one = TABLE[TABLE["track_id"] == "c3"]
    mine = pd.concat([LIBRARY, one], ignore_index=True)
    by_the_same = pd.concat([LIBRARY, TABLE[TABLE["track_id"] == "c2"]], ignore_index=True)
    recipe, forgotten = Recipe(locked={"c3": 4}), Recipe(locked={"c3": 4}, choose_from="forgotten")
    old = mine.assign(added_at=["2019-01-01T00:00:00Z"] * 12 + ["2026-11-27T00:00:00Z"])
    stored = pd.concat([old.head(12), TABLE.tail(5).assign(added_at="2019-01-01T00:00:00Z")], ignore_index=True)

    assert why_not(listed(recipe, mine)) == {"c3": "you have or like"}
    assert why_not(listed(recipe, dislikes=one)) == {"c3": "you turned down"}
    assert why_not(listed(recipe, given=one)) == {"c3": "you were given before"}
    assert why_not(listed(recipe, seeds=["c3"])) == {"c3": "that the list starts from"}
    assert why_not(listed(Recipe(locked={"c3": 4}, only_new_artists=True), by_the_same)) == {
        "c3": "by artists you know"
    }
    assert why_not(listed(forgotten, pd.concat([stored, old.tail(1)]), now=NOW)) == {
        "c3": "heard lately, or we don’t know when"
    }
    assert why_not(listed(forgotten, stored, now=NOW)) == {"c3": "not yours"}


def test_a_locked_song_that_the_catalogue_lacks_is_said_to_be_unknown():
    found = listed(Recipe(locked={"gone": 2, "c5": 1}))

    assert why_not(found) == {"gone": "not in this catalogue"}
    assert found.unlisted["title"].isna().all()


def test_locked_songs_that_a_short_list_has_no_room_for_are_named():
    found = listed(Recipe(length=1, locked=LOCKED, shifts={"energy": 1}))

    assert len(found.table) == 1
    assert list(why_not(found).values()) == ["for which there is no room"]


def test_a_locked_song_of_unknown_duration_cannot_be_counted_in_minutes():
    found = listed(Recipe(minutes=30, locked=LOCKED))

    assert why_not(found) == {"c3": "of unknown duration"}
    assert found.table["track_id"].iloc[0] == "c5"


@pytest.mark.parametrize("minutes", [15, 16, 17, 18, 19, 20])
def test_no_locked_song_gives_way_to_one_that_fits_a_number_of_minutes_better(minutes):
    durations = CATALOGUE.raw.at(np.arange(len(CATALOGUE)))["duration_ms"]
    short = CATALOGUE.tracks["track_id"][(durations < 300_000).to_numpy()].head(3).tolist()
    found = listed(Recipe(minutes=minutes, locked={name: at for at, name in enumerate(short, start=1)}))

    assert found.table["track_id"].head(3).tolist() == short
    assert found.unlisted.empty


def test_a_position_beyond_the_end_of_the_list_is_ignored():
    found = listed(Recipe(length=10, locked={"c3": 400}, shifts={"energy": 1}))

    assert "c3" in set(found.table["track_id"])


def test_a_song_locked_by_the_id_of_another_version_of_it_stays_at_its_place():
    twice = pd.concat([TABLE, TABLE[TABLE["track_id"] == "c5"].assign(track_id="x5")], ignore_index=True)
    catalogue = Catalogue.from_tracks(twice)
    (other,) = catalogue.other_versions.index
    (own,) = {"c5", "x5"} - {other}

    for locked in ({other: 4}, {other: 4, own: 9}, {own: 9, other: 4}):
        found = Recommender(catalogue, LIBRARY).recommend(Recipe(locked=locked))

        assert found.table["track_id"].tolist().index(own) == 3
        assert found.unlisted.empty
