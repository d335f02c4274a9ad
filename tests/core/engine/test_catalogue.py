"""The catalogue: one row per song, whatever the order of the file."""

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue, prepare
from recsys.core.engine.layout import BACKGROUND
from recsys.core.model.features import NUMBER_FEATURES
from recsys.core.model.tracks import as_tracks, empty_tracks
from tests.core.small import random_tracks, tracks


def test_versions_of_a_song_are_one_row_and_the_most_complete_one_stays():
    catalogue = Catalogue.from_tracks(
        tracks(
            {"track_id": "poor", "title": "Song", "artists": "X", "popularity": 90},
            {"track_id": "rich", "title": "Song - Live", "artists": "X", "energy": 0.5, "popularity": 10},
            {"track_id": "other", "title": "Other", "artists": "X"},
        )
    )

    assert sorted(catalogue.tracks["track_id"]) == ["other", "rich"]
    assert catalogue.tracks["track_id"].iloc[catalogue.rows_of(["poor"])["poor"]] == "rich"


def test_of_equally_complete_versions_the_popular_one_stays():
    versions = [{"track_id": f"v{at}", "title": "Song", "artists": "X", "popularity": at} for at in (3, 9, 5)]

    assert Catalogue.from_tracks(tracks(*versions)).tracks["track_id"].tolist() == ["v9"]


def test_a_song_is_owned_by_the_id_of_any_version():
    catalogue = Catalogue.from_tracks(
        tracks({"track_id": "a", "title": "Song", "artists": "X"}, {"track_id": "b", "title": "Song", "artists": "X"})
    )
    library = tracks({"track_id": "b", "title": "Renamed since", "artists": "Y"})

    assert catalogue.rows_owned(library).tolist() == [0]


def test_a_song_is_owned_by_isrc_and_by_name():
    catalogue = Catalogue.from_tracks(tracks({"isrc": "GBABC1234567"}, {"title": "Named", "artists": "X"}, {}))
    library = tracks(
        {"track_id": "a", "title": "P", "isrc": "gb-abc-12-34567"}, {"track_id": "b", "title": "NAMED", "artists": "x"}
    )

    assert len(catalogue.rows_owned(library)) == 2


def test_the_order_of_the_file_changes_nothing():
    table = random_tracks(200, missing=0.3)
    mixed = table.sample(frac=1, random_state=1).reset_index(drop=True)
    one, other = Catalogue.from_tracks(table), Catalogue.from_tracks(mixed)

    assert one.tracks["track_id"].tolist() == other.tracks["track_id"].tolist()
    assert np.array_equal(one.axes, other.axes)
    assert one.sample["track_id"].tolist() == other.sample["track_id"].tolist()


def test_a_prepared_table_gives_the_same_catalogue():
    table = random_tracks(100)

    assert Catalogue.from_tracks(prepare(table)).tracks.equals(Catalogue.from_tracks(table).tracks)


def test_rows_lie_in_pieces_of_which_the_same_features_are_known():
    table = random_tracks(300, missing=0.2)
    catalogue = Catalogue.from_tracks(table)
    known = catalogue.vectors(np.arange(len(catalogue))).mask

    assert [piece.start for piece in catalogue.chunks[1:]] == [piece.stop for piece in catalogue.chunks[:-1]]
    for start, stop, pattern in catalogue.chunks:
        assert (known[:, start:stop] == catalogue.patterns[pattern][:, None]).all()


def test_songs_with_audio_features_are_counted():
    year = {f.column: None for f in NUMBER_FEATURES if f.name != "year"}
    table = pd.concat([random_tracks(3), random_tracks(4, prefix="bare").assign(**year)], ignore_index=True)

    assert Catalogue.from_tracks(as_tracks(table)).with_audio == 3
    assert Catalogue.from_tracks(empty_tracks()).with_audio == 0


def test_points_of_rows_are_what_the_space_makes_of_their_tracks():
    table = random_tracks(60, missing=0.2)
    catalogue = Catalogue.from_tracks(table)
    rows = np.array([40, 3, 17])
    tracks_of_rows = table.set_index("track_id", drop=False).loc[catalogue.tracks["track_id"].iloc[rows]]

    placed = catalogue.space.transform(tracks_of_rows.reset_index(drop=True))

    assert catalogue.vectors(rows).values == pytest.approx(placed.values, abs=1e-6)
    assert np.array_equal(catalogue.vectors(rows).mask, placed.mask)


def test_the_background_is_a_sample_that_the_seed_chooses():
    table = random_tracks(BACKGROUND + 500)
    one, again, other = (Catalogue.from_tracks(table, seed) for seed in (0, 0, 1))

    assert len(one.background) == len(one.sample) == BACKGROUND
    assert one.sample["track_id"].tolist() == again.sample["track_id"].tolist()
    assert set(one.sample["track_id"]) != set(other.sample["track_id"])


def test_nobody_can_write_into_a_shared_catalogue():
    catalogue = Catalogue.from_tracks(random_tracks(5))

    with pytest.raises(ValueError, match="read-only"):
        catalogue.axes[0, 0] = 1


@pytest.mark.parametrize("number", [70_000, 1e300, -1e300, np.inf, -1])
def test_a_popularity_or_year_that_nobody_believes_is_unknown(number):
    catalogue = Catalogue.from_tracks(tracks({"year": number, "popularity": number}, {"year": 1999, "popularity": 100}))
    shown = catalogue.tracks.set_index("track_id")[["year", "popularity"]]

    assert shown.loc["t0"].isna().all()
    assert shown.loc["t1"].tolist() == [1999, 100]


def test_an_empty_table_is_an_empty_catalogue():
    catalogue = Catalogue.from_tracks(empty_tracks())

    assert len(catalogue) == 0
    assert catalogue.rows_of(["a"]) == {}


def test_rows_are_found_by_any_of_their_artists():
    catalogue = Catalogue.from_tracks(tracks({"artists": "The A; B"}, {"artists": "C"}, {"artists": "B,D"}))
    by_b = catalogue.artists.rows_by(tracks({"artists": "b"})["artists"])
    by_a_or_c = catalogue.artists.rows_by(tracks({"artists": "A; C"})["artists"])

    assert sorted(catalogue.tracks["artists"].iloc[by_b]) == ["B,D", "The A; B"]
    assert sorted(catalogue.tracks["artists"].iloc[by_a_or_c]) == ["C", "The A; B"]
