"""What a listener reads about a look-up of missing features."""

from recsys.services.features import Coverage
from recsys.ui.library.features import coverage_counts, ended, named


def covered(could_ask=0, **rest):
    counts = {"waiting": 0, "not_found": 0, "not_asked": 0} | rest
    return Coverage(total=10, known=10 - sum(counts.values()), could_ask=could_ask, **counts)


def test_a_look_up_that_found_nothing_says_that_it_was_done_and_what_would_help():
    assert ended(covered(not_found=3), has_agreed=True) == (
        "We asked every source you allowed. We will try the missing songs again in 30 days."
    )
    assert ended(covered(not_asked=3), has_agreed=False) == "We asked every source you allowed."
    assert ended(covered(not_asked=3, could_ask=2), has_agreed=False) == (
        "We asked every source you allowed. We ask ReccoBeats once you agree."
    )
    assert ended(covered(not_asked=3), has_agreed=True) == "We asked every source you allowed."


def test_songs_that_no_source_can_be_asked_about_are_counted_apart_from_those_not_asked_about():
    assert coverage_counts(covered(not_asked=3, could_ask=2)) == (
        "10 tracks: 7 with audio features, 2 not asked about, 1 that no online source can be asked about."
    )
    assert coverage_counts(covered(not_asked=3)) == (
        "10 tracks: 7 with audio features, 3 that no online source can be asked about."
    )


def test_a_look_up_from_before_the_listener_agreed_is_not_called_complete():
    assert ended(covered(waiting=3), has_agreed=True) == "Some sources have not been asked yet. Look again."


def test_the_chart_and_the_sentence_call_a_source_by_one_name():
    assert named("catalogue, reccobeats") == "the catalogue and ReccoBeats"
    assert named("came with the track") == "came with the track"
