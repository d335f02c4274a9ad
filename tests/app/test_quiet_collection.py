"""Garbage is collected when nobody computes, and at the latest after a while."""

import gc
import weakref

import streamlit

from recsys.app import quiet_collection
from recsys.app.quiet_collection import QuietCollection


def test_streamlit_does_not_collect_after_every_run():
    assert streamlit.get_option("runner.postScriptGC") is False


def test_a_collection_waits_for_a_quiet_moment():
    busy, collected = [1, 1, 1], []
    collection = QuietCollection(lambda: not (busy and busy.pop()), lambda is_thorough: collected.append(len(busy)))
    collection.collect_when_idle(is_thorough=False)
    assert collected == [0]


def test_a_server_that_is_never_quiet_collects_too():
    collected = []
    QuietCollection(lambda: False, collected.append).collect_when_idle(is_thorough=True, wait_s=0.05)
    assert collected == [True]


def test_what_nobody_holds_is_freed_without_streamlit(monkeypatch):
    class Cycle:
        pass

    monkeypatch.setattr(quiet_collection, "EVERY_S", 0.01)
    before, cycle = gc.get_threshold(), Cycle()
    cycle.itself, seen = cycle, weakref.ref(cycle)
    gc.disable()
    try:
        del cycle
        assert seen() is not None
        with QuietCollection(lambda: True) as collection:
            for _ in range(3_000):
                if seen() is None:
                    break
                collection._is_over.wait(0.01)
        assert seen() is None
    finally:
        gc.enable()
        gc.set_threshold(*before)
