"""What a shared link starts from here, and what is said of songs that nobody here knows."""

import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recipe_link import RecipeLink
from recsys.core.model.tracks import as_tracks
from recsys.services.song_search import SongSearch
from recsys.services.start import Part, Start
from recsys.ui.recommend.share import start_of_link


@pytest.fixture(scope="module")
def search():
    rows = [{"track_id": f"cat{n}", "title": f"Song {n}", "artists": "Band", "energy": n / 9} for n in range(9)]
    return SongSearch(as_tracks(pd.DataFrame(rows).head(0)), Catalogue.from_tracks(as_tracks(pd.DataFrame(rows))))


def opened(search, seeds, names):
    return start_of_link(RecipeLink(Recipe(), seeds, names), search)


def test_each_named_seed_is_a_part_under_the_name_it_has_here(search):
    start, notice = opened(search, ("cat1", "cat2"), ("Song 1 by Ba", "Song 2 by Band"))

    assert start == Start((Part("Song 1 by Band", ("cat1",)), Part("Song 2 by Band", ("cat2",))))
    assert not notice


def test_a_seed_that_nobody_here_knows_is_named_and_the_others_are_used(search):
    start, notice = opened(search, ("cat1", "gone"), ("Song 1 by Band", "Lost by Nobody"))

    assert start.seeds == ("cat1",)
    assert notice == "This recipe starts from Lost by Nobody, which is neither in your library nor in the catalogue."


def test_the_songs_of_a_list_are_one_part_and_those_unknown_are_counted(search):
    start, notice = opened(search, ("cat1", "gone1", "cat3", "gone2"), ("album “Nine”",))

    assert start == Start((Part("album “Nine”", ("cat1", "cat3")),))
    assert "2 songs of album “Nine”, which are neither" in notice
    start, notice = opened(search, ("gone1", "gone2"), ())
    assert start == Start()
    assert notice == "This recipe starts from 2 songs, which are neither in your library nor in the catalogue."


def test_a_link_without_seeds_starts_from_the_whole_library(search):
    assert opened(search, (), ()) == (Start(), "")


def test_songs_to_stay_away_from_are_opened_under_their_names_and_those_unknown_are_named(search):
    link = RecipeLink(Recipe(), ("cat1",), ("Song 1 by Band",), ("cat2", "gone"), ("Song 2 by Ba", "Lost by Nobody"))

    start, notice = start_of_link(link, search)

    assert start == Start((Part("Song 1 by Band", ("cat1",)),), (Part("Song 2 by Band", ("cat2",)),))
    assert (
        notice == "This recipe stays away from Lost by Nobody, which is neither in your library nor in the catalogue."
    )
