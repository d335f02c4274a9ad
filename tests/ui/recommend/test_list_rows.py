"""A song's match, and its reasons in order."""

import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.demo.catalogue import demo_catalogue
from recsys.demo.listeners import demo_listeners
from recsys.ui.recommend.list_rows import (
    listed_songs,
    match,
    named_reasons,
    reasons,
    shared_in_words,
    shared_reason,
)
from recsys.ui.recommend.listener_view import view_of


def test_a_match_is_half_at_the_average_song_and_rises_with_the_score():
    assert match(0.0) == 50
    assert [match(score) for score in (-100.0, 1.0, 3.0, 100.0)] == [0, 73, 95, 100]


def test_reasons_come_largest_first_and_what_adds_nothing_is_left_out():
    table = pd.DataFrame(
        {"energy": [0.1, 0.3], "valence": [-0.4, 0.3], "year": [0.0, 1e-9], "familiar artist": [0.2, 1]}
    )

    assert reasons(table, {"energy": ["calm", ""], "year": ["1990s", "2010s"]}) == [
        [("Valence", -0.4, ""), ("Familiar artist", 0.2, ""), ("Energy", 0.1, "calm")],
        [("Familiar artist", 1.0, ""), ("Energy", 0.3, ""), ("Valence", 0.3, "")],
    ]


def test_the_strongest_reason_is_named_first_and_then_what_sets_a_song_apart():
    table = pd.DataFrame(
        {
            "genre": [3.0, 3.0, 3.0, 0.1],
            "year": [0.5, 0.5, 0.5, 0.5],
            "valence": [0.1, 0.4, 0.1, 0.1],
            "tempo": [-0.3, -0.2, 0.2, -0.3],
            "energy": [0.3, 0.3, 0.3, -1.0],
        }
    )

    assert [[name for name, _ in row] for row in named_reasons(table, {})] == [
        ["your genres", "release year", "energy"],
        ["your genres", "valence", "release year"],
        ["your genres", "tempo", "release year"],
        ["release year", "valence", "your genres"],
    ]


def test_one_song_alone_is_named_its_largest_reasons():
    table = pd.DataFrame({"energy": [0.1], "valence": [0.3], "tempo": [-2.0], "genre": [0.2]})

    assert named_reasons(table, {}) == [[("valence", 0.3), ("your genres", 0.2), ("energy", 0.1)]]


def test_a_reason_is_named_by_what_the_song_is_in_it_and_by_the_feature_where_there_is_no_word():
    table = pd.DataFrame({"energy": [0.3, 0.3], "year": [0.2, 0.2], "genre": [0.1, 0.1], "familiar artist": [0.05, 0]})
    words = {"energy": ["calm", ""], "year": ["1990s", "2010s"]}

    assert [[name for name, _ in row] for row in named_reasons(table, words, "similar genres")] == [
        ["calm", "familiar artist", "1990s"],
        ["energy", "2010s", "similar genres"],
    ]


def test_an_average_song_is_named_with_what_is_average_of_it():
    table = pd.DataFrame({"energy": [0.3], "instrumentalness": [0.2], "duration": [0.1]})
    words = {name: ["average"] for name in table}

    assert [name for name, _ in named_reasons(table, words)[0]] == [
        "average energy",
        "average vocals",
        "average length",
    ]
    assert [word for _, _, word in reasons(table, words)[0]] == ["average"] * 3


def test_a_list_that_starts_from_songs_names_their_genres_and_not_yours():
    library = demo_listeners()[0].library
    catalogue = Catalogue.from_tracks(demo_catalogue(size=200))
    found = Recommender(catalogue, library).recommend(Recipe())
    views = [view_of(catalogue, library, seeds) for seeds in ((), tuple(library["track_id"].head(1)))]

    assert [listed_songs(view, found).genres for view in views] == ["your genres", "similar genres"]


def test_a_reason_that_comes_first_in_two_thirds_of_the_rows_is_said_once_above_them():
    named = [[(first, 1.0), ("tempo", 0.1)] for first in ("calm", "calm", "calm", "energy")]

    assert shared_reason(named) == "calm"
    assert shared_reason([*named, [("happy", 1.0)]]) == ""
    assert shared_reason([*named[:2], []]) == "calm"
    assert shared_reason(named[:1]) == shared_reason([[], []]) == shared_reason([]) == ""


def test_how_many_songs_share_a_reason_is_counted():
    def rows(*shared):
        return [{"named": [("calm" if one else "energy", 1.0)], "is_shared": one} for one in shared]

    assert shared_in_words(rows(True, True)) == ["Strongest reason for all 2 songs:", "calm"]
    assert shared_in_words(rows(True, False, True)) == ["Strongest reason for 2 of 3 songs:", "calm"]
    assert shared_in_words(rows(False)) == shared_in_words([]) == []
