"""Background jobs: started once, watched from anywhere, stopped on request, honest about how they ended."""

import logging
import threading

import pytest

from recsys.errors import Erased, NoRoom, NothingToRank, SpotifyUnreachable, StorageProblem
from recsys.log_context import LISTENER, serving
from recsys.services.jobs import MAX_OF_GUESTS, MAX_OF_ONE, Jobs


@pytest.fixture
def jobs():
    jobs = Jobs(workers=2)
    yield jobs
    jobs.close()


def test_a_job_that_was_never_started_has_no_snapshot(jobs):
    assert jobs.snapshot("sync:ada") is None
    assert jobs.wait("sync:ada") is None


def test_a_finished_job_shows_its_last_progress_and_its_result(jobs):
    def work(job):
        job.report(3)
        return "all of it"

    jobs.start("sync:ada", work)
    ended = jobs.wait("sync:ada", 5)

    assert (ended.state, ended.progress, ended.result) == ("done", 3, "all of it")
    assert not ended.is_active


def test_a_second_start_joins_the_running_job(jobs):
    go, calls = threading.Event(), []

    def work(job):
        calls.append(1)
        go.wait(5)

    assert jobs.start("sync:ada", work).is_active
    assert jobs.start("sync:ada", work).is_active
    go.set()
    jobs.wait("sync:ada", 5)

    assert calls == [1]


def test_a_finished_job_can_be_started_again(jobs):
    calls = []
    for _ in range(2):
        jobs.start("sync:ada", lambda job: calls.append(1))
        jobs.wait("sync:ada", 5)
    assert calls == [1, 1]


def test_stopping_a_listeners_jobs_ends_all_of_them_and_nobody_elses(jobs):
    begun = threading.Barrier(3, timeout=30)
    go = threading.Event()

    def work(job):
        begun.wait()
        while not go.is_set():
            job.check()

    def other(job):
        go.wait(5)
        return "untouched"

    jobs.start("sync:ada", work)
    jobs.start("features:ada", work)
    jobs.start("sync:ada-2", other)
    begun.wait()
    jobs.stop("ada")

    assert {jobs.snapshot(key).state for key in ("sync:ada", "features:ada")} == {"cancelled"}
    go.set()
    assert jobs.wait("sync:ada-2", 5).result == "untouched"


def test_stopping_a_listener_without_jobs_is_no_error(jobs):
    jobs.stop("ada")
    assert jobs.snapshot("sync:ada") is None


def test_stopping_waits_no_longer_than_it_is_told_to(jobs):
    go = threading.Event()
    jobs.start("features:ada", lambda job: go.wait(10))
    jobs.stop("ada", seconds=0.05)
    assert jobs.snapshot("features:ada").is_active
    go.set()


def test_jobs_of_two_listeners_run_side_by_side(jobs):
    meet = threading.Barrier(2, timeout=30)
    jobs.start("sync:ada", lambda job: meet.wait())
    jobs.start("sync:bob", lambda job: meet.wait())
    assert jobs.wait("sync:ada", 5).state == "done"
    assert jobs.wait("sync:bob", 5).state == "done"


def test_cancelling_stops_the_work_at_its_next_report_and_keeps_the_progress(jobs):
    started, go = threading.Event(), threading.Event()

    def work(job):
        job.report("page 1")
        started.set()
        go.wait(5)
        job.report("page 2")
        raise AssertionError("the work went on")

    jobs.start("sync:ada", work)
    started.wait(5)
    jobs.cancel("sync:ada")
    go.set()
    ended = jobs.wait("sync:ada", 5)

    assert (ended.state, ended.progress) == ("cancelled", "page 2")


def test_a_sleeping_job_wakes_up_to_be_cancelled(jobs):
    asleep = threading.Event()

    def work(job):
        asleep.set()
        job.sleep(600)

    jobs.start("sync:ada", work)
    asleep.wait(5)
    jobs.cancel("sync:ada")
    assert jobs.wait("sync:ada", 5).state == "cancelled"


def test_a_queued_job_can_be_cancelled_before_it_starts():
    jobs, go = Jobs(syncs=1), threading.Event()
    jobs.start("sync:ada", lambda job: go.wait(5))
    jobs.start("sync:bob", lambda job: None)
    jobs.cancel("sync:bob")
    go.set()
    jobs.close()
    assert jobs.snapshot("sync:bob").state == "cancelled"


def test_an_error_raised_on_purpose_is_shown_as_its_sentence(jobs):
    def work(job):
        raise SpotifyUnreachable("Spotify did not answer. Try again in a minute.")

    jobs.start("sync:ada", work)
    ended = jobs.wait("sync:ada", 5)
    assert (ended.state, ended.message) == ("failed", "Spotify did not answer. Try again in a minute.")


def test_an_unexpected_error_is_shown_as_unexpected_and_logged_without_its_text(jobs, caplog):
    def work(job):
        raise KeyError("token-BQabc")

    with caplog.at_level(logging.DEBUG):
        jobs.start("sync:ada", work)
        ended = jobs.wait("sync:ada", 5)
        jobs.close()

    assert ended.state == "failed"
    assert "unexpected" in ended.message
    assert "KeyError" in ended.message
    assert "test_jobs.py" in caplog.text
    assert "token-BQabc" not in caplog.text + ended.message


def logged(jobs, caplog, problem):
    """The warnings and errors that are logged when a job ends with a problem."""

    def work(job):
        raise problem

    jobs.start("sync:ada", work)
    jobs.wait("sync:ada", 5)
    jobs.close()
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_problem_of_the_store_is_logged_once_with_the_job_that_it_ended(jobs, caplog):
    said = logged(jobs, caplog, StorageProblem("The disk that holds “tonearm.db” is full."))

    assert said == ["The job “sync” failed: StorageProblem: The disk that holds “tonearm.db” is full."]
    assert "ada" not in caplog.text


@pytest.mark.parametrize(
    "problem",
    [
        SpotifyUnreachable("Spotify did not answer."),
        NothingToRank("No song of yours has a Spotify id."),
        NoRoom("There is no room for more."),
        Erased("Everything of yours was erased."),
    ],
    ids=lambda problem: type(problem).__name__,
)
def test_what_a_listener_or_spotify_brought_about_is_no_line_in_the_log(jobs, caplog, problem):
    assert logged(jobs, caplog, problem) == []


def test_closing_stops_every_job():
    jobs, started = Jobs(), threading.Event()

    def work(job):
        started.set()
        job.sleep(600)

    jobs.start("sync:ada", work)
    started.wait(5)
    jobs.close()
    assert jobs.snapshot("sync:ada").state == "cancelled"


def test_a_limited_number_of_finished_jobs_are_remembered(jobs, monkeypatch):
    monkeypatch.setattr("recsys.services.jobs.MAX_FINISHED", 2)
    for name in "abcd":
        jobs.start(name, lambda job: None)
        jobs.wait(name, 5)
    assert [name for name in "abcd" if jobs.snapshot(name)] == ["b", "c", "d"]


def test_a_job_that_was_started_again_is_not_the_first_to_be_forgotten(jobs, monkeypatch):
    monkeypatch.setattr("recsys.services.jobs.MAX_FINISHED", 2)
    for name in "abac":
        jobs.start(name, lambda job: None)
        jobs.wait(name, 5)
    jobs.start("d", lambda job: None)

    assert [name for name in "abcd" if jobs.snapshot(name)] == ["a", "c", "d"]


def test_the_jobs_of_a_listener_that_have_ended_are_others_whenever_one_more_has(jobs):
    go = threading.Event()
    before = jobs.ended("ada")
    jobs.start("sync:ada", lambda job: go.wait(5))
    jobs.start("sync:grace", lambda job: None)
    jobs.start("proof:ada:1f:2", lambda job: None)
    jobs.wait("sync:grace", 5)
    jobs.wait("proof:ada:1f:2", 5)
    assert jobs.ended("ada") == before

    go.set()
    jobs.wait("sync:ada", 5)
    first = jobs.ended("ada")
    jobs.start("sync:ada", lambda job: None)
    jobs.wait("sync:ada", 5)
    assert len({before, first, jobs.ended("ada")}) == 3


def test_what_a_job_logs_belongs_to_the_listener_who_started_it(jobs):
    with serving("ada"):
        jobs.start("sync:ada", lambda job: LISTENER.get())

    assert jobs.wait("sync:ada", 10).result == "ada"


def test_a_sync_waits_neither_behind_guests_nor_behind_proofs(jobs):
    go = threading.Event()
    for number in range(20):
        jobs.start(f"proof:guest-{number}", lambda job: go.wait(30))
        jobs.start(f"proof:listener-{number}", lambda job: go.wait(30))

    jobs.start("sync:ada", lambda job: "read")
    assert jobs.wait("sync:ada", 30).result == "read"

    go.set()


def test_a_listener_does_not_wait_behind_guests(jobs):
    go = threading.Event()
    for number in range(20):
        jobs.start(f"proof:guest-{number}", lambda job: go.wait(30))

    jobs.start("features:ada", lambda job: "found")
    assert jobs.wait("features:ada", 30).result == "found"

    go.set()


def test_invented_guests_fill_only_a_bounded_queue_and_hold_up_no_listener(jobs):
    go = threading.Event()
    started = [jobs.start(f"proof:guest-{number}:x", lambda job: go.wait(30)) for number in range(MAX_OF_GUESTS)]
    assert all(job.is_active for job in started)

    refused = jobs.start("proof:guest-one-more:x", lambda job: "never run")

    assert (refused.state, refused.result) == ("failed", None)
    assert refused.message == "Many guests are waiting at the moment. Try again in a few minutes."
    assert jobs.start("proof:guest-0:x", lambda job: "joined").is_active
    jobs.start("proof:ada:x", lambda job: "done")
    assert jobs.wait("proof:ada:x", 30).result == "done"
    go.set()
    for number in range(MAX_OF_GUESTS):
        jobs.wait(f"proof:guest-{number}:x", 30)
    jobs.start("proof:guest-one-more:x", lambda job: "run now")
    assert jobs.wait("proof:guest-one-more:x", 30).result == "run now"


def test_one_listener_cannot_queue_any_number_of_jobs_but_always_sync(jobs):
    go = threading.Event()
    for number in range(MAX_OF_ONE):
        assert jobs.start(f"proof:ada:{number}", lambda job: go.wait(30)).is_active
    refused = jobs.start("proof:ada:more", lambda job: "never run")
    assert refused.message.startswith("Several things are still running for you.")
    jobs.start("sync:ada", lambda job: "synced")
    assert jobs.wait("sync:ada", 30).result == "synced"
    go.set()


def test_what_is_started_while_the_server_shuts_down_has_a_sentence(jobs):
    """As a click, or the weekly lists of the listeners whose turn would come next."""
    jobs.close()

    ended = jobs.start("weekly:ada", lambda job: None)

    assert (ended.state, "shutting down" in ended.message) == ("failed", True)
