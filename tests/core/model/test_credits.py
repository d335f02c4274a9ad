"""Joint credits: which are several artists, and which are one name."""

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.model.artists import Artists
from recsys.core.model.credits import Credits, leading_credits, songs_by_text
from recsys.core.model.identity import ids_of_names, owned
from tests.core.small import random_tracks, tracks

JOINED = [
    "{}, {}",
    "{} & {}",
    "{} x {}",
    "{}/{}",
    "{} and {}",
    "{} with {}",
    "{} · {}",
    "{} + {}",
    "{} vs. {}",
    "{} × {}",
]
DEFINITE = ["{}; {}", "{} feat. {}", "{} ft {}", "{} (featuring {})", "{},{}"]
NAMES = [
    "Tyler, The Creator",
    "Earth, Wind & Fire",
    "AC/DC",
    "Simon & Garfunkel",
    "Florence + The Machine",
    "Lil Nas X",
    "10,000 Maniacs",
    "Me First and the Gimme Gimmes",
]


@pytest.mark.parametrize("catalogue", JOINED + DEFINITE)
@pytest.mark.parametrize("library", JOINED + DEFINITE)
def test_a_song_is_owned_however_either_side_joins_its_artists(catalogue, library):
    songs = tracks({"track_id": "a", "title": "Paper Tides", "artists": catalogue.format("Ada Wren", "Bo Larke")}, {})
    mine = tracks({"track_id": "b", "title": "Paper tides", "artists": library.format("Ada Wren", "Bo Larke")})

    assert owned(songs, mine).tolist() == [True, False]
    assert len(Catalogue.from_tracks(songs).rows_owned(mine)) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_holds_a_separator_stays_whole_where_nothing_is_evidence_for_its_parts(name):
    credits = Credits.of(songs_by_text([name, "Ada Wren", "Bo Larke"]))

    assert len(credits.artists(name)) == 1
    assert credits.artists(f"{name} & Ada Wren") == [*credits.artists(name), "ada wren"]
    assert credits.artists(f"Ada Wren, {name}") == ["ada wren", *credits.artists(name)]


@pytest.mark.parametrize("name", NAMES)
def test_a_song_of_a_name_that_holds_a_separator_is_owned_with_a_guest(name):
    songs = tracks({"title": "Rain", "artists": f"{name}; Bo Larke"}, {"title": "Rain", "artists": "Somebody Else"})
    mine = tracks({"track_id": "mine", "title": "Rain", "artists": f"{name}, Bo Larke"})

    assert owned(songs, mine).tolist() == [True, False]


def test_a_duo_with_many_songs_is_one_artist_though_its_first_name_is_an_artist_too():
    credits = Credits.of({"Simon & Garfunkel": 40, "Simon": 3, "Ada": 9, "Ada & Bo": 2, "Bo": 1})

    assert credits.artists("Simon & Garfunkel") == ["simon garfunkel"]
    assert credits.artists("Ada & Bo") == ["ada", "bo"]


def test_who_is_joined_with_many_is_an_artist_though_never_credited_alone():
    credits = Credits.of({f"Ada Wren, Guest {number}": 1 for number in range(5)})

    assert credits.first("Ada Wren, Guest 3") == "ada wren"


def test_the_longest_credit_comes_first():
    assert leading_credits("The Ada & Bo feat. Cy") == ["ada bo cy", "ada bo", "ada"]
    assert leading_credits(" ; ") == []


def test_songs_are_found_by_each_of_their_artists():
    texts = pd.Series(["Ada & Bo", "Ada", "Bo", "Simon & Garfunkel", "Cy; Ada"], dtype="category")
    artists = Artists.of(texts)

    assert artists.rows_by(pd.Series(["Bo"])).tolist() == [0, 2]
    assert artists.rows_by(pd.Series(["Ada"])).tolist() == [0, 1, 4]
    assert artists.rows_by(pd.Series(["Simon"])).tolist() == []
    assert artists.rows_by(pd.Series(["simon and garfunkel"])).tolist() == [3]


def test_a_song_without_an_artist_shares_none():
    artists = pd.Series(["Ada", "", "Ada; Bo", None, ""], dtype="category")
    codes = Artists.of(artists).of_rows(np.array([1, 3, 0, 2]))

    assert len(set(codes[:3, 0])) == 3
    assert codes[2, 0] in codes[3] and codes[3, 0] != codes[3, 1]
    assert codes[0, 1] == -1


def test_a_list_holds_at_most_n_songs_that_an_artist_takes_part_in():
    flood = random_tracks(30).assign(artists=[f"Ada Wren, Guest {at}" for at in range(30)])
    others = random_tracks(30, prefix="o", seed=1)
    table = (
        Recommender(Catalogue.from_tracks(pd.concat([flood, others], ignore_index=True)), random_tracks(5, prefix="l"))
        .recommend(Recipe(per_artist=2, length=20))
        .table
    )

    assert table["artists"].str.contains("Ada Wren").sum() <= 2
    assert len(table) == 20


def test_a_name_finds_the_id_of_its_song_whichever_way_its_artists_are_joined():
    spotify = "0" * 22
    table = tracks(
        {"track_id": spotify, "title": "Paper Tides", "artists": "Ada Wren; Bo Larke"},
        {"track_id": "name:1", "title": "Paper Tides", "artists": "Ada Wren, Bo Larke"},
        {"track_id": "name:2", "title": "Paper Tides", "artists": "Somebody Else"},
    )

    assert ids_of_names(table) == {"name:1": spotify}


def test_a_hostile_credit_takes_a_moment_and_no_more():
    for text in (" " * 200_000 + "a", "a, " * 100_000, "a x " * 100_000, "a feat. " * 100_000, "," * 200_000):
        credits = Credits.of({text: 1})
        assert len(credits.artists(text)) <= 250
        assert len(leading_credits(text)) <= 250
