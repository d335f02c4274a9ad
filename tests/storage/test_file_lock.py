"""A lock between processes: one at a time, and a process that dies does not keep it."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from recsys.errors import StorageProblem
from recsys.storage.file_lock import file_lock

ROOT = Path(__file__).resolve().parents[2]
HOLDING = """
import sys, time, pathlib
from recsys.storage.file_lock import file_lock
with file_lock(pathlib.Path(sys.argv[1])):
    print("inside", flush=True)
    time.sleep(60)
"""


def test_one_at_a_time_is_inside(tmp_path):
    inside, most = [], []

    def work():
        with file_lock(tmp_path / "lock"):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.005)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == [1] * 8


def test_the_lock_of_a_killed_process_is_released_at_once(tmp_path):
    path, entered = tmp_path / "lock", threading.Event()
    holder = subprocess.Popen([sys.executable, "-c", HOLDING, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "inside\n"

    def wait():
        with file_lock(path):
            entered.set()

    threading.Thread(target=wait, daemon=True).start()
    assert not entered.wait(0.2)
    holder.kill()
    holder.communicate(timeout=60)
    assert entered.wait(10)


def test_the_lock_is_released_when_the_work_fails(tmp_path):
    with pytest.raises(ValueError), file_lock(tmp_path / "lock"):
        raise ValueError
    with file_lock(tmp_path / "lock"):
        assert (tmp_path / "lock").read_bytes() == b""


def test_a_file_that_cannot_be_opened_is_a_sentence(tmp_path):
    with pytest.raises(StorageProblem, match="write access"), file_lock(tmp_path):
        raise AssertionError("never inside")


def test_a_folder_that_is_missing_is_made(tmp_path):
    with file_lock(tmp_path / "data" / "lock"):
        assert (tmp_path / "data" / "lock").exists()
