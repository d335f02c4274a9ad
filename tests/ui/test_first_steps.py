"""What pages say of a sync that stopped before its end."""

from recsys.services.sync_progress import Stage, SyncProgress
from recsys.ui.first_steps import stopped_in_words


def test_how_far_it_came_is_said():
    stages = (Stage("saved", "Saved tracks", stored=1_200, pending=3_800),)

    assert stopped_in_words(SyncProgress(stages)) == "The sync stopped at 1,200 of 5,000 songs."


def test_a_sync_that_found_nothing_yet_stopped_at_the_start():
    assert stopped_in_words(SyncProgress((Stage("saved", "Saved tracks"),))) == "The sync stopped at the start."


def test_where_spotify_asked_to_wait_it_is_said_until_when():
    stages = (Stage("saved", "Saved tracks", pending=10, blocked_until="2026-11-29T13:00:00Z"),)

    assert stopped_in_words(SyncProgress(stages)) == (
        "The sync stopped at 0 of 10 songs. It can continue after 29 November, 13:00 UTC."
    )
