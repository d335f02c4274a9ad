"""Many listeners at once get the lists that each gets alone, to the last digit."""

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine import retrieval
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.filters import Filters
from recsys.core.engine.library_tracks import Library, LibraryTracks
from recsys.core.engine.many_listeners import ManyListeners
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.demo.catalogue import demo_catalogue
from recsys.errors import TonearmError

RECIPES = (
    Recipe(),
    Recipe(length=40, per_artist=1, variety=0.5),
    Recipe(weights={"energy": 3, "tempo": 0.5, "genre": 0}, shifts={"energy": 0.5}),
    Recipe(filters=Filters(ranges={"year": (1990, 2005)}, no_remix=True), only_new_artists=True),
    Recipe(minutes=45),
    Recipe(familiarity=0.8, order="smooth"),
    Recipe(filters=Filters(ranges={"year": (1800, 1801)})),
)


def songs_with_gaps(seed, count=900):
    """Unknown numbers make patterns, equal numbers ties, doubles other versions, and ISRCs the same recording."""
    rng, songs = np.random.default_rng(seed), demo_catalogue().sample(count, random_state=seed, ignore_index=True)
    songs.loc[rng.random(count) < 0.2, "energy"] = np.nan
    songs.loc[rng.random(count) < 0.1, "year"] = np.nan
    songs.loc[:49, "isrc"] = [f"GB-AAA-24-{at % 40:05d}" for at in range(50)]
    doubles = songs.iloc[500:530].assign(track_id=[f"double{at}" for at in range(30)], energy=np.nan)
    return pd.concat([songs, doubles], ignore_index=True)


@pytest.mark.parametrize("recipe", RECIPES, ids=range(len(RECIPES)))
@pytest.mark.parametrize("is_large", [False, True])
def test_every_list_is_the_one_that_its_listener_gets_alone(monkeypatch, recipe, is_large):
    if is_large:  # thresholds are guessed, and only songs that reach them are looked at
        monkeypatch.setattr(retrieval, "LARGE", 0)
        monkeypatch.setattr("recsys.core.engine.many_listeners.SHORTLIST", 100)
        monkeypatch.setattr("recsys.core.engine.recommender.SHORTLIST", 100)
    songs, rng = songs_with_gaps(1), np.random.default_rng(0)
    catalogue = Catalogue.from_tracks(songs)
    tracks = songs.sample(300, random_state=2, ignore_index=True)
    bare = tracks.index[:100]  # known by id alone, as in a file of playlists
    tracks.loc[bare, "title"], tracks.loc[bare, "artists"] = tracks.loc[bare, "track_id"], ""
    tracks.loc[200:209, "artists"] = "Ada & Bo"  # one artist or two, as the other songs of a library say
    libraries = [Library(rng.choice(300, size, replace=False)) for size in (1, 5, 12, 12, 60, 170, 290, 0)]
    # Some turned songs down, few or so many that the kernel is narrower; the last four of them had liked them before.
    for own, disliked in ((12, 3), (60, 1), (60, 30), (170, 90), (0, 5)):
        chosen = rng.permutation(300)
        libraries.append(Library(chosen[:own], chosen[max(own - 4, 0) : own + disliked]))
    many = ManyListeners(catalogue, recipe)

    found = list(many.lists(LibraryTracks(catalogue, tracks), libraries))

    for library, outcome in zip(libraries, found, strict=True):
        try:
            own, disliked = (tracks.iloc[at].reset_index(drop=True) for at in library)
            table = Recommender(catalogue, own, dislikes=disliked).recommend(recipe).table
        except TonearmError as problem:
            assert str(outcome) == str(problem)
            continue
        assert catalogue.tracks["track_id"].iloc[outcome.rows].tolist() == table["track_id"].tolist()
        assert outcome.scores.tolist() == table["score"].tolist()


def test_the_catalogues_side_of_a_score_is_computed_once():
    catalogue, tables = Catalogue.from_tracks(demo_catalogue().head(400)), {}
    tracks = demo_catalogue().tail(60).reset_index(drop=True)

    def table_of(name, count):
        return tables.setdefault(name, np.zeros(count, np.float32))

    first, second = (ManyListeners(catalogue, Recipe(), table_of) for _ in range(2))
    one = first.rankings(LibraryTracks(catalogue, tracks), [Library(np.arange(30))])[0]
    (table,) = tables.values()
    assert np.count_nonzero(table) == len(one.rows) > 300
    table += 1  # who reads the table does not compute it again
    other = second.rankings(LibraryTracks(catalogue, tracks), [Library(np.arange(30))])[0]
    assert other.scores == pytest.approx(one.scores - 1, abs=1e-6)


def test_who_turned_songs_down_shares_the_catalogues_side_unless_that_has_raised_the_sharpness():
    catalogue, tables = Catalogue.from_tracks(demo_catalogue().head(400)), {}
    libraries = LibraryTracks(catalogue, demo_catalogue().tail(60).reset_index(drop=True))

    def table_of(name, count):
        return tables.setdefault(name, np.zeros(count, np.float32))

    many = ManyListeners(catalogue, Recipe(), table_of)
    few, lots = Library(np.arange(30), np.arange(30, 35)), Library(np.arange(30), np.arange(30, 60))
    many.rankings(libraries, [few])
    (table,) = tables.values()
    stored = table.copy()
    many.rankings(libraries, [lots])
    assert np.count_nonzero(stored) > 300
    assert list(tables.values()) == [table] and (table == stored).all(), "nobody else would read its table"
