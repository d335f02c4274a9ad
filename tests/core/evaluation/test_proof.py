"""The listener's own library as judge: every song is hidden equally often, and luck is called luck."""

import numpy as np
import pytest

from recsys.core.engine.recipe import Recipe
from recsys.core.evaluation.baselines import Answer, Chance
from recsys.core.evaluation.holdout import Pool
from recsys.core.evaluation.proof import (
    CHANCE,
    OURS,
    TEXTBOOK,
    check_enough,
    compared,
    found_shares,
    halves,
    prove,
    within,
)
from recsys.errors import NothingToRank
from tests.core.songs import two_kinds

NONE = np.arange(0)


def rng():
    return np.random.default_rng(0)


def quiet(done, of):
    pass


class Knows:
    """Recommends the given rows and nothing else."""

    def __init__(self, rows):
        self.rows = np.array(rows)

    def answer(self, visible, candidates, depth, rng):
        return Answer(self.rows[candidates[self.rows]][:depth], lambda rows: np.zeros(len(rows)))


@pytest.fixture(scope="module")
def pool():
    return Pool.from_tracks(two_kinds(each=300))


@pytest.fixture(scope="module")
def mine(pool):
    return pool.rows_of([f"c{n}" for n in range(60)])


def test_each_half_is_hidden_once_a_cut_while_the_other_is_visible(pool, mine):
    splits = halves(pool, mine, NONE, NONE, cuts=3, rng=rng())

    assert len(splits) == 6
    assert np.bincount(np.concatenate([cut.hidden for cut in splits]))[mine].tolist() == [3] * 60
    for cut in splits:
        assert sorted([*cut.visible, *cut.hidden]) == mine.tolist()
        assert cut.candidates[cut.hidden].all()
        assert not cut.candidates[cut.visible].any()


def test_a_visible_recording_is_no_candidate_under_another_name():
    tracks = two_kinds(each=60)
    tracks["isrc"] = [f"GBABC{n % 60:07d}" for n in range(120)]  # c0 and l0 are one recording, and so on
    pool = Pool.from_tracks(tracks)

    for cut in halves(pool, pool.rows_of([f"c{n}" for n in range(20)]), NONE, NONE, cuts=1, rng=rng()):
        assert len(cut.hidden) == 10
        assert cut.candidates[cut.hidden].all()
        assert not set(pool.tracks["isrc"].iloc[cut.visible]) & set(pool.tracks["isrc"][cut.candidates])


def test_songs_that_are_always_visible_are_never_asked_for_and_others_take_no_part(pool, mine):
    splits = halves(pool, mine[:20], mine[20:40], mine[40:], cuts=1, rng=rng())

    for cut in splits:
        assert set(mine[20:40]) <= set(cut.visible)
        assert not cut.candidates[mine[20:]].any()


def test_a_song_is_found_in_the_share_of_its_turns_in_which_it_is_listed(pool, mine):
    splits = halves(pool, mine, NONE, NONE, cuts=2, rng=rng())

    assert found_shares(Knows(mine[:30]), splits, rng(), quiet).tolist() == [1] * 30 + [0] * 30


def test_a_method_that_knows_the_library_finds_all_and_is_better_than_one_that_knows_none(pool, mine):
    splits = halves(pool, mine, NONE, NONE, cuts=4, rng=rng())
    found = compared({"all": Knows(mine), "none": Knows(np.setdiff1d(np.arange(600), mine))}, splits, rng(), quiet)

    assert (found.songs, found.hidden, found.candidates) == (60, 30, 570)
    assert found.found["all"].mean == 30
    assert found.found["none"].mean == 0
    assert found.more["none"].low == 30
    assert found.chance == pytest.approx(30 * 50 / 570)
    assert found.more[CHANCE].mean == pytest.approx(30 - found.chance)


def test_chance_is_no_better_than_chance(pool, mine):
    splits = halves(pool, mine, NONE, NONE, cuts=10, rng=rng())
    found = compared({"drawn": Chance(), "again": Chance()}, splits, rng(), quiet)

    assert found.more[CHANCE].low < 0 < found.more[CHANCE].high
    assert found.more["again"].low < 0 < found.more["again"].high


def test_finding_none_where_chance_would_hardly_find_one_is_not_called_worse_than_chance(monkeypatch, pool, mine):
    splits = halves(pool, mine, NONE, NONE, cuts=2, rng=rng())
    often = compared({"none": Knows(NONE)}, splits, rng(), quiet).more[CHANCE]
    monkeypatch.setattr("recsys.core.evaluation.proof.TOP", 1)
    seldom = compared({"none": Knows(NONE)}, splits, rng(), quiet).more[CHANCE]

    assert often.high < 0
    assert seldom.low < 0 < seldom.high


def test_more_cuts_do_not_pretend_to_know_more_songs(pool, mine):
    """A method that always finds one half of the songs is as unsure about the next song after a hundred cuts."""
    few, many = (
        compared({"half": Knows(mine[::2])}, halves(pool, mine, NONE, NONE, cuts, rng()), rng(), quiet).found["half"]
        for cuts in (2, 100)
    )

    assert many.high - many.low == pytest.approx(few.high - few.low, rel=0.1)


def test_own_music_of_one_kind_is_found_again(pool, mine):
    reported = []
    found = prove(pool, mine, Recipe(), rng(), lambda done, of: reported.append((done, of)))

    assert set(found.found) == {OURS, TEXTBOOK}
    assert found.more[CHANCE].low > 0
    assert reported == [(done, 40) for done in range(40)]


def test_the_same_library_gets_the_same_answer(pool, mine):
    one, same = (prove(pool, mine, Recipe(), rng(), quiet) for _ in range(2))

    assert one == same


def test_too_few_songs_are_counted_in_the_sentence():
    with pytest.raises(NothingToRank, match=r"at least 20 .* has 19"):
        check_enough(np.arange(19))


def test_of_a_very_large_library_a_part_takes_part():
    rows, others = within(np.arange(1500), rng())

    assert len(rows) == 1000
    assert sorted([*rows, *others]) == list(range(1500))
