"""A process that is killed while it renews a list neither gives a song twice nor loses a week or the playlist."""

import random
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from recsys.services.playlists import Playlists
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.sessions import SqliteSessions
from tests.services.test_playlists import contents, made
from tests.services.test_weekly import NAME, Weekly

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("seed", range(2))
def test_a_killed_renewal_is_finished_by_the_next(world, spotify, seed):
    chance = random.Random(seed)
    arguments = [str(world.settings.data_folder), spotify.accounts_url, spotify.api_url, spotify.client_id]
    command = [sys.executable, "-m", "tests.services.crashing_weekly", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    for line in process.stdout:
        if int(line) >= seed:
            break
    time.sleep(chance.random() * 0.05)  # somewhere in the next week
    process.kill()
    process.communicate(timeout=30)

    database = Database(world.settings.data_folder / "tonearm.sqlite")
    locked = SqliteSessions(database, world.cipher, clock=lambda: time.time() + 60).locked  # the dead one's lease ended
    playlists = Playlists(world.store_for, world.spotify.writer, locked, world.now, world.clock.sleep)
    weekly = Weekly(world, playlists=playlists, locked=locked)
    latest = world.store.weekly("ada").renewed_week
    weekly.now = datetime.combine(date.fromisoformat(latest), datetime.min.time(), UTC)
    report = weekly.refresh()

    assert (report.asked, report.renewed + report.fresh, report.failed) == (1, 1, {})
    given = world.store.weekly_songs("ada")
    assert given.groupby("week").size().unique().tolist() == [3]
    assert given["week"].max() == latest and given["track_id"].is_unique
    assert len(made(spotify, NAME)) == 1
    assert contents(spotify, NAME) == weekly.list_of(latest)
    assert weekly.refresh().fresh == 1
