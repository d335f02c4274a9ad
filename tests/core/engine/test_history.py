"""Undo and redo."""

from hypothesis import given
from hypothesis import strategies as st

from recsys.core.engine.history import MOST_STEPS, History, Step


def began(*states):
    history = History(Step(0))
    for state in states:
        history = history.record(state, f"to {state}")
    return history


def test_a_change_is_undone_and_done_again():
    history = began(1, 2)

    assert history.undo().now == Step(1, "to 1")
    assert history.undo().undo().now == Step(0)
    assert history.undo().redo() == history
    assert history.before == 1


def test_at_either_end_nothing_happens():
    assert began().undo() == began()
    assert began(1).redo() == began(1)
    assert began().before is None


def test_a_new_change_forgets_what_was_undone():
    assert began(1, 2).undo().record(3, "to 3") == began(1, 3)


def test_an_equal_state_is_no_step():
    assert began(1).record(1, "again") == began(1)
    assert began(1, 2).undo().record(1, "again").redo().now.state == 2


def test_a_limited_number_of_steps_are_stored():
    history = began(*range(1, 3 * MOST_STEPS))

    assert len(history.past) == MOST_STEPS
    for _ in range(3 * MOST_STEPS):
        history = history.undo()
    assert history.now.state == 2 * MOST_STEPS - 1
    assert len(history.future) == MOST_STEPS


@given(st.lists(st.sampled_from(["undo", "redo"]) | st.integers(0, 3), max_size=40))
def test_whatever_is_done_undo_and_redo_are_opposites(actions):
    history = began()
    for action in actions:
        history = history.record(action, "") if isinstance(action, int) else getattr(history, action)()

    assert history.undo().redo() == history or not history.past
    assert history.redo().undo() == history or not history.future
