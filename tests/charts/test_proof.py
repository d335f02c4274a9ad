"""The chart of how many hidden songs each method found."""

from recsys.charts.proof import found_chart, found_in_words
from recsys.core.evaluation.metrics import Interval
from recsys.core.evaluation.proof import CHANCE, OURS, TEXTBOOK, Proof

PROOF = Proof(
    songs=40,
    hidden=20,
    candidates=1_000,
    found={OURS: Interval(7, 5, 10), TEXTBOOK: Interval(2, 1, 3)},
    chance=1.0,
    more={TEXTBOOK: Interval(5, 3, 7), CHANCE: Interval(6, 4, 8)},
)


def test_every_method_has_a_mark_with_its_interval_and_chance_a_mark():
    ours, textbook, chance = found_chart(PROOF).data

    assert [mark.x[0] for mark in (ours, textbook, chance)] == [7, 2, 1]
    assert (ours.error_x.array[0], ours.error_x.arrayminus[0]) == (3, 2)
    assert [mark.y[0] for mark in (ours, textbook, chance)] == ["your sliders", "a basic recommender", "pure luck"]


def test_the_sliders_differ_from_the_rest_in_shape_and_not_in_colour_alone():
    symbols = [mark.marker.symbol for mark in found_chart(PROOF).data]

    assert symbols == ["circle", "circle-open", "circle-open"]


def test_the_axis_begins_at_nothing_and_says_of_how_many():
    axis = found_chart(PROOF).layout.xaxis

    assert axis.rangemode == "tozero"
    assert axis.title.text == "songs found, of 20 hidden"


def test_a_mark_at_the_edge_is_drawn_whole():
    assert [mark.cliponaxis for mark in found_chart(PROOF).data] == [False] * 3


def test_words_say_the_same():
    assert found_in_words(PROOF) == (
        "Songs found of 20 hidden: your sliders 7.0 (5.0 to 10.0), a basic recommender 2.0 (1.0 to 3.0), pure luck 1.0."
    )
