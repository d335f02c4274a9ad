"""What a test says in words: above all that luck is called luck."""

from dataclasses import replace

import pytest

from recsys.core.evaluation.metrics import Interval
from recsys.core.evaluation.proof import CHANCE, OURS, TEXTBOOK, TUNED, Proof
from recsys.services.proof_report import found, number, signed, tuned, verdicts


def proof(than_textbook, than_chance=(1, 0.5, 2), first=OURS, second=TEXTBOOK):
    return Proof(
        songs=120,
        hidden=60,
        candidates=5_000,
        found={first: Interval(7.25, 5, 9), second: Interval(2, 1, 3)},
        chance=0.6,
        more={second: Interval(*than_textbook), CHANCE: Interval(*than_chance)},
    )


def test_what_was_found_is_beside_the_textbook_and_chance():
    assert found(proof((5, 3, 7))) == (
        "We hid 60 of your songs. Your settings found **7.2** in the first 50 of 5,000, a basic recommender 2.0, pure "
        "luck 0.6."
    )


def test_a_gain_beyond_luck_is_said_with_its_interval():
    better, sentence = verdicts(proof((5.25, 3, 7)))[0]

    assert better
    assert sentence == ("More than a basic recommender, and not by luck (95% interval of the difference +3.0 to +7.0).")


def test_no_difference_is_stated_that_the_two_rounded_numbers_may_contradict():
    songs = {OURS: Interval(35.86, 33, 38), TEXTBOOK: Interval(1.44, 1, 2)}
    one = replace(proof((34.42, 31.6, 36.9)), found=songs)
    assert "**35.9** in the first 50 of 5,000, a basic recommender 1.4" in found(one)

    says = [sentence for _, sentence in verdicts(one)]

    assert not [sentence for sentence in says if "34.4" in sentence]


def test_a_gain_that_may_be_luck_is_no_better():
    better, sentence = verdicts(proof((0.8, -0.5, 2)))[0]

    assert not better
    assert "**No better than a basic recommender**, as far as your 120 songs can tell" in sentence
    assert "the difference may be luck (95% interval of the difference −0.5 to +2.0)" in sentence


def test_a_textbook_that_does_better_is_said_to():
    better, sentence = verdicts(proof((-2, -3, -1)))[0]

    assert not better
    assert "**a basic recommender does better** (95% interval of the difference −3.0 to −1.0)" in sentence


def test_chance_is_judged_in_the_same_way():
    assert [better for better, _ in verdicts(proof((5, 3, 7), than_chance=(0.1, -1, 1)))] == [True, False]


@pytest.mark.parametrize(
    ("more", "is_better", "words"),
    [
        ((3, 1, 5), True, "and not by luck (95% interval of the difference +1.0 to +5.0)"),
        ((0.5, -1, 2), False, "**That may be luck** (95% interval of the difference −1.0 to +2.0)"),
        ((-1, -3, 1), False, "**Keep your sliders**: tuning brought nothing (95% interval of the difference −3.0"),
        ((0, 0, 0), False, "**Keep your sliders**: tuning brought nothing (95% interval of the difference 0.0"),
    ],
)
def test_tuning_is_judged_on_the_half_it_never_saw(more, is_better, words):
    verdict, sentence = tuned(proof(more, first=TUNED, second=OURS))

    assert verdict == is_better
    assert "On the other half of your library, the tuned settings found 7.2 of 60 hidden songs" in sentence
    assert words in sentence


def test_numbers_of_songs_have_a_decimal_where_it_matters_and_a_true_minus():
    assert [number(songs) for songs in (0, 0.0312, 9.94, 123.4, 1234)] == ["0.0", "0.03", "9.9", "123", "1,234"]
    assert [signed(songs) for songs in (2, -2, -0.01, 0)] == ["+2.0", "−2.0", "−0.01", "0.0"]
