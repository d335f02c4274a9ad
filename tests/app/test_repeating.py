"""Work that is repeated begins at once, comes again after each pause, and ends when asked to."""

import threading

from recsys.app.repeating import repeat


def test_work_is_done_at_once_and_again_until_it_is_over():
    times, thrice = [], threading.Event()

    def work():
        times.append(threading.current_thread().name)
        if len(times) == 3:
            thrice.set()

    is_over = repeat(work, 0.01, "counted")
    assert thrice.wait(30)
    is_over.set()
    for thread in threading.enumerate():
        if thread.name == "counted":
            thread.join(30)

    assert set(times) == {"counted"}
    assert "counted" not in {thread.name for thread in threading.enumerate()}


def test_work_that_fails_unexpectedly_is_done_again_and_the_log_says_where(caplog):
    times, again = [], threading.Event()

    def work():
        times.append(1)
        if len(times) == 1:
            raise KeyError("a title of a listener's")
        again.set()

    is_over = repeat(work, 0.01, "sweep")
    assert again.wait(30)
    is_over.set()

    (record,) = caplog.records
    assert record.getMessage() == "sweep failed; it is tried again in 0 s"
    assert record.exc_info[0] is KeyError


def test_work_with_a_long_pause_ends_within_it():
    is_over = repeat(lambda: None, 3_600, "patient")
    is_over.set()
    for thread in threading.enumerate():
        if thread.name == "patient":
            thread.join(30)
            assert not thread.is_alive()
