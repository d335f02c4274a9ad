"""Two processes on one store: a sync runs in one of them, the other joins, and takes over only from the dead."""

import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from recsys.errors import ReconnectSpotify, StorageProblem
from recsys.services.jobs import Cancelled, Job
from recsys.services.leases import CANCEL, LEASE_S, STATE, Leases, this_process
from recsys.times import to_iso
from tests.fakes.faults import Fault
from tests.services.spotify_world import entries, ids, on_list


@pytest.fixture
def other(world):
    """A second process, on another host."""
    other = world.elsewhere()
    yield other
    other.close()


@pytest.fixture
def held_page(spotify):
    """The first page of saved tracks is not answered before `go` is set; `arrived` says that it was asked for."""

    class Held:
        arrived, go = threading.Event(), threading.Event()

    def hold(seen):
        Held.arrived.set()
        Held.go.wait(10)
        return False

    spotify.fail_when("GET /v1/me/tracks", Fault(), hold)
    yield Held
    Held.go.set()


def claim(world, process, seconds=LEASE_S):
    """What a process leaves in the store that was at work a moment ago."""
    until = to_iso(world.now() + timedelta(seconds=seconds))
    world.store.save_state("ada", STATE, {"process": process, "until": until})


def ended_process():
    """The number of a process of this host that ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait(30)
    return process.pid


def own(pid):
    """A process of this host."""
    host, _, _ = this_process().split("/")
    return f"{host}/{pid}/x"


def test_a_start_in_a_second_process_joins_and_every_page_is_asked_for_once(world, other, spotify, held_page):
    world.sync.start("ada")
    assert held_page.arrived.wait(10)

    joined = other.sync.start("ada")
    assert joined.is_running
    assert joined.stage("saved").state == "running"
    held_page.go.set()
    for one in (other, world):
        progress = one.sync.wait("ada", 30)
        assert (progress.is_running, progress.finished_at is not None) == (False, True)

    assert [seen.params["offset"] for seen in spotify.requests if seen.call == "GET /v1/me/tracks"] == [
        "0",
        "50",
        "100",
    ]
    assert spotify.count("GET /v1/me/top/tracks") == 3
    assert on_list(world, "saved") == ids(entries(spotify, "saved"))


def test_a_process_that_did_not_start_it_shows_the_sync_and_can_cancel_it(world, other, held_page, monkeypatch):
    cancelled, cancel = threading.Event(), Job.cancel
    monkeypatch.setattr(Job, "cancel", lambda job: (cancel(job), cancelled.set()))
    world.sync.start("ada")
    assert held_page.arrived.wait(10)
    assert other.sync.progress("ada").is_running

    other.sync.cancel("ada")
    assert cancelled.wait(10)
    held_page.go.set()
    progress = other.sync.wait("ada", 30)

    assert not progress.is_running
    assert progress.is_interrupted
    assert not world.sync.progress("ada").is_running


def test_two_processes_never_ask_spotify_at_the_same_moment(world, other, spotify):
    world.connect("grace")
    spotify.fail_when("*", Fault.slow(0.02))
    world.sync.start("ada")
    other.sync.start("grace")
    assert world.sync.wait("ada", 30).finished_at
    assert other.sync.wait("grace", 30).finished_at
    assert spotify.faults.most_at_once == 1


def test_erasing_in_one_process_stops_the_sync_in_another_first(world, other, held_page):
    world.sync.start("ada")
    assert held_page.arrived.wait(10)
    threading.Timer(0.2, held_page.go.set).start()

    assert not any(other.account.erase("ada").values())

    world.sync.wait("ada", 30)
    assert not any(world.account.counts("ada").values())


def test_a_dead_process_of_another_host_is_replaced_when_its_time_is_over(world):
    claim(world, "elsewhere/1/x")
    waiting = world.sync.start("ada")
    assert waiting.is_running
    assert world.sync.wait("ada", 0.7).is_running
    assert not world.store.tracks("ada").size

    world.clock.now += LEASE_S
    assert world.sync.wait("ada", 30).finished_at is not None
    assert on_list(world, "saved") == ids(entries(world.fake, "saved"))


def test_waiting_for_another_process_can_be_cancelled(world):
    claim(world, "elsewhere/1/x")
    world.sync.start("ada")
    world.jobs.cancel("sync:ada")
    assert world.jobs.wait("sync:ada", 10).state == "cancelled"


@pytest.mark.parametrize("pid", [ended_process, os.getpid], ids=["its number is free", "its number is ours now"])
def test_a_dead_process_of_this_host_is_replaced_at_once(world, pid):
    claim(world, own(pid()), seconds=3600)
    assert not world.sync.progress("ada").is_running
    assert world.synced().finished_at is not None


@pytest.mark.parametrize("pid", [os.getppid(), 1], ids=["one of ours", "one of somebody else"])
def test_a_living_process_of_this_host_is_left_alone(world, pid):
    claim(world, own(pid))
    assert world.sync.progress("ada").is_running


def test_who_lost_its_place_stops(world):
    job = Job()
    with pytest.raises(Cancelled), world.leases.held("ada", job):
        claim(world, "elsewhere/1/x")
        job.sleep(10)
    assert world.store.state("ada", STATE)["process"] == "elsewhere/1/x"


def test_the_time_moves_on_while_the_work_goes_on_and_nothing_is_left_after_it(world):
    real = replace(world.leases, clock=lambda: datetime.now(UTC))
    with real.held("ada", Job()):
        first = world.store.state("ada", STATE)["until"]
        time.sleep(0.2)
        assert world.store.state("ada", STATE)["until"] > first
    assert world.store.state("ada", STATE) is None


def test_a_wish_to_stop_is_not_lost_when_a_sign_is_given_at_the_same_moment(world, other, monkeypatch):
    job, plain = Job(), world.leases._save

    def cancelled_meanwhile(leases, listener, store):
        other.leases.cancel(listener)
        plain(listener, store)

    with pytest.raises(Cancelled), world.leases.held("ada", job):
        monkeypatch.setattr(Leases, "_save", cancelled_meanwhile)
        job.sleep(10)
    assert world.store.state("ada", CANCEL) is None


def test_a_heartbeat_at_the_moment_of_an_erasure_leaves_no_row(world, monkeypatch):
    job, plain = Job(), Leases._is_ours

    def erased_meanwhile(leases, listener, name):
        is_ours = plain(leases, listener, name)
        world.store.erase(listener)
        return is_ours

    with pytest.raises(Cancelled), world.leases.held("ada", job):
        monkeypatch.setattr(Leases, "_is_ours", erased_meanwhile)
        job.sleep(10)
    assert not any(world.store.counts("ada").values())


def test_a_wish_to_stop_does_not_outlive_the_work_it_was_meant_for(world, other):
    with world.leases.held("ada", Job()):
        other.leases.cancel("ada")
    with world.leases.held("ada", Job()) as is_ours:
        time.sleep(0.3)
        assert is_ours


def test_work_that_fails_gives_its_place_back(world):
    with pytest.raises(StorageProblem), world.leases.held("ada", Job()):
        raise StorageProblem("The store does not answer.")
    assert world.store.state("ada", STATE) is None


@pytest.mark.parametrize("problem", [StorageProblem("No answer."), ReconnectSpotify("Your sign-in has ended.")])
def test_a_store_that_does_not_answer_at_the_end_does_not_hide_how_the_work_ended(world, problem):
    class Broken:
        def __getattr__(self, name):
            raise problem

    stores = [world.store]
    leases = Leases(lambda listener: stores[0], world.sessions.locked, world.now, 0.02)
    with leases.held("ada", Job()) as is_ours:
        stores[0] = Broken()
        time.sleep(0.1)
    assert is_ours


def test_listeners_do_not_wait_for_each_other(world, other):
    with world.leases.held("ada", Job()), other.leases.held("grace", Job()) as is_ours:
        assert is_ours
        assert other.leases.is_elsewhere("ada")
        assert not world.leases.is_elsewhere("ada")


def test_the_row_tells_no_name_of_the_host(world):
    with world.leases.held("ada", Job()):
        assert socket.gethostname() not in str(world.store.export("ada")["sync_state"].to_dict())


def test_a_lease_from_a_clock_that_was_an_hour_ahead_is_not_waited_for(world):
    claim(world, "elsewhere/1/x", seconds=3600)
    assert not world.leases.is_elsewhere("ada")
    assert world.synced().stage("saved").state == "done"


def test_two_containers_of_one_host_name_and_pid_do_not_take_each_other_for_dead(world):
    with in_a_pid_namespace() as one, in_a_pid_namespace() as two:
        assert pid_of(one) == pid_of(two), "each is the first process of its namespace"
        ours = replace(world.leases, process=two)
        claim(world, one)

        assert ours.is_elsewhere("ada")


def pid_of(process):
    return process.split("/")[1]


@contextmanager
def in_a_pid_namespace():
    """What `this_process` says in a pid namespace of its own, as a container has, while that process lives."""
    code = "from recsys.services.leases import this_process; print(this_process(), flush=True); input()"
    command = ["unshare", "--pid", "--fork", "--mount-proc", sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if not (said := process.stdout.readline().strip()):
            pytest.skip("no pid namespace can be made here")
        yield said
        process.stdin.write("\n")
