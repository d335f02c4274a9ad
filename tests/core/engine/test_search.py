"""Songs are found by the words of title and artists; the best match first, then the more popular song."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.core.engine.search import SongIndex, fold
from recsys.core.model.tracks import as_tracks, empty_tracks

SONGS = [
    ("Halo", "Beyoncé", 80),
    ("Halo", "Depeche Mode", 50),
    ("Halo Effect", "Nobody", 99),
    ("World In My Eyes - Dub In My Eyes", "Depeche Mode", 12),
    ("Don't Stop", "Fleetwood Mac", 70),
    ("Sæglópur", "Sigur Rós", None),
    ("Song 2", "Blur", 77),
    ("花", "ORANGE RANGE", 40),
    ("Straße", "Mac", 5),
    ("A title\nof two\tlines", "Somebody", 1),
]


@pytest.fixture(scope="module")
def index():
    return SongIndex(tracks_of(SONGS))


def tracks_of(songs):
    table = pd.DataFrame(songs, columns=["title", "artists", "popularity"])
    return as_tracks(table.assign(track_id=[f"t{n}" for n in range(len(songs))]))


def found(index, query, limit=20):
    return [SONGS[row][:2] for row in index.search(query, limit)]


def test_equal_titles_come_first_then_those_that_begin_with_it(index):
    assert found(index, "halo") == [("Halo", "Beyoncé"), ("Halo", "Depeche Mode"), ("Halo Effect", "Nobody")]


@pytest.mark.parametrize(
    "query, title",
    [
        ("BEYONCE halo", "Halo"),
        ("beyoncé", "Halo"),
        ("eyes depeche", "World In My Eyes - Dub In My Eyes"),
        ("dont stop", "Don't Stop"),
        ("don’t stop", "Don't Stop"),
        ("saeglopur", "Sæglópur"),
        ("sigur ros", "Sæglópur"),
        ("STRASSE", "Straße"),
        ("花", "花"),
        ("  song   2  ", "Song 2"),
        ("title of two lines", "A title\nof two\tlines"),
    ],
)
def test_case_accents_order_and_punctuation_do_not_matter(index, query, title):
    assert found(index, query)[0][0] == title


def test_a_word_matches_where_it_begins_and_every_word_counts(index):
    assert found(index, "wor") == [("World In My Eyes - Dub In My Eyes", "Depeche Mode")]
    assert found(index, "orld") == []
    assert found(index, "halo zeppelin") == []


def test_an_artist_of_that_name_comes_before_one_that_begins_with_it(index):
    assert found(index, "mac")[0] == ("Straße", "Mac")


@pytest.mark.parametrize("query", ["", "   ", "!!!", "\n\t"])
def test_an_empty_query_finds_nothing(index, query):
    assert found(index, query) == []


def test_at_most_as_many_are_found_as_were_asked_for(index):
    assert len(found(index, "halo", limit=2)) == 2


def test_an_equal_title_is_found_among_a_thousand_more_popular_songs():
    songs = [(f"Love {n}", "Band", 90) for n in range(1_000)] + [("Love", "Nobody", None)]

    assert SongIndex(tracks_of(songs)).search("love", 1).tolist() == [1_000]


def test_an_empty_table_finds_nothing():
    assert SongIndex(empty_tracks()).search("halo").tolist() == []


@given(st.text(), st.text())
def test_any_title_is_found_by_its_own_words(title, query):
    index = SongIndex(tracks_of([("Other", "Band", 3), (title, "Singer", 5)]))

    index.search(query)
    assert (1 in index.search(title)) == bool(fold(title[:200]).split())
