"""The taste map."""

import numpy as np
import pytest

from recsys.charts.taste_map import MOST_SHOWN, MapBox, box_from_drawing, map_in_words, songs_within, taste_map
from recsys.core.engine.catalogue import Catalogue
from recsys.core.model.features import NUMBER_FEATURES
from recsys.core.model.tracks import empty_tracks
from tests.charts import tracks


def sounds(energy, valence=None):
    """Tracks that differ in energy most, in valence less, and in nothing else."""
    columns = {f.column: [100.0] * len(energy) for f in NUMBER_FEATURES}
    return tracks(**columns | {"energy": energy, "valence": [0.5] * len(energy) if valence is None else valence})


TRACKS = sounds(np.linspace(0, 1, 101), np.repeat([0.2, 0.4, 0.5, 0.6, 0.9], [10, 20, 41, 20, 10]))
SAMPLE = Catalogue.from_tracks(TRACKS)


def test_own_tracks_are_ordered_along_the_axis_on_which_the_catalogue_differs_most():
    figure = taste_map(sounds([0.1, 0.5, 0.9]), SAMPLE)
    assert list(figure.data[0].x) == sorted(figure.data[0].x)
    assert figure.layout.xaxis.title.text == "calm ↔ intense"
    assert figure.layout.yaxis.title.text == "sad or angry ↔ happy"


def test_the_same_track_has_the_same_place_in_library_and_catalogue():
    own, others = taste_map(TRACKS, SAMPLE).data
    places = [dict(zip(trace.text, zip(trace.x, trace.y, strict=True), strict=True)) for trace in (own, others)]
    assert len(places[0]) == len(TRACKS)
    assert places[0] == places[1]


def test_a_track_of_which_little_is_known_has_no_place_and_is_counted():
    library = sounds([0.1, 0.5, 0.9])
    library.loc[1, [f.column for f in NUMBER_FEATURES if f.name != "energy"]] = np.nan
    assert len(taste_map(library, SAMPLE).data[0].x) == 2
    assert "1 track has too few known features" in map_in_words(library, SAMPLE)


def test_medoids_are_numbered_in_the_legend_at_the_place_of_their_track():
    figure = taste_map(sounds([0.1, 0.5, 0.9]), SAMPLE, medoids=["t2", "t0"])
    first, second = figure.data[2:]
    assert (first.name, second.name) == ("1. t2", "2. t0")
    assert (first.x[0], second.x[0]) == (figure.data[0].x[2], figure.data[0].x[0])
    assert first.marker.symbol != second.marker.symbol


def test_a_medoid_that_is_not_on_the_map_is_left_out():
    assert len(taste_map(sounds([0.1, 0.5]), SAMPLE, medoids=["elsewhere"]).data) == 2


def test_titles_are_escaped():
    library = sounds([0.1, 0.5]).assign(title="<b>x</b>")
    figure = taste_map(library, SAMPLE, medoids=["t0"])
    assert "<b>" not in figure.data[0].text[0] + figure.data[2].name


def test_a_large_sample_is_thinned_evenly():
    drawn = taste_map(TRACKS, Catalogue.from_tracks(sounds(np.linspace(0, 1, 2 * MOST_SHOWN)))).data[1]
    assert MOST_SHOWN / 2 < len(drawn.x) <= MOST_SHOWN


@pytest.mark.parametrize("library", [empty_tracks(), sounds([0.5])])
def test_a_small_or_empty_library_still_has_a_map(library):
    assert len(taste_map(library, SAMPLE).data[0].x) == len(library)


@pytest.mark.parametrize("sample", [empty_tracks(), sounds([0.5]), sounds([0.1, 0.9])], ids=len)
def test_a_tiny_or_empty_catalogue_does_not_break_the_map(sample):
    own, others, *_ = taste_map(sounds([0.1, 0.9]), Catalogue.from_tracks(sample)).data
    assert np.isfinite([*own.x, *own.y, *others.x, *others.y]).all()


def test_words_name_a_long_title_in_short():
    library = sounds([0.1, 0.9]).assign(title="So long a title that it would fill the line")

    assert "marked by So long a title that it wou…." in map_in_words(library, SAMPLE, medoids=["t1"])


def test_words_name_the_axes_and_the_tastes():
    assert map_in_words(sounds([0.1, 0.9]), SAMPLE, medoids=["t1"]) == (
        "Map of 2 of your tracks among the catalogue. Left to right: calm ↔ intense. Bottom to top: sad or angry ↔ "
        "happy. Your tastes are marked by t1."
    )


def test_words_say_when_nothing_of_the_listener_is_on_the_map():
    assert map_in_words(sounds([0.1]).assign(**{f.column: None for f in NUMBER_FEATURES[1:]}), SAMPLE) == (
        "Map of the catalogue alone: too little is known of your tracks to place them. Left to right: calm ↔ intense. "
        "Bottom to top: sad or angry ↔ happy."
    )


def test_a_part_of_the_map_holds_the_songs_between_its_edges():
    library = sounds([0.0, 0.3, 1.0], [0.2, 0.5, 0.9])

    everything = songs_within(library, SAMPLE, MapBox(0, 100, 0, 100))
    calm = songs_within(library, SAMPLE, MapBox(0, 45, 0, 100))

    assert everything.own == ["t0", "t1", "t2"]
    assert len(everything.others) == len(TRACKS)
    assert calm.own == ["t0", "t1"]
    assert set(calm.others) < set(everything.others)
    assert songs_within(empty_tracks(), SAMPLE, MapBox(0, 100, 0, 100)).own == []


def test_a_box_that_was_drawn_is_cut_off_at_the_map_and_holds_what_is_drawn_in_it():
    figure = taste_map(sounds([0.1, 0.5, 0.9]), SAMPLE)
    own = figure.data[0]

    box = box_from_drawing(
        sounds([0.1, 0.5, 0.9]), SAMPLE, (own.x[1] + 0.1, own.x[1] - 0.1), (own.y[1] - 99, own.y[1] + 99)
    )

    assert (box.bottom, box.top) == (0, 100)
    assert songs_within(sounds([0.1, 0.5, 0.9]), SAMPLE, box).own == ["t1"]


def test_a_marked_part_is_outlined_and_a_box_can_be_drawn_only_then():
    marked = taste_map(TRACKS, SAMPLE, box=MapBox(0, 50, 0, 100))
    light, dashes = marked.layout.shapes
    corner = min(marked.data[0].x), max(marked.data[0].y)
    assert (dashes.x0, dashes.y1) == pytest.approx(corner, abs=0.001)
    assert [(line.width, line.color, line.dash) for line in (light.line, dashes.line)] == [
        (5, "#fff", None),
        (3, "#111", "dash"),
    ]
    assert marked.layout.dragmode == "select"
    assert taste_map(TRACKS, SAMPLE).layout.dragmode is False
