"""Listening over time."""

import pandas as pd
import pytest

from recsys.charts.timeline import drift_in_words, feature_drift, plays_in_words, plays_per_month
from tests.charts import tracks

LIBRARY = tracks(energy=[0.1, 0.9, None])


def plays(*rows):
    columns = ["track_id", "played_at", "ms_played"]
    return pd.DataFrame(rows, columns=columns).astype({"track_id": "str", "played_at": "str", "ms_played": float})


def many(track, month, count):
    return [(track, f"{month}-{day:02d}T10:00:00Z", 3_600_000) for day in range(1, count + 1)]


HISTORY = plays(*many("t0", "2025-11", 6), *many("t1", "2026-01", 6))


def test_months_without_plays_are_shown_as_zero():
    bars = plays_per_month(HISTORY).data[0]
    assert list(bars.x) == ["2025-11", "2025-12", "2026-01"]
    assert list(bars.y) == [6, 0, 6]
    assert list(bars.text) == [", 6.0 hours", ", 0.0 hours", ", 6.0 hours"]


def test_a_short_history_names_its_months_one_by_one():
    assert plays_per_month(HISTORY).layout.xaxis.ticktext == ("November 2025", "December 2025", "January 2026")
    assert feature_drift("energy", HISTORY, LIBRARY).layout.xaxis.ticktext[0] == "November 2025"


def test_no_history_draws_nothing_and_says_so():
    assert not plays_per_month(plays()).data[0].x
    assert plays_in_words(plays()) == "There is no listening history yet."


def test_history_in_words():
    assert plays_in_words(HISTORY) == (
        "12 plays in 12 hours from November 2025 to January 2026; most in November 2025, with 6."
    )


def test_a_history_of_one_month_without_lengths_in_words():
    assert plays_in_words(plays(("t0", "2026-01-01T10:00:00Z", None), ("t0", "2026-01-02T10:00:00Z", None))) == (
        "2 plays in January 2026."
    )


def test_where_the_length_of_some_plays_is_unknown_the_hours_are_said_to_be_the_least_there_were():
    history = plays(
        *many("t0", "2025-11", 2), ("t0", "2025-11-20T10:00:00Z", None), ("t0", "2025-12-01T10:00:00Z", None)
    )

    assert plays_in_words(history).startswith("4 plays in at least 2 hours from November 2025")
    assert list(plays_per_month(history).data[0].text) == [", at least 2.0 hours", ""]


def test_one_play_and_one_hour_are_reported_as_one():
    assert plays_in_words(plays(("t0", "2026-01-01T10:00:00Z", 3_600_000))) == "1 play in 1 hour in January 2026."


def test_drift_is_the_median_of_each_month_and_a_quiet_month_is_a_gap():
    line, low, high = feature_drift("energy", HISTORY, LIBRARY).data
    assert list(line.x) == ["2025-11", "2025-12", "2026-01"]
    assert list(line.y) == list(low.y) == list(high.y) == [0.1, None, 0.9]


def test_plays_of_unknown_tracks_take_no_part_in_the_drift():
    history = pd.concat([HISTORY, plays(*many("t2", "2026-01", 9), *many("stranger", "2026-01", 9))])
    assert feature_drift("energy", history, LIBRARY).data[0].y[-1] == 0.9


def test_drift_without_plays_draws_nothing():
    assert not feature_drift("energy", plays(), LIBRARY).data[0].x


def test_drift_in_words_says_where_it_went():
    assert drift_in_words("energy", pd.concat([HISTORY, plays(*many("t1", "2026-02", 3))]), LIBRARY) == (
        "Energy moved from 0.10 to 0.90: your median is now further towards “intense” than 100% of your earliest plays."
    )


def test_drift_in_words_says_when_nothing_moved():
    words = drift_in_words("energy", plays(*many("t0", "2026-01", 28)), LIBRARY)
    assert words.startswith("Energy stayed much the same")


@pytest.mark.parametrize("history", [plays(), plays(*many("t0", "2026-01", 9))])
def test_drift_in_words_says_when_too_little_is_known(history):
    assert "too few plays" in drift_in_words("energy", history, LIBRARY)
