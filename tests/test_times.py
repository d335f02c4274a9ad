"""Times are written one way and read whichever way they came."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from recsys.times import from_iso, to_iso, to_utc_iso, to_whole_second

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOON, "2026-11-28T12:00:00Z"),
        (NOON.replace(microsecond=250_000), "2026-11-28T12:00:00.25Z"),
        (NOON.astimezone(timezone(timedelta(hours=2))), "2026-11-28T12:00:00Z"),
    ],
)
def test_a_time_is_written_in_utc_and_read_again(moment, text):
    assert to_iso(moment) == text
    assert from_iso(text) == moment


def test_a_time_without_a_time_zone_is_not_written_and_is_read_as_utc():
    with pytest.raises(ValueError, match="time zone"):
        to_iso(NOON.replace(tzinfo=None))
    assert from_iso("2026-11-28T12:00:00") == NOON


def test_whole_seconds_have_one_length():
    assert to_whole_second(NOON.replace(microsecond=999_999)) == to_whole_second(NOON) == "2026-11-28T12:00:00Z"


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-28T14:00:00+02:00", "2026-11-28T12:00:00Z"),
        ("2026-11-28", "2026-11-28T00:00:00Z"),
        ("2026-11-28T12:00:00.500000Z", "2026-11-28T12:00:00.5Z"),
        ("2026-11-28T12:00:00.5Z", "2026-11-28T12:00:00.5Z"),
        ("2026-13-28T12:00:00Z", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("soon", None),
    ],
)
def test_any_time_as_text_becomes_utc_and_what_is_no_time_becomes_none(text, utc):
    assert to_utc_iso(text) == utc
