"""Six months of consent, counted on the calendar."""

from datetime import UTC, datetime

import pytest

from recsys.auth.spotify import consent_ends, is_consent_ending, is_consent_over


def at(*date):
    return datetime(*date, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("given", "ends"),
    [
        ((2026, 1, 15, 8, 30), (2026, 7, 15, 8, 30)),
        ((2026, 7, 1), (2027, 1, 1)),
        ((2026, 8, 31), (2027, 2, 28)),
        ((2027, 8, 31), (2028, 2, 29)),
        ((2026, 12, 31), (2027, 6, 30)),
    ],
)
def test_a_consent_ends_on_the_same_day_six_months_later(given, ends):
    assert consent_ends(at(*given)) == at(*ends)


def test_the_listener_is_told_two_weeks_before():
    given = at(2026, 1, 15)

    assert not is_consent_ending(given, at(2026, 6, 30))
    assert is_consent_ending(given, at(2026, 7, 1))
    assert not is_consent_over(given, at(2026, 7, 14))
    assert is_consent_over(given, at(2026, 7, 15)) and is_consent_ending(given, at(2026, 7, 15))
