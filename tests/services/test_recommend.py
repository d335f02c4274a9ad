"""One listener's engine: the songs they forgot, also those that the catalogue lacks, and songs to stay away from."""

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.insights.wording import unranked_in_words
from recsys.core.model.features import NUMBER_FEATURES
from recsys.errors import NothingToRank, UnknownMinus
from recsys.services.recommend import recommender
from tests.core.small import random_tracks

NOW = pd.Timestamp("2026-11-28T00:00:00Z")
OLD, NEW = "2019-01-01T00:00:00Z", "2026-11-27T00:00:00Z"
FORGOTTEN = Recipe(choose_from="forgotten", length=100, per_artist=None)
TABLE = random_tracks(80)
CATALOGUE = Catalogue.from_tracks(TABLE)
NUMBERS = [f.column for f in NUMBER_FEATURES]


@pytest.fixture
def library():
    """Ten songs of the catalogue, five that it lacks, and two that nobody knows the sound of, one of them new."""
    strange = random_tracks(7, seed=5, prefix="own").assign(popularity=99)
    strange.loc[5:, NUMBERS] = np.nan
    added = [OLD] * 16 + [NEW]
    return pd.concat([TABLE.head(10), strange], ignore_index=True).assign(added_at=added)


def thumbs(**liked):
    return TABLE[TABLE["track_id"].isin(list(liked))].assign(liked=list(liked.values()))


def engine(library, feedback=None, **more):
    none = TABLE.head(0).assign(liked=False)
    return recommender(CATALOGUE, library, none if feedback is None else feedback, now=NOW, **more)


def forgotten(library, **more):
    return engine(library, choose_from="forgotten", **more).recommend(FORGOTTEN)


def test_forgotten_songs_that_the_catalogue_lacks_are_ranked_too(library):
    found = forgotten(library)

    assert set(found.table["track_id"]) == {f"r{n}" for n in range(10)} | {f"own{n}" for n in range(5)}
    assert (np.diff(found.table["score"]) <= 0).all()
    assert found.contributions.sum(axis=1).tolist() == pytest.approx(found.table["score"].tolist())
    assert found.contributions.loc["own0", "popularity"] == 0, "a snapshot of another day is no popularity"


def test_a_song_that_both_have_has_the_score_it_has_among_the_whole_catalogue(library):
    ours = forgotten(library).table.set_index("track_id")["score"]
    alone = Recommender(CATALOGUE, library, now=NOW).recommend(FORGOTTEN).table.set_index("track_id")["score"]

    assert ours[alone.index].tolist() == pytest.approx(alone.tolist(), abs=1e-4)  # tempo is stored in single precision


def test_forgotten_songs_without_features_are_counted_and_named(library):
    found = forgotten(library)

    assert found.counts == {
        "catalogue": 17,
        "owned": 0,
        "disliked": 0,
        "not_owned": 0,
        "recently_heard": 1,
        "familiar_artists": 0,
        "too_little_known": 1,
        "candidates": 15,
    }
    assert found.unranked["track_id"].tolist() == ["own5"]
    title, artists = library.set_index("track_id").loc["own5", ["title", "artists"]]
    assert unranked_in_words(found.unranked) == (
        f"1 song of yours cannot be ranked, because too little is known of it: “{title}” by {artists}."
    )


def test_where_no_forgotten_song_has_features_a_sentence_says_so(library):
    bare = library.tail(2).assign(added_at=OLD)
    known = library.head(10).assign(added_at=NEW)
    with pytest.raises(NothingToRank, match="Too little is known of the songs you have not heard"):
        forgotten(pd.concat([known, bare], ignore_index=True))


def test_of_an_empty_library_nothing_is_forgotten_and_the_library_is_named(library):
    with pytest.raises(NothingToRank, match="Your library is empty"):
        forgotten(library.head(0))


def test_seeds_and_songs_turned_down_are_not_among_the_forgotten(library):
    found = forgotten(library, seeds=["r70"], feedback=thumbs(r3=False, r71=False))

    assert not {"r3", "r70", "r71"} & set(found.table["track_id"])
    assert len(found.table) == 14


def test_a_version_of_the_catalogue_under_another_id_is_forgotten_once():
    versions = TABLE.iloc[[0]].assign(track_id="r0-again", popularity=0)
    catalogue = Catalogue.from_tracks(pd.concat([TABLE, versions], ignore_index=True))
    library = versions.assign(title="Called otherwise here", added_at=OLD)

    none = TABLE.head(0).assign(liked=False)
    found = recommender(catalogue, library, none, now=NOW, choose_from="forgotten").recommend(FORGOTTEN)

    assert len(found.table) == 1


def test_a_song_to_stay_away_from_counts_as_turned_down_even_if_it_was_liked(library):
    usual = engine(library, thumbs(r50=True)).recommend(Recipe())
    away = engine(library, thumbs(r50=True), minus=["r50"]).recommend(Recipe())

    assert (usual.counts["disliked"], away.counts["disliked"]) == (0, 1)
    assert away.table["score"].tolist() != usual.table["score"].tolist()
    with pytest.raises(UnknownMinus, match="nobody to stay away from"):
        engine(library, minus=["nobody"])
