"""What thumbs propose: one small, bounded change, or none."""

import numpy as np
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.insights.proposals import AIM_STEP, FEW, MOST_AIMS, propose
from tests.core.small import random_tracks

CATALOGUE = Catalogue.from_tracks(random_tracks(900, seed=1, prefix="c"))


def thumbs(count, seed=0, by=None):
    """Songs of which those are liked that have more than the median of a feature; drawn at random without one."""
    table = random_tracks(count, seed=seed, prefix="t")
    if by is None:
        return table.assign(liked=np.random.default_rng(seed).random(count) < 0.5)
    return table.assign(liked=table[by] > table[by].median())


def test_a_difference_between_likes_and_dislikes_becomes_an_aim():
    proposal = propose(CATALOGUE, thumbs(16, by="energy"), Recipe())

    assert proposal.name == "energy"
    assert proposal.recipe == Recipe(shifts={"energy": AIM_STEP})
    assert proposal.sentence == "Energy: aim a little more towards “intense”"


def test_the_aim_goes_the_other_way_where_the_dislikes_have_more():
    table = thumbs(16, by="energy")

    assert propose(CATALOGUE, table.assign(liked=~table["liked"]), Recipe()).recipe.shifts == {"energy": -AIM_STEP}


def test_an_aim_that_is_set_already_is_not_moved_further():
    found = propose(CATALOGUE, thumbs(16, by="energy"), Recipe(shifts={"energy": AIM_STEP}))

    assert found is None or found.name != "energy"


def test_at_most_n_aims_are_proposed():
    aims = dict.fromkeys(["year", "duration", "valence"][:MOST_AIMS], 0.5)

    assert propose(CATALOGUE, thumbs(16, by="energy"), Recipe(shifts=aims)) is None


def test_a_feature_that_is_ignored_is_not_aimed_at():
    found = propose(CATALOGUE, thumbs(16, by="energy"), Recipe().with_weight("energy", 0))

    assert found is None or found.name != "energy"


@pytest.mark.parametrize("liked", [[], [True], [True, True, True], [True, True, False]])
def test_too_few_thumbs_propose_nothing(liked):
    assert propose(CATALOGUE, thumbs(len(liked)).assign(liked=liked), Recipe()) is None


def test_thumbs_that_follow_one_feature_propose_to_count_it_more():
    proposal = propose(CATALOGUE, thumbs(150, by="valence"), Recipe())

    assert proposal.name == "valence"
    assert proposal.recipe == Recipe().with_weight("valence", 1.5)
    assert proposal.sentence == "Valence: count it more"


def test_with_many_thumbs_an_aim_is_proposed_to_go_back():
    proposal = propose(CATALOGUE, thumbs(FEW + 10, seed=1), Recipe(shifts={"energy": 1.0}))

    assert proposal.recipe.shifts["energy"] == 0.5


@pytest.mark.parametrize("count", [10, 60])
def test_a_proposal_changes_one_feature_by_one_step(count):
    for seed in range(6):
        recipe = Recipe(shifts={"year": 0.5})
        proposal = propose(CATALOGUE, thumbs(count, seed, by="tempo"), recipe)
        if proposal is None:
            continue
        changed = [n for n, w in proposal.recipe.weights.items() if w != recipe.weights[n]]
        moved = [n for n, s in proposal.recipe.shifts.items() if s != recipe.shifts.get(n, 0)]
        assert len(changed) + len(moved) == 1
        assert [*changed, *moved] == [proposal.name]


def test_songs_without_numbers_teach_nothing():
    bare = thumbs(20)
    bare[[name for name in bare.columns if bare[name].dtype == "float64"]] = np.nan

    assert propose(CATALOGUE, bare, Recipe()) is None
