"""Work that runs a few at a time."""

import threading

import pytest

from recsys.errors import ServerBusy
from recsys.services.turns import BUSY, Turns


def has_turn(turns):
    try:
        with turns.turn():
            return True
    except ServerBusy as busy:
        assert str(busy) == BUSY
        return False


def test_turns_run_a_few_at_once_let_a_few_wait_and_refuse_the_rest():
    turns, inside, end = Turns(at_once=1, waiting=1, seconds=30), threading.Event(), threading.Event()
    served = []

    def work():
        with turns.turn():
            inside.set()
            end.wait(30)
            served.append(threading.current_thread())

    threads = [threading.Thread(target=work) for _ in range(2)]
    threads[0].start()
    inside.wait(30)
    threads[1].start()
    while turns._places._value:  # until the second waits
        end.wait(0.01)
    assert not has_turn(turns)
    end.set()
    for thread in threads:
        thread.join(30)
    assert served == threads
    assert has_turn(turns)


def test_a_turn_is_not_waited_for_longer_than_said():
    turns = Turns(at_once=1, waiting=1, seconds=0.01)
    with turns.turn():
        assert not has_turn(turns)
    assert has_turn(turns)


def test_two_queues_share_their_turns_and_not_their_places():
    screens = Turns(at_once=1, waiting=0, seconds=0.01)
    programs = screens.queue(waiting=0, seconds=0.01)
    with screens.turn():
        assert not has_turn(programs)
    assert has_turn(programs)


def test_work_that_fails_gives_its_turn_back():
    turns = Turns(at_once=1, waiting=0, seconds=0.01)
    with pytest.raises(ValueError, match="broken"), turns.turn():
        raise ValueError("broken")
    assert turns.is_idle
    assert has_turn(turns)


def test_nobody_has_a_turn_before_and_after():
    turns = Turns(at_once=1, waiting=0, seconds=0.01)
    assert turns.is_idle
    with turns.turn():
        assert not turns.is_idle
        assert not has_turn(turns)
        assert not turns.is_idle
    assert turns.is_idle
