"""What is said of a list, in its head and below it."""

import re

import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.model.features import AUDIO_FEATURES
from recsys.core.model.tracks import as_tracks
from recsys.demo.catalogue import demo_catalogue
from recsys.demo.listeners import demo_listeners
from recsys.ui.recommend.list_facts import compared, made_of, percentages, shares, shares_by_title
from tests.core.small import random_tracks

NONE = {"owned": 0, "disliked": 0, "familiar_artists": 0, "too_little_known": 0}


def test_every_reason_to_leave_a_song_out_is_named():
    counts = {"owned": 34, "disliked": 1, "familiar_artists": 500, "too_little_known": 2, "candidates": 1_463}

    assert compared({"catalogue": 2_000, **counts}) == (
        "1,463 of the catalogue’s 2,000 songs compared; left out: 34 you have or like, 1 you turned down, 500 by "
        "artists you know, 2 we know too little about."
    )


def test_what_left_nothing_out_is_not_named():
    assert compared({"catalogue": 1, **NONE, "candidates": 1}) == "1 of the catalogue’s 1 song compared."


def test_the_numbers_add_up_to_the_catalogue_with_thumbs_down_and_new_artists_only():
    catalogue, library = Catalogue.from_tracks(demo_catalogue()), demo_listeners()[0].library
    first = Recommender(catalogue, library).recommend(Recipe()).table["track_id"].iloc[:1]
    turned_down = as_tracks(catalogue.tracks[catalogue.tracks["track_id"].isin(first)])

    recipe = Recipe(weights={"popularity": 0.0}, only_new_artists=True)
    found = Recommender(catalogue, library, dislikes=turned_down).recommend(recipe)
    candidates, size, *left_out = (int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", compared(found.counts)))

    assert candidates + sum(left_out) == size == len(catalogue.tracks)
    assert len(left_out) >= 3  # yours, turned down, by artists you know


def test_what_made_a_list_of_songs_of_unknown_sound_is_what_is_known_of_them():
    library = random_tracks(12, seed=2, prefix="l").assign(**{f.column: float("nan") for f in AUDIO_FEATURES})

    found = Recommender(Catalogue.from_tracks(random_tracks(300, seed=4, prefix="c")), library).recommend(Recipe())

    made = shares_by_title(found)
    assert {"Release year", "Duration"} <= set(made) <= {"Release year", "Duration", "Genre"}
    assert sum(made.values()) == 100
    assert made_of(found) == [f"What made this list: {', '.join(f'{name.lower()} {made[name]}%' for name in made)}."]


def test_shares_sum_to_one_and_are_largest_first():
    found = shares(pd.DataFrame({"energy": [0.3, -0.3], "valence": [0.1, 0.1]}))

    assert found.to_dict() == pytest.approx({"energy": 0.75, "valence": 0.25})
    assert list(found.index) == ["energy", "valence"]


def test_a_list_that_owes_nothing_has_no_shares():
    assert shares(pd.DataFrame({"energy": [0.0]})).to_dict() == {"energy": 0.0}


def test_percentages_add_up_to_a_hundred_where_rounding_each_would_not():
    thirds, halves = pd.Series([1 / 3] * 3, list("abc")), pd.Series([0.495, 0.495, 0.006, 0.004], list("abcd"))

    assert percentages(thirds).to_dict() == {"a": 34, "b": 33, "c": 33}
    assert percentages(halves).to_dict() == {"a": 50, "b": 49, "c": 1, "d": 0}
    assert percentages(pd.Series([1.0, 0.0], list("ab"))).to_dict() == {"a": 100, "b": 0}


def test_no_shares_are_no_percentages():
    assert percentages(pd.Series([0.0, 0.0], list("ab"))).to_dict() == {"a": 0, "b": 0}
