"""A song's match, and its reasons in order."""

import pandas as pd

from recsys.ui.recommend.list_rows import match, reasons


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
