"""Every position of a two-way slider reads as words."""

import pytest

from recsys.ui.recommend.filters import which_way


@pytest.mark.parametrize(
    ("position", "words"),
    [(-2.0, "← very much"), (-0.5, "← a little"), (0.0, "like yours"), (1.0, "somewhat →"), (2.0, "very much →")],
)
def test_a_position_says_how_far_and_which_way(position, words):
    assert which_way(position, "like yours", 0.5) == words
