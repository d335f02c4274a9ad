"""The tables that `make evaluate` writes into the README: where they go, and that each step is what it says."""

import numpy as np
import pytest

from recsys.core.evaluation.holdout import HoldOut, Pool
from recsys.core.evaluation.metrics import Interval
from recsys.core.evaluation.offline import evaluate
from tests import evaluate_readme
from tests.core.songs import two_kinds
from tests.evaluate_readme import BEGIN, END, Measured, between_markers, cross_validated, each_step, ends


@pytest.fixture(scope="module")
def measured():
    pool = Pool.from_tracks(two_kinds(each=150))
    lists = {"calm": pool.rows_of([f"c{n}" for n in range(40)]), "loud": pool.rows_of([f"l{n}" for n in range(40)])}
    return Measured(evaluate(pool, lists, each_step(pool), HoldOut(cuts=1)))


def test_text_is_between_the_markers_and_nothing_else_changes():
    readme = f"before\n{BEGIN}old tables\n{END}\nafter\n"
    once = between_markers(readme, "new tables")

    assert once == f"before\n{BEGIN}\nnew tables\n{END}\nafter\n"
    assert between_markers(once, "new tables") == once


def test_a_readme_without_markers_is_left_alone():
    with pytest.raises(SystemExit, match="no lines"):
        between_markers("a README of another kind", "new tables")


def test_without_data_nothing_is_written_and_a_sentence_says_so(tmp_path, monkeypatch):
    readme = tmp_path / "README.md"
    readme.write_text(f"{BEGIN}{END}", "utf-8")
    monkeypatch.setattr(evaluate_readme, "README", readme)
    monkeypatch.setattr(evaluate_readme, "DATA", tmp_path / "nowhere")

    with pytest.raises(SystemExit, match="nothing was measured"):
        evaluate_readme.main()
    assert readme.read_text("utf-8") == f"{BEGIN}{END}"


def test_every_step_ranks_and_the_last_is_the_product(measured):
    steps = list(measured.found.values)

    assert steps[0] == "textbook"
    assert steps[-2:] == ["default weights", "and popularity"]
    assert all(measured.values(step, "auc").mean() > 0.7 for step in steps[1:])


def test_a_table_tells_means_intervals_and_gains(measured):
    assert measured.times("textbook") == ""
    assert measured.gain("textbook", "textbook") == "+0.0000 [+0.0000, +0.0000]"
    assert ends(Interval(0.12345, 0.1, 0.2), 3) == "0.123 [0.100, 0.200]"


def test_cross_validation_scores_only_songs_that_were_held_out():
    liked = np.arange(40) % 2 == 0
    tested = []

    def knows(train, test):
        assert not (train & test).any()
        tested.append(int(test.sum()))
        return liked[test].astype(float)

    assert cross_validated(knows, liked) == 1
    assert tested == [8] * 20
