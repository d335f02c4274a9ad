"""What is said under a song's reasons; ranks differ."""

import pandas as pd

from recsys.core.engine.explanation import Explanation
from recsys.ui.recommend.explanation import total, without


def explained(rank, rank_without):
    return Explanation("id", rank, 1.0, pd.Series({"year": 1.0}), pd.DataFrame(), "year", rank_without)


def test_the_total_is_written_like_the_bars_and_says_that_these_are_rounded():
    assert total(-1.6149).startswith("Before rounding, the bars add up to the score, −1.61, ")
    assert total(1.309).startswith("Before rounding, the bars add up to the score, 1.31, ")
    assert ", 0.00, " in total(-0.004)


def test_a_track_at_its_rank_is_told_what_its_strongest_reason_does_for_it():
    begins = "Without release year it"

    assert without(explained(4, 1_200), place=4) == f"{begins} would be number 1,200 instead of 4."
    assert without(explained(4, 4), place=4) == f"{begins} would still be number 4."
    assert without(explained(4, None), place=4) == f"{begins} could not be ranked."


def test_a_track_that_others_made_way_for_is_told_its_rank_and_why_it_is_not_its_place():
    said = without(explained(15, 2), place=10)

    assert said.startswith("By score alone it would be number 15; songs above it made way. ")
    assert said.endswith("would be number 2 instead of 15.")
