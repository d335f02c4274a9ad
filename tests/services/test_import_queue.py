"""Files are read in the order in which they came, within a bound on memory, and nobody waits for ever."""

import io
import threading

import pytest

from recsys.errors import ServerBusy
from recsys.services.import_queue import (
    MOST_BYTES,
    PACKED_FACTOR,
    PLAIN_FACTOR,
    ROW_BYTES,
    ImportQueue,
    memory_needed,
)
from tests.importers.files import as_zip


class Reader:
    """Somebody who reads a file in a thread of their own, until asked to end."""

    def __init__(self, queue, cost):
        self.said = []
        self.is_reading, self.may_end, self.has_said = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._read, args=(queue, cost), daemon=True)
        self._thread.start()

    def _read(self, queue, cost):
        with queue.turn(cost, self._hear):
            self.is_reading.set()
            self.may_end.wait(30)

    def _hear(self, sentence):
        self.said.append(sentence)
        self.has_said.set()

    def end(self):
        self.may_end.set()
        self._thread.join(30)


@pytest.fixture
def readers():
    started = []
    yield started
    for reader in started:
        reader.may_end.set()
    for reader in started:
        reader.end()


@pytest.fixture
def reading(readers):
    """A reader of a file of this cost, whose turn it is by now or soon."""

    def start(queue, cost):
        readers.append(Reader(queue, cost))
        assert readers[-1].is_reading.wait(30)
        return readers[-1]

    return start


@pytest.fixture
def waiting(readers):
    """A reader of a file of this cost, who has to wait."""

    def start(queue, cost):
        readers.append(Reader(queue, cost))
        assert readers[-1].has_said.wait(30)
        assert not readers[-1].is_reading.is_set()
        return readers[-1]

    return start


def test_files_that_fit_together_are_read_together(reading):
    queue = ImportQueue(most_bytes=100)

    assert not any(reading(queue, cost).said for cost in (40, 30, 30))


def test_a_file_that_does_not_fit_waits_and_says_how_many_come_before(reading, waiting):
    queue = ImportQueue(most_bytes=100)
    first, second = reading(queue, 50), reading(queue, 50)

    third = waiting(queue, 60)
    assert third.said[0] == "2 other files are being read; yours is next."

    first.end()
    second.end()
    assert third.is_reading.wait(30)


def test_a_small_file_does_not_pass_a_large_one_that_came_before_it(reading, waiting):
    queue = ImportQueue(most_bytes=100)
    first = reading(queue, 60)
    large = waiting(queue, 90)
    assert large.said[0] == "1 other file is being read; yours is next."

    small = waiting(queue, 1)
    assert small.said[0] == "2 other files are before yours."

    first.end()
    assert large.is_reading.wait(30)
    assert small.is_reading.wait(30)  # 91 of 100


def test_a_file_beyond_the_bound_is_read_alone(reading, waiting):
    queue = ImportQueue(most_bytes=100)
    huge = reading(queue, 1_000)

    other = waiting(queue, 1)
    huge.end()
    assert other.is_reading.wait(30)


def test_waiting_ends_with_what_to_do_and_leaves_no_gap_in_the_queue(reading):
    queue = ImportQueue(most_bytes=100, seconds=0.01)
    first = reading(queue, 100)

    with pytest.raises(ServerBusy, match=r"Others’ files are still being read\. Try again in a minute\."):
        queue.turn(1, lambda sentence: None).__enter__()
    first.end()

    reading(queue, 100)


def test_no_more_than_some_wait(reading, waiting):
    queue = ImportQueue(most_bytes=100, most_waiting=1)
    reading(queue, 100)
    waiting(queue, 1)

    with pytest.raises(ServerBusy, match=r"Many files are waiting to be read\. Try again in a few minutes\."):
        queue.turn(1, lambda sentence: None).__enter__()


def test_whoever_leaves_while_waiting_is_no_longer_waited_for(reading):
    class TabClosed(BaseException):
        pass

    def leave(sentence):
        raise TabClosed

    queue = ImportQueue(most_bytes=100)
    reading(queue, 60)
    with pytest.raises(TabClosed):
        queue.turn(90, leave).__enter__()

    reading(queue, 40)


def test_a_failed_import_gives_its_place_back():
    queue = ImportQueue(most_bytes=100, seconds=0.01)
    with pytest.raises(ValueError, match="broken"), queue.turn(100, lambda sentence: None):
        raise ValueError("broken")

    with queue.turn(100, lambda sentence: None):
        pass


def cost_of(content):
    file = io.BytesIO(content)
    cost = memory_needed(file)
    assert file.tell() == 0
    return cost


def test_text_is_counted_by_its_size_and_by_its_rows():
    assert cost_of(b"x" * 100) == 100 * PLAIN_FACTOR
    assert cost_of(b"a,b\n" * 100) == 100 * ROW_BYTES
    assert cost_of(b'[{"a":1},{"a":2}]') == 2 * ROW_BYTES


def test_a_zip_is_counted_by_what_it_unpacks_to():
    packed = as_zip({"a.csv": b"title,artist\n" + b"a,b\n" * 200_000}).getvalue()

    assert len(packed) < 5_000
    assert cost_of(packed) > 200_000 * 0.5 * ROW_BYTES
    assert cost_of(packed[:500]) == 500 * PACKED_FACTOR


@pytest.mark.parametrize("head", [b"\x1f\x8b", b"PAR1"])
def test_what_may_unpack_to_anything_is_read_alone(head):
    assert cost_of(head + b"x" * 94) == MOST_BYTES
