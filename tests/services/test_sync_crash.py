"""A sync that is killed without warning loses nothing it has stored, and goes on from the page it stopped at."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.services.spotify_world import entries, ids, on_list

ROOT = Path(__file__).resolve().parents[2]


def start_sync(world):
    fake = world.fake
    arguments = [str(world.settings.data_folder), fake.accounts_url, fake.api_url, fake.client_id]
    command = [sys.executable, "-m", "tests.services.crashing_sync", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def kill_when_stored(process, wanted, chance):
    """Kill the sync somewhere in the page after so many saved tracks; the last number it said."""
    for line in process.stdout:
        if int(line) >= wanted:
            break
    time.sleep(chance.random() * 0.02)
    process.kill()
    said = process.communicate(timeout=30)[0].split()
    return int(said[-1]) if said else wanted


@pytest.mark.parametrize("seed", range(2))
def test_a_killed_sync_goes_on_from_its_last_stored_page(world, spotify, seed):
    chance = random.Random(seed)
    process = start_sync(world)
    said = kill_when_stored(process, 50, chance)

    interrupted = world.sync.progress("ada").stage("saved")
    assert len(on_list(world, "saved")) >= interrupted.stored >= said
    assert interrupted.state in ("paused", "done")
    assert interrupted.found == 120
    mark = len(spotify.requests)
    saved = world.synced().stage("saved")

    asked = [seen.params["offset"] for seen in spotify.requests[mark:] if seen.call == "GET /v1/me/tracks"]
    expected = ["50", "100"] if interrupted.stored == 50 else ["100"] if interrupted.stored == 100 else []
    assert asked == expected
    assert (saved.found, saved.stored, saved.pending, saved.skipped) == (120, 120, 0, {})
    assert on_list(world, "saved") == ids(entries(spotify, "saved"))
    assert len(world.store.tracks("ada")) == world.store.tracks("ada")["track_id"].nunique()
