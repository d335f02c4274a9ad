"""Workers that die, and clusters that do not answer."""

import gc
import os
import signal
import sys

import numpy as np
import pandas as pd
import pytest
from distributed.process import AsyncProcess

from recsys.batch.cluster import connected, rank_all
from recsys.batch.libraries import Listener
from recsys.batch.mapped_catalogue import load_catalogue, save, save_catalogue, save_shards
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.library_tracks import LibraryTracks
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.demo.catalogue import demo_catalogue
from recsys.errors import SettingsProblem

TODAY = pd.Timestamp("2026-11-28", tz="UTC")


@pytest.fixture(scope="module")
def mapped(tmp_path_factory):
    path = tmp_path_factory.mktemp("mapped") / "songs.catalogue"
    catalogue = Catalogue.from_tracks(demo_catalogue().head(500))
    save_catalogue(catalogue, path)
    return catalogue, path


def test_a_mapped_catalogue_ranks_like_the_one_it_was_made_of(mapped):
    catalogue, path = mapped
    library = demo_catalogue().tail(30)

    ours = Recommender(catalogue, library).recommend(Recipe()).table
    theirs = Recommender(load_catalogue(path), library).recommend(Recipe()).table

    pd.testing.assert_frame_equal(ours, theirs)


def test_the_arrays_of_a_mapped_catalogue_cannot_be_changed(mapped):
    with pytest.raises(ValueError, match="read-only"):
        load_catalogue(mapped[1]).axes[0, 0] = 1


@pytest.mark.parametrize("shards", [1, 2])
def test_a_worker_killed_in_the_middle_loses_nothing(mapped, tmp_path, shards):
    paths = save_shards(mapped[0], shards, tmp_path / "songs")
    library = demo_catalogue().tail(30).reset_index(drop=True)
    tracks = tmp_path / "songs.libraries"
    save(LibraryTracks(mapped[0], library), tracks)
    jobs = [(number, [Listener(f"{number}", np.arange(len(library)))]) for number in range(60)]
    finished = {}

    with connected(None, 2) as client:

        def done(number, ranked):
            if not finished:
                victim = next(iter(client.run(os.getpid).values()))
                os.kill(victim, signal.SIGKILL)
            assert number not in finished
            finished[number] = ranked

        rank_all(client, paths, tracks, jobs, Recipe(length=10), TODAY, done)

    assert sorted(finished) == list(range(60))
    assert all(len(ranked.lists) == 10 and not len(ranked.problems) for ranked in finished.values())


def test_workers_that_take_ten_seconds_to_end_do_not_fail_a_run(monkeypatch):
    """As on a machine that is busy with twenty other things: whoever waits for less is told so."""
    wait = AsyncProcess.join

    async def join(self, timeout=None):
        if timeout is not None and timeout < 10:
            raise TimeoutError
        await wait(self, timeout)

    monkeypatch.setattr(AsyncProcess, "join", join)
    with connected(None, 1) as client:
        found = client.submit(int, "7").result()
    assert found == 7


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each worker imports for itself")
def test_local_workers_begin_with_everything_imported_and_left_alone_by_garbage_collection():
    with connected(None, 1) as client:
        (frozen,) = client.run(gc.get_freeze_count).values()
    assert frozen > 50_000


def test_a_scheduler_that_does_not_answer_is_one_sentence(monkeypatch):
    monkeypatch.setattr("recsys.batch.cluster.CONNECT_SECONDS", 1)

    with (
        pytest.raises(SettingsProblem, match="No Dask scheduler answers"),
        connected("tcp://127.0.0.1:1", 1),
    ):
        pass
