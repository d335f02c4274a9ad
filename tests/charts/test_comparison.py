"""The comparison of two listeners."""

from recsys.charts.comparison import comparison, comparison_in_words
from recsys.core.insights.summary import describe
from recsys.core.model.features import NUMBER_FEATURES
from recsys.core.model.tracks import empty_tracks
from tests.charts import tracks

STEPS = [0.1, 0.2, 0.3, 0.4]
CATALOGUE = tracks(energy=STEPS, valence=STEPS, liveness=STEPS)
CALM = describe(tracks(energy=[0.05], valence=[0.25], liveness=[0.25]), CATALOGUE)
LOUD = describe(tracks(energy=[0.95], valence=[0.35], liveness=[0.25]), CATALOGUE)
UNKNOWN = describe(empty_tracks(), CATALOGUE)


def test_each_listener_has_a_mark_at_their_place_in_the_catalogue():
    calm, loud, _ = comparison(CALM, LOUD, ("Ada", "Bo")).data
    assert dict(zip(calm.y, calm.x, strict=True)) == {"Energy": 0, "Liveness": 0.5, "Valence": 0.5}
    assert dict(zip(loud.y, loud.x, strict=True)) == {"Energy": 1, "Liveness": 0.5, "Valence": 0.75}
    assert (calm.name, loud.name) == ("Ada", "Bo")


def test_the_marks_differ_in_shape_and_not_in_colour_alone():
    calm, loud, _ = comparison(CALM, LOUD, ("Ada", "Bo")).data
    assert calm.marker.symbol != loud.marker.symbol


def test_a_line_joins_the_two_marks_of_a_feature():
    lines = comparison(CALM, LOUD, ("Ada", "Bo")).data[2]
    at = lines.y.index("Energy")
    assert list(lines.x[at : at + 3]) == [0, 1, None]


def test_what_one_of_them_lacks_has_no_mark():
    assert not comparison(CALM, UNKNOWN, ("Ada", "Bo")).data[1].x


def test_words_say_where_they_differ_most_and_least():
    assert comparison_in_words(CALM, LOUD, ("Ada", "Bo")) == (
        "Ada and Bo are furthest apart in energy (Ada more towards “calm”) and valence (Ada more towards “sad or "
        "angry”), and closest in liveness."
    )


def test_words_never_call_a_feature_both_furthest_and_closest():
    calm, loud = (
        describe(tracks(energy=[energy], valence=[valence]), CATALOGUE) for energy, valence in ((0, 0.1), (1, 0.3))
    )
    assert comparison_in_words(calm, loud, ("Ada", "Bo")) == (
        "Ada and Bo are furthest apart in energy (Ada more towards “calm”), and closest in valence."
    )
    calm, loud = (describe(tracks(energy=[energy]), CATALOGUE) for energy in (0, 1))
    assert comparison_in_words(calm, loud, ("Ada", "Bo")) == (
        "Ada and Bo are furthest apart in energy (Ada more towards “calm”)."
    )


def test_words_name_no_difference_where_there_is_none():
    assert comparison_in_words(CALM, CALM, ("You", "Bo")) == (
        "You and Bo are at the same place in every feature that is known of both."
    )


def test_features_are_in_the_same_order_whatever_is_known():
    axis = comparison(UNKNOWN, LOUD, ("Ada", "Bo")).layout.yaxis

    assert axis.categoryorder == "array"
    assert axis.categoryarray == tuple(f.title for f in NUMBER_FEATURES)


def test_the_listener_is_spoken_to():
    words = comparison_in_words(CALM, LOUD, ("You", "Bo"))

    assert words.startswith("You and Bo are furthest apart in energy (you more towards “calm”)")


def test_a_mark_at_the_end_of_the_axis_is_drawn_whole():
    assert all(trace.cliponaxis is False for trace in comparison(CALM, LOUD, ("Ada", "Bo")).data[:2])


def test_words_say_when_they_cannot_be_compared():
    assert "cannot be compared" in comparison_in_words(CALM, UNKNOWN, ("Ada", "Bo"))
