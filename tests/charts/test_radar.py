"""The radar."""

import numpy as np
import pytest

from recsys.charts.radar import has_ring, radar, radar_in_words, standing
from recsys.core.insights.summary import describe
from recsys.core.model.features import AUDIO_FEATURES
from recsys.core.model.tracks import empty_tracks
from tests.charts import tracks

COLUMNS = [f.column for f in AUDIO_FEATURES]
CATALOGUE = tracks(**{column: [0.1, 0.2, 0.3, 0.4] for column in COLUMNS})


def described(**columns):
    return describe(tracks(**{column: [0.25] * 4 for column in COLUMNS} | columns), CATALOGUE)


def test_the_polygon_is_closed_and_holds_places_in_the_catalogue():
    you = radar(described(energy=[0.9] * 4)).data[0]
    assert you.r[0] == you.r[-1] and you.theta[0] == you.theta[-1]
    assert dict(zip(you.theta, you.r, strict=True))["Energy"] == 1
    assert dict(zip(you.theta, you.r, strict=True))["Tempo"] == 0.5


def test_the_catalogue_is_the_dashed_polygon_of_its_medians():
    catalogue = radar(described()).data[1]
    assert catalogue.line.dash == "dash"
    assert set(catalogue.r) == {0.5}
    assert "Energy: 0.25" in catalogue.text[1]


def test_hovering_tells_the_real_value_and_how_many_tracks_it_stands_for():
    you = radar(described(tempo=[0.25, 0.25, 0.25, None])).data[0]
    assert you.text[COLUMNS.index("tempo")].startswith("Tempo: 0 beats per minute<br>in the middle")
    assert you.text[COLUMNS.index("tempo")].endswith("known of 3 tracks")


def test_the_ring_goes_out_along_the_upper_quartiles_and_back_along_the_lower():
    ring = radar(described(energy=[0.05, 0.15, 0.35, 0.45])).data[2]
    many = len(COLUMNS) + 1
    assert ring.fill == "toself"
    assert ring.r[1] == 0.75 and ring.r[2 * many - 2] == 0.25
    assert ring.theta[:many] == ring.theta[many:][::-1]


def test_an_unknown_feature_is_a_labelled_gap_and_not_a_zero():
    figure = radar(described(tempo=[None] * 4))
    you = figure.data[0]
    places = dict(zip(you.theta, you.r, strict=True))
    assert places["Tempo<br>unknown"] is None
    assert 0 not in you.r
    assert you.r.count(None) == 1
    assert len(figure.data) == 2


def test_there_is_a_ring_only_where_every_feature_is_known():
    assert has_ring(described())
    assert not has_ring(described(tempo=[None] * 4))


def test_several_gaps_leave_the_known_features_standing():
    you = radar(described(tempo=[None] * 4, energy=[None] * 4)).data[0]
    assert sum(place is None for place in you.r[:-1]) == 2
    assert sum(place == 0.5 for place in you.r[:-1]) == len(COLUMNS) - 2


def test_an_empty_library_draws_the_catalogue_alone():
    figure = radar(describe(empty_tracks(), CATALOGUE))
    assert set(figure.data[0].r) == {None}
    assert set(figure.data[1].r) == {0.5}


def test_the_disc_is_transparent_so_that_a_dark_page_stays_dark():
    assert radar(described()).layout.polar.bgcolor == "rgba(0,0,0,0)"


def test_names_are_escaped():
    assert radar(described(), names=("<b>Me</b>", "Them")).data[0].name == "&lt;b&gt;Me&lt;/b&gt;"


def test_words_name_what_stands_out_and_what_is_unknown():
    words = standing(described(energy=[0.9] * 4, tempo=[None] * 4, valence=[0.05] * 4))
    assert "Further towards “intense” than 100%" in words
    assert "“sad or angry”" in words
    assert "Nothing is known about tempo." in words


def test_what_only_the_catalogue_lacks_is_not_called_unknown_of_the_listener():
    without = CATALOGUE.assign(loudness=np.nan)
    words = standing(describe(tracks(**{column: [0.25] * 4 for column in COLUMNS} | {"tempo": [None] * 4}), without))
    assert words.endswith("Nothing is known about tempo. The catalogue knows nothing about loudness.")


def test_words_tell_where_a_taste_is_wide():
    assert "energy, where the middle half lies between 0.00 and 1.00" in standing(described(energy=[0, 0, 1, 1]))


def test_words_for_an_even_taste_and_for_nothing():
    assert standing(described()) == "Near the middle of the catalogue in every feature."
    assert standing(described(tempo=[None] * 4)) == (
        "Near the middle of the catalogue in every feature that is known. Nothing is known about tempo."
    )
    assert standing(describe(empty_tracks(), CATALOGUE)) == "No audio features are known yet."


def test_the_alternative_text_says_what_the_figure_is_and_what_it_shows():
    words = radar_in_words(described(), ("Ada", "Catalogue"))
    assert words == f"Radar of audio features, Ada against Catalogue. {standing(described())}"


@pytest.mark.parametrize("library", [CATALOGUE, empty_tracks()])
def test_no_number_in_the_figure_is_nan(library):
    for trace in radar(describe(library, CATALOGUE)).data:
        assert not any(isinstance(place, float) and np.isnan(place) for place in trace.r)
