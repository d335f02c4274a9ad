"""Every position of a two-way slider reads as words."""

import pytest

from recsys.ui.dials_panel import towards


@pytest.mark.parametrize(
    ("position", "words"),
    [
        (-2.0, "very much towards “calm”"),
        (-0.5, "a little towards “calm”"),
        (0.0, "like your own"),
        (1.0, "somewhat towards “intense”"),
        (2.0, "very much towards “intense”"),
    ],
)
def test_a_position_says_how_far_and_which_way(position, words):
    assert towards(position, ("calm", "intense"), "like your own", 0.5) == words
