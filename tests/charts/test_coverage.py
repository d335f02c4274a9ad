"""The coverage chart."""

from recsys.charts.coverage import coverage_chart, coverage_in_words
from recsys.core.insights.summary import features_by_source
from recsys.core.model.features import FEATURES
from recsys.core.model.tracks import empty_tracks
from tests.charts import tracks

EVERYTHING = {f.column: [0.5] * 2 for f in FEATURES if f.name != "genre"} | {"genres": ["jazz"] * 2}


def test_the_bars_of_a_feature_add_up_to_the_library():
    figure = coverage_chart(features_by_source(tracks(energy=[0.5, 0.5, None], source=["spotify", "reccobeats", None])))
    energy = [trace.x[trace.y.index("Energy")] for trace in figure.data]
    assert sum(energy) == 3
    assert figure.layout.barmode == "stack"


def test_what_is_missing_comes_last_and_grey():
    figure = coverage_chart(features_by_source(tracks(energy=[0.5, None], source=["spotify", None])))
    assert figure.data[-1].name == "missing"
    assert figure.data[-1].marker.color.startswith("rgba(128,128,128")
    assert all(trace.marker.color is None for trace in figure.data[:-1])


def test_a_source_with_markup_in_its_name_is_escaped():
    figure = coverage_chart(features_by_source(tracks(energy=[0.5], source=["<b>x</b>"])))
    assert "<b>" not in figure.data[0].name + figure.data[0].hovertemplate


def test_words_name_what_is_missing_most():
    words = coverage_in_words(features_by_source(tracks(**EVERYTHING | {"tempo": [0.5, None], "energy": [None, None]})))
    assert words == "Coverage of features over 2 tracks. Most often missing: energy of 2 and tempo of 1."


def test_words_for_everything_and_for_nothing():
    assert coverage_in_words(features_by_source(tracks(**EVERYTHING))).endswith(
        "every feature is known of all 2 tracks."
    )
    assert coverage_in_words(features_by_source(empty_tracks())).endswith("there are no tracks yet.")
