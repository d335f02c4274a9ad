"""Tracks in objects of any shape cost what their size allows, however they are nested."""

import json
from itertools import count

import pytest

from recsys.importers.columns import tidy_name
from recsys.importers.json_shapes import tracks_in

TRACK = {"title": "Blue", "artist": "Ann"}


def tree(depth, width):
    """Objects inside objects; every leaf has a key of its own."""
    number = count()

    def branch(depth):
        return {f"k{next(number)}": branch(depth - 1) if depth else "x" for _ in range(width)}

    return branch(depth)


def lists(depth, width):
    return {"l": [lists(depth - 1, width) for _ in range(width)]} if depth else {"k": "x"}


def chain(length):
    """A track, and beside it an object with a track, and beside that …"""
    value = dict(TRACK)
    for _ in range(length):
        value = {"a": dict(TRACK), "b": value}
    return value


class Counted(dict):
    """An object of JSON that counts how often its keys are read."""

    reads = 0

    def items(self):
        Counted.reads += len(self)
        return super().items()

    def values(self):
        Counted.reads += len(self)
        return super().values()


@pytest.mark.parametrize(
    "value",
    [
        tree(9, 2),
        tree(3, 8),
        lists(9, 2),
        {"t": [TRACK], **tree(8, 2)},
        {"l": [lists(8, 2), {"l": [TRACK]}]},
        [{"deep": tree(7, 2), "tracks": [TRACK]}] * 3,
        chain(40),
    ],
    ids=["binary", "wide", "lists", "a track beside it", "a track deep inside", "playlists", "tracks beside tracks"],
)
def test_each_key_is_read_a_few_times_however_deep_it_is(value):
    keys = 0

    def counted(pairs):
        nonlocal keys
        keys += len(pairs)
        return Counted(pairs)

    value = json.loads(json.dumps(value), object_pairs_hook=counted)
    Counted.reads = 0

    for _ in tracks_in(value):
        pass

    assert Counted.reads <= 10 * keys


def test_tracks_beside_tracks_end_somewhere():
    assert list(tracks_in(chain(900)))[:2] == [TRACK, TRACK]


def test_a_table_by_columns_is_no_larger_than_what_is_written():
    rows = {str(number): "x" for number in range(3_000)}
    columns = {f"c{number}": {} for number in range(3_000)}

    assert len(list(tracks_in({"title": rows, **columns}))) == 1


def test_what_a_name_is_inside_decides_whose_it_is():
    album = {"name": "Rooms", "label": {"name": "Records"}}

    [track] = tracks_in({"item": {"name": "Blue", "album": album, "artist": {"name": "Ann"}}})

    assert track == {
        "name": "Blue",
        "album.name": "Rooms",
        "item.album.label.name": "Records",
        "artist.name": "Ann",
    }


def test_a_key_of_any_length_is_compared_by_its_beginning():
    assert tidy_name("Track_Name" + "-" * 1_000_000) == "trackname"
    assert len(tidy_name("x" * 1_000_000)) == 200
