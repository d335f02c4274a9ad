"""Threads of a server share memory."""

import platform
import subprocess
import sys

import pytest

# Twenty threads, each of which allocates and ends; glibc prints what each arena has.
PROGRAM = """
import ctypes, sys, threading
from recsys.app.memory import limit_arenas
assert limit_arenas()
started = threading.Barrier(20)
def work():
    started.wait()
    held = [bytes(1000 + n) for n in range(500)]
    started.wait()
threads = [threading.Thread(target=work) for _ in range(20)]
for thread in threads: thread.start()
for thread in threads: thread.join()
ctypes.CDLL(None).malloc_stats()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_threads_share_two_arenas_of_memory():
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert ran.stderr.count("Arena ") == 2
