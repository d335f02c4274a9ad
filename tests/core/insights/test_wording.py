"""Songs in words."""

import pandas as pd
import pytest

from recsys.core.insights.wording import order_in_words, songs_in_words, unlisted_in_words, unranked_in_words


def songs(*rows):
    return pd.DataFrame(rows, columns=["title", "artists"], dtype="str")


def test_the_first_songs_are_named_and_the_others_counted():
    some = songs(("A", "X; Y"), ("B\nb", "Z"), ("C", "W"))

    assert songs_in_words(some, 3) == "“A” by X, Y, “B b” by Z, “C” by W"
    assert songs_in_words(some, 2) == "“A” by X, Y, “B b” by Z and 1 more"


def test_a_song_without_artists_is_named_by_its_title():
    assert unranked_in_words(songs(("A", None))) == (
        "1 song of yours cannot be ranked, because too little is known of it: “A”."
    )


def test_locked_songs_off_the_list_are_named_by_reason_and_counted_where_no_title_is_known():
    some = songs(("A", "X"), (None, None), ("B", "Y")).assign(why=["remixes", "not in this catalogue", "remixes"])

    assert unlisted_in_words(some) == [
        "2 songs that you keep in place are not on the list (remixes): “A” by X, “B” by Y.",
        "1 song that you keep in place is not on the list (not in this catalogue).",
    ]


@pytest.mark.parametrize(
    ("fall", "says"),
    [(0.184, "0.18 lower on average"), (-0.05, "0.05 higher on average"), (0.004, "as high as before")],
)
def test_what_an_order_costs_is_no_loss_of_zero(fall, says):
    assert order_in_words(4, fall) == f"The order moved 4 songs: the first ten score {says}."


def test_an_order_that_the_list_already_has_moves_no_song():
    assert order_in_words(0, 0.0) == "The order moved no song."
