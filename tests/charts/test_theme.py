"""What all figures share."""

import pytest

from recsys.charts.theme import axis_title, laid_out, listed, plain, shortened
from recsys.core.model.features import feature


def test_markup_in_a_title_is_escaped():
    assert plain('<a href="x">AC/DC & co</a>') == '&lt;a href="x"&gt;AC/DC &amp; co&lt;/a&gt;'


def test_no_figure_brings_colours_that_would_break_a_dark_page():
    layout = laid_out([], 300).layout
    assert layout.height == 300
    assert layout.paper_bgcolor is None and layout.plot_bgcolor is None and layout.font.color is None


@pytest.mark.parametrize(
    ("parts", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (list("abc"), "a, b and c")]
)
def test_words_are_listed_as_one_would_say_them(parts, said):
    assert listed(parts) == said


def test_a_long_title_is_cut_with_an_ellipsis():
    assert shortened("a b c d e f", at_most=4) == "a b…"
    assert shortened("abcd", at_most=4) == "abcd"


def test_an_axis_names_the_unit_where_there_is_one():
    assert axis_title(feature("tempo")) == {"text": "Tempo, beats per minute"}
    assert axis_title(feature("energy")) == {"text": "Energy"}
    assert axis_title(feature("duration")) == {"text": "Duration, minutes"}
