"""What filters rule out of a catalogue, and how it is counted."""

import numpy as np
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.filters import MOST_NAMES, Filters, blocked_names, exclude
from recsys.errors import BadRecipe, UnknownFeature
from tests.core.small import tracks


def left(rows, **filters):
    """The titles that are left, and the counts."""
    catalogue = Catalogue.from_tracks(tracks(*rows))
    found = exclude(catalogue, Filters(**filters), np.zeros(len(catalogue), dtype=bool))
    assert found.songs.sum() == sum(found.counts.values())
    return sorted(catalogue.tracks["title"][~found.songs]), dict(found.counts)


def test_a_range_has_both_ends_and_leaves_out_the_unknown():
    rows = [{"title": str(year), "year": year, "energy": 0.5} for year in (1989, 1990, 1999, 2000)]
    rows.append({"title": "unknown", "energy": 0.5})

    assert left(rows, ranges={"year": (1990, 1999)}) == (["1990", "1999"], {"year_unknown": 1, "year": 2})
    assert left(rows, ranges={"year": (1999, None)})[0] == ["1999", "2000"]
    assert left(rows, ranges={"year": (None, 1989)})[0] == ["1989"]


def test_of_a_tempo_either_octave_counts():
    rows = [{"title": f"{tempo:03}", "tempo": tempo} for tempo in (60, 87, 120, 174)]

    assert left(rows, ranges={"tempo": (80, 95)})[0] == ["087", "174"]


def test_explicit_songs_go_and_those_of_which_nobody_says_it():
    rows = [{"title": "clean", "explicit": 0}, {"title": "explicit", "explicit": 1}, {"title": "unknown"}]

    assert left(rows, no_explicit=True) == (["clean"], {"explicit": 1, "explicit_unknown": 1})


def test_a_catalogue_that_marks_no_song_cannot_be_judged():
    assert left([{"title": "unknown"}], no_explicit=True) == (["unknown"], {})


def test_live_recordings_go_by_title_or_by_liveness():
    rows = [
        {"title": "Hall (Live)", "liveness": 0.1},
        {"title": "Crowd", "liveness": 0.9},
        {"title": "Live and Let Die", "liveness": 0.2},
        {"title": "Quiet"},
    ]

    assert left(rows, no_live=True) == (["Live and Let Die", "Quiet"], {"live_title": 1, "liveness": 1})


def test_remixes_and_christmas_songs_go_by_title_and_album():
    rows = [
        {"title": "Song - Remix"},
        {"title": "Last Christmas"},
        {"title": "Blue", "album": "A Christmas Album"},
        {"title": "Song"},
    ]

    assert left(rows, no_remix=True)[0] == ["Blue", "Last Christmas", "Song"]
    assert left(rows, no_christmas=True)[0] == ["Song", "Song - Remix"]


def test_only_some_genres_and_never_some_others():
    rows = [
        {"title": "bebop", "genres": "bebop,jazz"},
        {"title": "metal", "genres": "black metal"},
        {"title": "both", "genres": "jazz,metal"},
        {"title": "unknown"},
    ]

    assert left(rows, genres=("Jazz",)) == (["bebop", "both"], {"genres_unknown": 1, "genres": 1})
    assert left(rows, not_genres=("metal",)) == (["bebop", "metal", "unknown"], {"not_genres": 1})


def test_artists_are_whole_names_and_guests_count():
    rows = [
        {"title": "own", "artists": "Beyoncé"},
        {"title": "guest", "artists": "Somebody; BEYONCE"},
        {"title": "longer", "artists": "Beyoncé Tribute Band"},
        {"title": "comma", "artists": "Tyler, The Creator"},
        {"title": "creator", "artists": "The Creator"},
    ]

    assert left(rows, not_artists=("Beyonce",))[0] == ["comma", "creator", "longer"]
    assert left(rows, not_artists=("Tyler, The Creator",))[0] == ["creator", "guest", "longer", "own"]


def test_a_block_list_lets_allowed_artists_through():
    filters = Filters(blocked_artists=("AI One", "The AI Two", "AI Three"), allowed_artists=("ai two",))

    assert blocked_names(filters) == ("AI One", "AI Three")
    rows = [{"artists": name, "title": name} for name in ("AI One", "AI Two", "AI Three", "AI Threesome")]
    assert left(rows, blocked_artists=filters.blocked_artists, allowed_artists=("ai two",)) == (
        ["AI Threesome", "AI Two"],
        {"blocked_artists": 2},
    )


def test_a_song_is_counted_for_the_first_filter_alone_and_not_where_it_was_excluded_before():
    catalogue = Catalogue.from_tracks(tracks({"year": 1980, "explicit": 1}, {"year": 1990, "explicit": 0}))
    already = catalogue.tracks["year"].eq(1990).to_numpy()

    found = exclude(catalogue, Filters(ranges={"year": (2000, None)}, no_explicit=True), already)

    assert found.songs.all()
    assert dict(found.counts) == {"year_unknown": 0, "year": 1, "explicit": 0, "explicit_unknown": 0}


def test_nothing_set_filters_nothing():
    assert not Filters()
    assert Filters(no_live=True)
    assert left([{}, {}]) == (["Song 0", "Song 1"], {})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"ranges": {"year": (2000, 1990)}}, "wrong way round: 2000 is above 1990"),
        ({"ranges": {"duration": (300_000, 180_000)}}, "wrong way round: 5:00 is above 3:00"),
        ({"ranges": {"tempo": (120.0, 90.5)}}, "wrong way round: 120 BPM is above 90.5 BPM"),
        ({"ranges": {"year": (None, None)}}, "lack both ends"),
        ({"ranges": {"year": (float("nan"), None)}}, "must be numbers"),
        ({"ranges": {"year": (None, "1990")}}, "must be numbers"),
        ({"not_artists": ("a",) * (MOST_NAMES + 1)}, "too many"),
        ({"not_artists": (" ",)}, "1 to 200 characters"),
        ({"genres": ("x" * 201,)}, "1 to 200 characters"),
    ],
)
def test_a_wrong_filter_is_a_sentence(wrong, says):
    with pytest.raises(BadRecipe, match=says):
        Filters(**wrong)


@pytest.mark.parametrize("name", ["genre", "mood"])
def test_only_number_features_have_ranges(name):
    with pytest.raises(UnknownFeature):
        Filters(ranges={name: (0, 1)})
