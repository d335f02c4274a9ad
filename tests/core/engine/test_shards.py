"""A catalogue in parts gives the list that the whole catalogue gives."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.filters import Filters
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.engine.retrieval import CandidateSearch
from recsys.core.engine.shards import Songs, songs_named, split
from recsys.demo.catalogue import demo_catalogue
from recsys.errors import NothingToRank

RECIPES = (
    Recipe(),
    Recipe(length=40, per_artist=1, variety=0.5),
    Recipe(weights={"energy": 3, "tempo": 0.5}, familiarity=0.8, per_artist=2),
    Recipe(only_new_artists=True, order="smooth", spacing=2),
    Recipe(filters=Filters(ranges={"year": (1990, 2005)}, no_explicit=True, no_remix=True), order="arc"),
    Recipe(minutes=45, shifts={"energy": 0.3}),
    Recipe(choose_from="everything"),
)


def from_parts(catalogue, count, library, recipe):
    parts = list(split(catalogue, count))
    known = Songs.joined([Songs.of(part, songs_named(part, library), rows) for part, rows in parts])
    known_catalogue = known.as_catalogue(parts[0][0])
    tops = []
    for part, rows in parts:
        listed, _ = Recommender(part, library, known=known_catalogue).shortlist(recipe)
        tops.append(Songs.of(part, np.sort(listed), rows))
    few = Songs.joined([known, *tops]).as_catalogue(parts[-1][0])
    return Recommender(few, library).recommend(recipe)


@pytest.mark.parametrize("seed", range(6))
def test_parts_give_the_list_of_the_whole_catalogue(monkeypatch, seed):
    monkeypatch.setattr("recsys.core.engine.recommender.SHORTLIST", 150)
    random = np.random.default_rng(seed)
    songs = demo_catalogue().sample(800, random_state=seed, ignore_index=True)
    # Unknown numbers make patterns, equal numbers make ties, and doubles make other versions.
    songs.loc[random.random(800) < 0.2, "energy"] = np.nan
    songs.loc[random.random(800) < 0.1, "year"] = np.nan
    numbers = ["danceability", "energy", "tempo", "valence", "loudness"]
    songs.loc[100:140, numbers] = songs.loc[300:340, numbers].to_numpy()
    doubles = songs.iloc[500:530].assign(track_id=[f"double{n}" for n in range(30)], energy=np.nan)
    catalogue = Catalogue.from_tracks(pd.concat([songs, doubles], ignore_index=True))
    library = pd.concat([songs.sample(25, random_state=seed), doubles.head(3)], ignore_index=True)

    # One of them of unknown energy, which only a locked song may be under that aim.
    unknown = songs.loc[songs["energy"].isna() & ~songs["track_id"].isin(library["track_id"]), "track_id"].iloc[0]
    kept = Recipe(locked={unknown: 3, songs["track_id"].iloc[400]: 1}, shifts={"energy": 1}, length=20)
    for recipe in (*RECIPES, kept, replace(kept, familiarity=0.5)):
        whole = Recommender(catalogue, library).recommend(recipe)
        parts = from_parts(catalogue, 2 + seed % 4, library, recipe)
        pd.testing.assert_frame_equal(parts.table, whole.table, check_exact=False, rtol=1e-6)
        assert parts.table["score"].tolist() == whole.table["score"].tolist()


def test_parts_have_the_scaling_background_and_credits_of_the_whole():
    catalogue = Catalogue.from_tracks(demo_catalogue().head(100))

    parts = list(split(catalogue, 3))

    assert sorted(np.concatenate([rows for _, rows in parts])) == list(range(100))
    for part, rows in parts:
        assert part.background is catalogue.background
        assert part.artists.credits is catalogue.artists.credits
        np.testing.assert_array_equal(part.axes, catalogue.axes[:, rows])
        np.testing.assert_array_equal(part.vectors(np.arange(len(part))).values, catalogue.vectors(rows).values)


def test_a_part_without_a_candidate_is_no_error():
    songs = demo_catalogue().head(4)
    part, _ = next(split(Catalogue.from_tracks(songs), 2))

    rows, counts = Recommender(part, songs).shortlist(Recipe())

    assert (len(rows), counts["candidates"], counts["owned"]) == (0, 0, 2)
    with pytest.raises(NothingToRank):
        Recommender(part, songs).recommend(Recipe())


def test_there_are_no_more_parts_than_songs():
    assert len(list(split(Catalogue.from_tracks(demo_catalogue().head(3)), 8))) == 3


def test_axes_of_a_part_lie_one_after_the_other_in_memory():
    whole = Catalogue.from_tracks(demo_catalogue())
    parts = [Songs.of(part, np.arange(5), rows) for part, rows in split(whole, 4)]
    assert all(part.axes.flags.c_contiguous for part, _ in split(whole, 4))
    assert Songs.joined(parts).as_catalogue(whole).axes.flags.c_contiguous


def test_a_part_guesses_from_songs_in_random_order_alone(monkeypatch):
    """The rest is sorted by what is alike: a threshold guessed from it is nobody's."""
    monkeypatch.setattr("recsys.core.engine.layout.UNSORTED_ROWS", 400)
    whole = replace(Catalogue.from_tracks(demo_catalogue()), unsorted_rows=400)
    start = CandidateSearch(whole).sample.start
    samples = [
        rows[CandidateSearch(part).sample.start : CandidateSearch(part).sample.stop] for part, rows in split(whole, 4)
    ]
    assert [len(rows) for rows in samples] == [100] * 4
    assert np.array_equal(np.sort(np.concatenate(samples)), np.arange(start, start + 400))
