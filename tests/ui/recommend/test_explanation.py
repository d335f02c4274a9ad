"""The bars of an explanation stand on the right side of zero and are scaled to the widest; ranks are told apart."""

import pandas as pd

from recsys.core.engine.explanation import Explanation
from recsys.ui.recommend.explanation import bars, total, without


def explained(rank, rank_without):
    return Explanation("id", rank, 1.0, pd.Series({"year": 1.0}), pd.DataFrame(), "year", rank_without)


def test_bars_stand_on_their_side_of_zero_largest_first():
    drawn = bars(pd.Series({"energy": 0.1, "valence": -0.4}))

    assert drawn.index("Valence") < drawn.index("Energy")
    assert 'class="against" style="left:0.0%;width:50.0%"' in drawn
    assert 'class="for" style="left:50.0%;width:12.5%"' in drawn
    assert "−0.400" in drawn
    assert "+0.100" in drawn


def test_a_name_that_is_no_feature_is_shown_as_text():
    assert "&lt;b&gt;" in bars(pd.Series({"<b>": 1.0}))


def test_nothing_to_explain_draws_no_nan():
    assert "nan" not in bars(pd.Series({"energy": 0.0}))


def test_the_total_is_written_like_the_bars():
    assert total(-1.6149).startswith("The bars add up to the score, −1.615, ")
    assert total(1.309).startswith("The bars add up to the score, 1.309, ")


def test_a_track_at_its_rank_is_told_what_the_strongest_slider_does_for_it():
    begins = "The strongest slider that counts here is release year. Without it, this track"

    assert without(explained(4, 1_200), place=4) == f"{begins} would rank 1,200 instead of 4."
    assert without(explained(4, 4), place=4) == f"{begins} would keep its rank, 4."
    assert without(explained(4, None), place=4) == f"{begins} could not be ranked."


def test_a_track_that_others_made_way_for_is_told_its_rank_and_why_it_is_not_its_place():
    said = without(explained(15, 2), place=10)

    assert said.startswith("By score alone this track ranks 15; songs above it made way. ")
    assert said.endswith("would rank 2 instead of 15.")
