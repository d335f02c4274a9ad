"""The bars of an explanation stand on the right side of zero and are scaled to the widest."""

import pandas as pd

from recsys.ui.why import bars


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
