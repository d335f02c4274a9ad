"""Distributions and the sentence under them."""

import pandas as pd
import pytest

from recsys.charts.distributions import distribution, sentence
from recsys.core.model.features import NUMBER_FEATURES
from recsys.errors import UnknownFeature

NOTHING = pd.Series([], dtype=float)


def test_bars_are_shares_of_the_known_values():
    bars = distribution("energy", pd.Series([0.01, 0.02, 0.93, None]), NOTHING).data[0]
    heights = {round(x, 3): y for x, y in zip(bars.x, bars.y, strict=True) if y}
    assert heights == {0.025: pytest.approx(2 / 3, abs=1e-4), 0.925: pytest.approx(1 / 3, abs=1e-4)}


def test_the_catalogue_is_counted_in_the_same_bins_and_dashed():
    figure = distribution("energy", pd.Series([0.01]), pd.Series([0.01, 0.99]))
    outline = figure.data[1]
    assert outline.line.dash == "dash"
    assert outline.y[1] == outline.y[-2] == 0.5
    assert len(outline.x) == len(figure.data[0].x) + 2


def test_the_browser_gets_bins_and_not_rows():
    figure = distribution("tempo", pd.Series(range(40, 240)) * 1.0, pd.Series([120.0] * 100_000))
    assert len(figure.to_json()) < 20_000


@pytest.mark.parametrize("f", NUMBER_FEATURES, ids=lambda f: f.name)
def test_every_track_is_counted_even_beyond_the_outermost_bar(f):
    values = pd.Series([f.low + (f.high - f.low) * step / 999 for step in range(1000)])
    bars, outline = distribution(f.name, values, values).data
    assert sum(bars.y) == pytest.approx(1, abs=0.01)
    assert sum(outline.y) == pytest.approx(1, abs=0.01)


def test_a_duration_is_shown_in_minutes():
    figure = distribution("duration", pd.Series([180_000.0, 240_000.0]), NOTHING)
    assert figure.layout.xaxis.title.text == "Duration, minutes"
    assert 2.5 < min(figure.data[0].x) < max(figure.data[0].x) < 4.5
    assert figure.data[0].text[0].startswith("between 3:00 and")


def test_a_library_in_which_all_are_equal_still_draws():
    bars = distribution("year", pd.Series([1994.0] * 3), NOTHING).data[0]
    assert list(bars.y) == [1]


def test_nothing_known_draws_empty_bars():
    assert not any(distribution("tempo", NOTHING, NOTHING).data[0].y)


def test_genre_has_no_distribution():
    with pytest.raises(UnknownFeature):
        distribution("genre", NOTHING, NOTHING)


def test_the_sentence_says_the_middle_half_both_medians_and_the_leaning():
    library = pd.Series([90.0, 100.0, 110.0, 120.0, 130.0])
    catalogue = pd.Series([80.0, 115.0, 120.0, 130.0, 140.0])
    assert sentence("tempo", library, catalogue) == (
        "Half of your tracks lie between 100 and 120 beats per minute. The catalogue’s median is 120 beats per minute; "
        "yours is 110 beats per minute, further towards “slow” than 80% of the catalogue."
    )


def test_the_sentence_says_when_a_listener_is_in_the_middle():
    values = pd.Series([0.1, 0.2, 0.3, 0.4, 0.5])
    assert sentence("energy", values, values).endswith("yours is 0.30, in the middle of the catalogue.")


def test_the_sentence_says_when_too_few_tracks_are_known():
    assert sentence("tempo", pd.Series([100.0, None, None]), NOTHING) == (
        "The tempo is known of only 1 of your 3 tracks, too few to describe."
    )
    assert sentence("tempo", pd.Series([100.0]), NOTHING) == "One track is too few to describe the tempo of."
    assert sentence("tempo", pd.Series([90.0, 99.0]), NOTHING) == "2 tracks are too few to describe the tempo of."
    assert sentence("tempo", pd.Series([None, None], dtype=float), NOTHING) == (
        "We don’t know the tempo of your songs yet."
    )


def test_the_sentence_does_without_a_catalogue():
    assert sentence("year", pd.Series([1990.0] * 5), NOTHING) == (
        "Half of your tracks lie around 1990. Your median is 1990."
    )


def test_a_catalogue_that_there_is_none_of_is_not_drawn():
    drawn = distribution("energy", pd.Series([0.1, 0.5, 0.9]), pd.Series([], dtype=float))

    assert [trace.type for trace in drawn.data] == ["bar"]
