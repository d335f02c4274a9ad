"""A song is called after an end of a feature only where that is true among the catalogue's songs and by itself."""

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.insights.placement import Yardstick
from recsys.core.insights.song_words import SongWords
from recsys.core.model.tracks import as_tracks

HUNDREDTHS = np.linspace(0, 1, 101)


def songs(**columns):
    count = max(len(values) for values in columns.values() if isinstance(values, list | np.ndarray))
    names = {"track_id": [f"c{n:021d}" for n in range(count)], "title": [f"Song {n}" for n in range(count)]}
    return as_tracks(pd.DataFrame({**names, "artists": "Band", "danceability": 0.5, "tempo": 120.0, **columns}))


def said(catalogue, listed):
    """By feature the words for some songs among those of a catalogue."""
    yardstick = Yardstick.of(Catalogue.from_tracks(catalogue))
    years, tempos = (listed[name].to_numpy(np.float64) for name in ("year", "tempo"))
    return SongWords.of(yardstick).words(yardstick.positions(listed), years, tempos)


def test_the_outer_thirds_are_called_after_their_ends_and_the_middle_is_average():
    energy = [0.0, 0.3, 0.36, 0.5, 0.64, 0.7, 1.0, np.nan]

    assert said(songs(energy=HUNDREDTHS), songs(energy=energy))["energy"] == [
        *["calm"] * 2,
        *["average"] * 3,
        *["intense"] * 2,
        "",
    ]


@pytest.mark.parametrize(
    ("feature", "among", "lowest", "highest"),
    [
        ("energy", 0.7 + 0.3 * HUNDREDTHS, "calmer", "intense"),
        ("instrumentalness", 0.01 * HUNDREDTHS, "with vocals", "less vocal"),
        ("speechiness", 0.03 + 0.02 * HUNDREDTHS, "not spoken", "more spoken"),
        ("loudness", -8 + 6 * HUNDREDTHS, "quieter", "loud"),
        ("duration_ms", 60_000 + 60_000 * HUNDREDTHS, "short", "longer"),
        ("popularity", 20 * HUNDREDTHS, "hidden gem", "better known"),
    ],
)
def test_the_end_of_a_one_sided_catalogue_is_called_after_its_direction(feature, among, lowest, highest):
    listed = songs(**{feature: among[[0, -1]]})

    assert said(songs(**{feature: among}), listed)[feature.removesuffix("_ms")] == [lowest, highest]


def test_songs_that_most_of_the_catalogue_equals_are_called_after_its_end():
    vocal = np.where(HUNDREDTHS < 0.6, 0.0, HUNDREDTHS)

    assert said(songs(instrumentalness=vocal), songs(instrumentalness=[0.0, 0.9]))["instrumentalness"] == [
        "with vocals",
        "no vocals",
    ]


def test_a_year_is_its_decade_and_a_tempo_its_beats_per_minute():
    listed = songs(year=[1990.0, 1999.0, 2000.0, np.nan], tempo=[70.0, 139.6, 140.0, np.nan])
    words = said(songs(year=1950 + 70 * HUNDREDTHS), listed)

    assert words["year"] == ["1990s", "1990s", "2000s", ""]
    assert words["tempo"] == ["70 bpm", "140 bpm", "140 bpm", ""]


def test_what_the_catalogue_does_not_know_has_no_word():
    assert set(said(songs(energy=HUNDREDTHS), songs(valence=[0.0, 1.0]))["valence"]) == {""}
