"""Taste modes: parts of a library that are found again."""

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recommender import Recommender
from recsys.core.insights.modes import Modes, modes, share_in_same_group
from recsys.core.model.features import FEATURES
from tests.core.small import random_tracks

CATALOGUE = Catalogue.from_tracks(random_tracks(300, seed=1, prefix="c"))
WEIGHTS = {f.name: float(f.name in ("energy", "valence", "acousticness")) for f in FEATURES}


def around(prefix, count, **centre):
    """Tracks close to a centre."""
    rng = np.random.default_rng(3)
    table = random_tracks(count, seed=4, prefix=prefix)
    return table.assign(**{name: (value + rng.normal(0, 0.02, count)).clip(0, 1) for name, value in centre.items()})


def of(*parts):
    return modes(Recommender(CATALOGUE, pd.concat(parts, ignore_index=True)), WEIGHTS)


LOUD = around("loud", 30, energy=0.95, valence=0.9, acousticness=0.05)
SOFT = around("soft", 20, energy=0.05, valence=0.1, acousticness=0.95)
SAD = around("sad", 10, energy=0.95, valence=0.05, acousticness=0.05)


def test_two_tastes_are_two_modes_shown_by_their_own_tracks():
    found = of(LOUD, SOFT)

    assert found.table["tracks"].tolist() == [30, 20]
    assert found.table["share"].tolist() == pytest.approx([0.6, 0.4])
    assert found.table["track_id"].iloc[0] in set(LOUD["track_id"])
    assert found.table["track_id"].iloc[1] in set(SOFT["track_id"])
    assert found.stability > 0.95
    assert "2 tastes" in found.sentence


def test_the_sentence_names_the_share_of_songs_and_not_the_index_of_stability():
    table = pd.DataFrame({"track_id": ["a", "b"]})
    found = Modes(table, pd.Series(dtype=np.int64), stability=0.77, agreed=0.94)

    assert found.sentence.endswith("the same groups appear both times for 94% of your songs.")


def test_songs_agree_whose_groups_fit_each_other_best_whatever_they_are_called():
    one, other = np.array([0, 0, 0, 1, 1, 2]), np.array([2, 2, 0, 0, 0, 1])

    assert share_in_same_group(one, other) == pytest.approx(5 / 6)
    assert share_in_same_group(one, one) == 1


def test_three_tastes_are_three_modes():
    assert of(LOUD, SOFT, SAD).table["tracks"].tolist() == [30, 20, 10]


def test_every_speaking_track_is_in_one_mode():
    found = of(LOUD, SOFT)

    assert found.members[LOUD["track_id"]].unique().tolist() == [0]
    assert found.members[SOFT["track_id"]].unique().tolist() == [1]


def test_what_has_no_parts_is_said_to_be_one():
    found = of(random_tracks(60, seed=9, prefix="any"))

    assert found.is_one
    assert found.table["tracks"].tolist() == [60]
    assert "one taste" in found.sentence


@pytest.mark.parametrize("count", [1, 5, 11])
def test_a_small_library_is_one_mode(count):
    found = of(LOUD.head(count))

    assert found.is_one
    assert found.members.tolist() == [0] * count


@pytest.mark.parametrize("few", [LOUD.head(11), random_tracks(30).assign(energy=0.5, valence=0.5, acousticness=0.5)])
def test_of_too_few_different_tracks_nothing_is_said_about_halves(few):
    found = of(few)

    assert found.stability is None
    assert "finding several takes 12 different songs" in found.sentence
    assert "halves" not in found.sentence


def test_a_library_in_which_most_tracks_are_alike_is_divided_without_a_warning():
    alike = random_tracks(80, prefix="same").assign(energy=0.5, valence=0.5, acousticness=0.5)

    found = of(alike, random_tracks(12, seed=5, prefix="other"))

    assert found.stability is not None
    assert found.table["tracks"].sum() == 92
    assert found.members[alike["track_id"]].nunique() == 1


def test_the_same_track_many_times_over_is_one_mode():
    alike = random_tracks(30, prefix="same").assign(energy=0.5, valence=0.5, acousticness=0.5)

    assert of(alike).is_one


def test_a_mode_can_be_taken_as_a_seed():
    library = pd.concat([LOUD, SOFT], ignore_index=True)
    soft = of(LOUD, SOFT).table["track_id"].iloc[1]

    assert Recommender(CATALOGUE, library, seeds=[soft]).own["track_id"].tolist() == [soft]


def test_the_answer_is_the_same_each_time():
    assert of(LOUD, SOFT, SAD).table.equals(of(LOUD, SOFT, SAD).table)
