"""Work that runs a few at a time."""

import threading

from recsys.services.turns import Turns


def test_turns_run_a_few_at_once_let_a_few_wait_and_refuse_the_rest():
    turns, inside, end = Turns(at_once=1, waiting=1, seconds=30), threading.Event(), threading.Event()
    outcomes = []

    def work():
        with turns.turn() as has_turn:
            inside.set()
            end.wait(30)
            outcomes.append(has_turn)

    first, second = threading.Thread(target=work), threading.Thread(target=work)
    first.start()
    inside.wait(30)
    second.start()
    while turns._places._value:  # until the second waits
        end.wait(0.01)
    with turns.turn() as has_turn:
        assert not has_turn
    end.set()
    first.join(30)
    second.join(30)
    assert outcomes == [True, True]
    with turns.turn() as has_turn:
        assert has_turn


def test_a_turn_is_not_waited_for_longer_than_said():
    turns = Turns(at_once=1, waiting=1, seconds=0.01)
    with turns.turn() as first, turns.turn() as second:
        assert (first, second) == (True, False)
    with turns.turn() as third:
        assert third


def test_two_queues_share_their_turns_and_not_their_places():
    screens = Turns(at_once=1, waiting=0, seconds=0.01)
    programs = screens.queue(waiting=0, seconds=0.01)
    with screens.turn() as first, programs.turn() as second:
        assert (first, second) == (True, False)
    with programs.turn() as third:
        assert third


def test_nobody_has_a_turn_before_and_after():
    turns = Turns(at_once=1, waiting=0, seconds=0.01)
    assert turns.is_idle
    with turns.turn():
        assert not turns.is_idle
        with turns.turn() as has_none:
            assert not has_none
        assert not turns.is_idle
    assert turns.is_idle
