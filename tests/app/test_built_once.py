"""The parts of the app are there once, whatever thread needs them first; functools sees to that in Python 3.11 only."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from recsys.app.built_once import built_once


class App:
    def __init__(self):
        self.built = 0

    @built_once
    def part(self):
        """A part that takes a while to build."""
        self.built += 1
        time.sleep(0.05)
        return object()

    @built_once
    def whole(self):
        return [self.part]

    @built_once
    def broken(self):
        self.built += 1
        raise OSError("Not now.")


def test_threads_that_need_a_part_at_once_share_one():
    app = App()
    with ThreadPoolExecutor(4) as threads:
        parts = list(threads.map(lambda _: app.part, range(4)))

    assert app.built == 1
    assert len(set(map(id, [*parts, app.part, app.whole[0]]))) == 1


def test_a_part_that_could_not_be_built_is_tried_again():
    app = App()
    for _ in range(2):
        with pytest.raises(OSError, match="Not now"):
            app.broken  # noqa: B018

    assert app.built == 2


def test_every_app_has_parts_of_its_own():
    assert App().part is not App().part
    assert App.part.__doc__ == "A part that takes a while to build."
