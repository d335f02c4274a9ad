"""A song's match, and its reasons in order."""

import pandas as pd

from recsys.ui.recommend.list_rows import match, named_reasons, reasons, shared_in_words, shared_reason


def test_a_match_is_half_at_the_average_song_and_rises_with_the_score():
    assert match(0.0) == 50
    assert [match(score) for score in (-100.0, 1.0, 3.0, 100.0)] == [0, 73, 95, 100]


def test_reasons_come_largest_first_and_what_adds_nothing_is_left_out():
    table = pd.DataFrame(
        {"energy": [0.1, 0.3], "valence": [-0.4, 0.3], "year": [0.0, 1e-9], "familiar artist": [0.2, 1]}
    )

    assert reasons(table) == [
        [("Valence", -0.4), ("Familiar artist", 0.2), ("Energy", 0.1)],
        [("Familiar artist", 1.0), ("Energy", 0.3), ("Valence", 0.3)],
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

    assert [[title for title, _ in row] for row in named_reasons(table)] == [
        ["Genre", "Release year", "Energy"],
        ["Genre", "Valence", "Release year"],
        ["Genre", "Tempo", "Release year"],
        ["Release year", "Valence", "Genre"],
    ]


def test_one_song_alone_is_named_its_largest_reasons():
    table = pd.DataFrame({"energy": [0.1], "valence": [0.3], "tempo": [-2.0], "genre": [0.2]})

    assert named_reasons(table) == [[("Valence", 0.3), ("Genre", 0.2), ("Energy", 0.1)]]


def test_a_reason_that_comes_first_in_two_thirds_of_the_rows_is_said_once_above_them():
    named = [[(first, 1.0), ("Tempo", 0.1)] for first in ("Genre", "Genre", "Genre", "Energy")]

    assert shared_reason(named) == "Genre"
    assert shared_reason([*named, [("Valence", 1.0)]]) == ""
    assert shared_reason([*named[:2], []]) == "Genre"
    assert shared_reason(named[:1]) == shared_reason([[], []]) == shared_reason([]) == ""


def test_how_many_songs_share_a_reason_is_counted():
    def rows(*shared):
        return [{"named": [("Genre" if one else "Energy", 1.0)], "is_shared": one} for one in shared]

    assert shared_in_words(rows(True, True)) == ["Strongest reason for all 2 songs:", "genre"]
    assert shared_in_words(rows(True, False, True)) == ["Strongest reason for 2 of 3 songs:", "genre"]
    assert shared_in_words(rows(False)) == shared_in_words([]) == []
