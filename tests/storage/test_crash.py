"""An import that is killed loses nothing it has acknowledged, and completes when it is run again."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.store import SqliteStore
from tests.storage.crashing_import import BATCH, ROWS
from tests.storage.tables import many_tracks

ROOT = Path(__file__).resolve().parents[2]


def start_import(path):
    command = [sys.executable, "-m", "tests.storage.crashing_import", str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def kill_at_random(process, chance):
    """Kill the import some time after a random acknowledgement; the last number it said."""
    said = 0
    for _ in range(chance.randint(1, ROWS // BATCH - 10)):
        said = int(process.stdout.readline())
    time.sleep(chance.random() * 0.01)  # anywhere within the next batch or two
    process.kill()
    rest = process.communicate(timeout=30)[0].split()
    return int(rest[-1]) if rest else said


@pytest.mark.parametrize("seed", range(2))
def test_an_import_killed_at_any_point_loses_nothing_acknowledged_and_completes_when_rerun(tmp_path, seed):
    path, chance, tracks, most = tmp_path / "tonearm.db", random.Random(seed), many_tracks(ROWS), 0

    for _ in range(2):
        acknowledged = kill_at_random(start_import(path), chance)
        most = max(most, acknowledged)
        stored = read(path)
        assert len(stored) >= most
        assert len(stored) % BATCH == 0, "a batch was stored in part"
        assert_frame_equal(stored, tracks[: len(stored)])
    process = start_import(path)
    process.communicate(timeout=60)

    assert process.returncode == 0
    assert_frame_equal(read(path), tracks)
    assert SqliteStore(Database(path)).counts("ada")["track_origins"] == ROWS


def read(path):
    database = Database(path)
    with database.read() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    tracks = SqliteStore(database).tracks("ada")
    database.close()
    return tracks
