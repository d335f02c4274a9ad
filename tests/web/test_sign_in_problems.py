"""Sentences for a sign-in that did not happen."""

from recsys.web.sign_in_problems import SENTENCES, UNKNOWN, sentence


def test_every_code_has_a_sentence_that_ends():
    assert all(sentence(code).endswith(".") for code in SENTENCES)


def test_a_code_somebody_typed_into_the_address_bar_is_not_repeated():
    assert sentence("<script>alert(1)</script>") == UNKNOWN
