"""Genres as bars and in words."""

import pandas as pd

from recsys.charts.genres import common_genres, genres_chart, genres_in_words

LIBRARY = pd.DataFrame({"genres": ["folk, rock", "Rock", "rock, rock", None, "<b>jazz</b>"]})


def test_each_song_counts_once_for_each_of_its_genres_most_common_first():
    assert common_genres(LIBRARY).to_dict() == {"rock": 3, "<b>jazz</b>": 1, "folk": 1}


def test_a_genre_never_becomes_markup_in_the_figure():
    (bars,) = genres_chart(common_genres(LIBRARY)).data

    assert list(bars.y) == ["rock", "&lt;b&gt;jazz&lt;/b&gt;", "folk"]
    assert list(bars.x) == [3, 1, 1]


def test_the_words_say_what_the_bars_show_and_when_there_are_none():
    counts = common_genres(LIBRARY)

    assert "rock (3), <b>jazz</b> (1) and folk (1)" in genres_in_words(counts, 5)
    assert genres_in_words(common_genres(LIBRARY.iloc[3:4]), 1) == "We don’t know the genres of your songs."
