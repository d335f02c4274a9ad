"""What has changed over time is said where it is much, and of whom it is known."""

import numpy as np
import pandas as pd
import pytest

from recsys.core.insights.drift import change_over_time
from recsys.core.model.features import NUMBER_FEATURES

SONGS = 90


def placed(**moved):
    """Positions of ninety songs; a named feature rises by so much from the first song to the last."""
    return {f.name: np.linspace(0, moved.get(f.name, 0), SONGS) for f in NUMBER_FEATURES}


def library(first_day="2020-01-01"):
    days = pd.date_range(first_day, periods=SONGS).strftime("%Y-%m-%dT00:00:00Z")
    return pd.DataFrame({"track_id": [f"t{n}" for n in range(SONGS)], "added_at": days})


NO_PLAYS = pd.DataFrame({"track_id": [], "played_at": []}, dtype=str)


def test_the_two_largest_changes_are_named_by_when_songs_were_added():
    said = change_over_time(placed(energy=3.0, acousticness=-2.0, valence=1.0), library(), NO_PLAYS)

    assert said == "What you added lately is more intense and more electric than what you added first."


def test_plays_count_before_additions_and_plays_of_other_songs_do_not():
    played = pd.DataFrame(
        {
            "track_id": [*(f"t{n}" for n in reversed(range(SONGS))), "another"],
            "played_at": [*library()["added_at"], "2019"],
        }
    )

    said = change_over_time(placed(energy=3.0), library(), played)

    assert said == "What you play now is calmer than what you played at first."


@pytest.mark.parametrize(
    ("positions", "tracks"),
    [
        (placed(energy=0.3), library()),  # a fifth of a step from the first third to the last
        (placed(energy=3.0), library().assign(added_at=None)),
        ({name: column * np.nan for name, column in placed().items()}, library()),
    ],
)
def test_nothing_is_said_of_a_small_change_or_an_unknown_one(positions, tracks):
    assert change_over_time(positions, tracks, NO_PLAYS) is None
