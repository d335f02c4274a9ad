"""What a move changed is counted song by song."""

from recsys.ui.recommend.changes import Changes, changes


def test_songs_that_came_went_rose_and_fell_are_distinguished():
    found = changes(["a", "b", "c", "d"], ["c", "b", "x", "a"])

    assert dict(found.moved) == {"c": 2, "a": -3}
    assert (found.entered, found.left) == (["x"], ["d"])
    assert found.words == "The list changed: 1 in, 1 out."


def test_the_first_list_is_new_to_nobody():
    assert changes([], ["a", "b"]) == Changes()


def test_a_list_in_another_order_is_said_to_be_that():
    assert changes(["a", "b"], ["b", "a"]).words == "Same songs, new order."
    assert changes(["a", "b"], ["a", "b"]).words == "The list is the same."
