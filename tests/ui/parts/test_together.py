"""Messages of several components leave in one round."""

from types import SimpleNamespace

import pytest

from recsys.ui.parts import together
from recsys.ui.parts.together import sent_together


@pytest.fixture
def run(monkeypatch):
    """A run of a script, and what it has sent."""
    sent = []
    context = SimpleNamespace(_enqueue=sent.append)
    monkeypatch.setattr(together, "get_script_run_ctx", lambda: context)
    return context, sent


def test_what_is_drawn_together_is_sent_at_the_end_in_order(run):
    context, sent = run
    context._enqueue("before")
    with sent_together():
        context._enqueue("list")
        context._enqueue("mixer")
        assert sent == ["before"]

    context._enqueue("after")
    assert sent == ["before", "list", "mixer", "after"]


def test_a_problem_half_way_loses_nothing_that_was_drawn(run):
    context, sent = run
    with pytest.raises(ZeroDivisionError), sent_together():
        context._enqueue("list")
        raise ZeroDivisionError

    context._enqueue("what went wrong")
    assert sent == ["list", "what went wrong"]


def test_without_a_browser_there_is_nothing_to_hold_back(monkeypatch):
    monkeypatch.setattr(together, "get_script_run_ctx", lambda: None)
    with sent_together():
        pass
