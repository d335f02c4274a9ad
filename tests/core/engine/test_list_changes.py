"""What changed from one list to another, and since a link was made."""

import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.list_changes import (
    changed_since,
    checksums,
    compare_lists,
    remembered_songs,
)
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from tests.core.small import random_tracks

TABLE = random_tracks(300, seed=4, prefix="c")
LIBRARY = random_tracks(12, seed=2, prefix="l")


def engine(table=TABLE, library=LIBRARY):
    return Recommender(Catalogue.from_tracks(table), library)


def test_two_lists_are_compared_by_what_enters_leaves_and_moves():
    recommender = engine()
    before, after = recommender.recommend(Recipe()), recommender.recommend(Recipe(shifts={"energy": 1}))

    change = compare_lists(before, after)

    assert change.same + len(change.entered) == len(after.table)
    assert change.same + len(change.left) == len(before.table)
    assert not set(change.entered["track_id"]) & set(before.table["track_id"])
    assert set(change.left["track_id"]) == set(before.table["track_id"]) - set(after.table["track_id"])
    ranks = [found.table.set_index("track_id")["rank"] for found in (before, after)]
    assert all(change.moved[name] == ranks[0][name] - ranks[1][name] for name in change.moved.index)
    assert change.summary() == f"{change.same} the same, {len(change.entered)} in, {len(change.left)} out"


def test_a_list_is_the_same_as_itself():
    found = engine().recommend(Recipe())

    assert compare_lists(found, found).summary() == "30 the same, 0 in, 0 out"


def test_the_same_data_gives_the_same_list_and_nothing_to_say():
    recommender = engine()
    remembered = checksums(recommender, recommender.recommend(Recipe()))
    again = engine(TABLE.sample(frac=1, random_state=1))

    assert changed_since(remembered, again, again.recommend(Recipe())) is None


def test_a_changed_catalogue_is_named_with_what_it_changed():
    recommender = engine()
    found = recommender.recommend(Recipe())
    without = engine(TABLE[~TABLE["track_id"].isin(found.table["track_id"].head(3))])

    change = changed_since(checksums(recommender, found), without, without.recommend(Recipe()))

    assert change.reasons == ("The catalogue is another one, or its songs changed.",)
    assert len(change.left) >= 3
    assert change.same + len(change.entered) == 30


def test_another_library_is_named():
    recommender, other = engine(), engine(library=random_tracks(12, seed=9, prefix="l"))

    change = changed_since(checksums(recommender, recommender.recommend(Recipe())), other, other.recommend(Recipe()))

    assert change.reasons == ("It was made from another library, or with other thumbs.",)


@pytest.mark.parametrize("broken", ["", "~", "a~b~", "a~b~ä", "a~b~!", "a~b~A", "a~b~ä~"])
def test_a_broken_memory_remembers_nothing(broken):
    recommender = engine()

    assert changed_since(broken, recommender, recommender.recommend(Recipe())) is None
    assert not remembered_songs(broken)
