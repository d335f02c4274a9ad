"""Ranges as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.core.engine.ranges import format_range, parse_range, range_in_words
from recsys.errors import BadRecipe, UnknownFeature


@pytest.mark.parametrize(
    ("name", "text", "ends"),
    [
        ("year", "1990..1999", (1990, 1999)),
        ("tempo", "..120", (None, 120)),
        ("energy", "0.6..", (0.6, None)),
        ("loudness", "-12.5..-3", (-12.5, -3)),
        ("duration", "2:00..5:30", (120_000, 330_000)),
        ("duration", "..90:00", (None, 5_400_000)),
        ("duration", "0:01.5..", (1_500, None)),
    ],
)
def test_a_range_is_read_and_written(name, text, ends):
    assert parse_range(name, text) == ends
    assert parse_range(name, format_range(name, ends)) == ends


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("year", "1990"),
        ("year", ".."),
        ("year", ""),
        ("year", "a..b"),
        ("energy", "1e5.."),
        ("energy", "nan.."),
        ("energy", "١..٢"),
        ("duration", "120..300"),
        ("duration", "2:99.."),
        ("tempo", "100...120"),
        ("tempo", "1" * 400 + ".."),
    ],
)
def test_what_is_no_range_is_a_sentence(name, text):
    with pytest.raises(BadRecipe, match=name):
        parse_range(name, text)


def test_only_number_features_have_ranges():
    with pytest.raises(UnknownFeature):
        parse_range("genre", "0..1")


@given(st.floats(-60, 260).map(lambda value: round(value, 6)))
def test_every_number_comes_back(value):
    assert parse_range("loudness", format_range("loudness", (value, None))) == (value, None)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("year", "1990..1999", "1990–1999"),
        ("year", "1990..", "from 1990"),
        ("tempo", "..120", "up to 120 BPM"),
        ("duration", "2:00..5:30", "2:00–5:30"),
        ("loudness", "-20..-5", "-20 to -5 dB"),
        ("energy", "0.6..", "from 0.6"),
    ],
)
def test_a_range_reads_as_words_with_its_unit(name, text, words):
    assert range_in_words(name, parse_range(name, text)) == words
