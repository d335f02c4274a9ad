"""What a listener reads about a sync."""

from dataclasses import replace

from recsys.services.sync_progress import Stage, SyncProgress
from recsys.ui.library.sync import _verb, reasons, shown


def test_lists_that_were_stopped_for_one_reason_share_a_sentence():
    one, two = (Stage(name, f"Top {name}", "failed", message="You did not allow it.") for name in ("a", "b"))
    done = Stage("saved", "Saved tracks", "done")
    other = Stage("playlist:x", "*Evening*", "failed", message="No *longer* yours.")

    assert reasons([one, done, two, other]) == {
        "You did not allow it\\.": ["Top a", "Top b"],
        "No \\*longer\\* yours\\.": ["*Evening*"],
    }


def test_the_time_until_which_a_list_is_blocked_is_part_of_the_reason():
    blocked = Stage("saved", "Saved", "blocked", message="Wait.", blocked_until="2026-11-26T13:32:38.569544Z")
    later = replace(blocked, title="Top", blocked_until="2026-11-27T13:32:38.569544Z")

    assert reasons([blocked, later]) == {
        "Wait\\. It can continue after 26 November, 13:32 UTC.": ["Saved"],
        "Wait\\. It can continue after 27 November, 13:32 UTC.": ["Top"],
    }


def test_features_that_were_looked_up_have_no_row_that_could_grow_old():
    saved, looked_up = Stage("saved", "Saved tracks", "done"), Stage("features", "Audio features", "done")
    busy = replace(looked_up, state="blocked")

    assert shown([saved, looked_up]) == [saved]
    assert shown([saved, busy]) == [saved, busy]


def test_a_list_that_was_refused_is_something_left_to_do():
    done = Stage("saved", "Saved tracks", "done")
    refused = Stage("top_short", "Top tracks", "failed", message="You did not allow it.", is_refused=True)
    finished = SyncProgress((done,), finished_at="2026-11-28T12:00:00Z")

    assert _verb(finished) == "Sync my Spotify"
    assert _verb(replace(finished, stages=(done, refused))) == "Continue the sync"
