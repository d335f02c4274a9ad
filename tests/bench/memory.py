"""
How long a million songs take to open, and what they weigh, in a process of their own.

Their weight is what the process shrinks by when they are dropped, after freed memory was given back both times.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from recsys.importers.catalogue_file import write_catalogue
from tests.bench.invented import invented
from tests.bench.rows import Row

SONGS = 1_000_000
BYTES = 200
SECONDS = 3.0
OPENED = """
import ctypes, gc, json, pathlib, sys, time
import psutil, pyarrow as pa, pyarrow.parquet
from recsys.core.engine.catalogue import Catalogue
from recsys.importers.catalogue_file import read_catalogue
def resident():
    gc.collect()
    pa.default_memory_pool().release_unused()
    ctypes.CDLL(None).malloc_trim(0)
    return psutil.Process().memory_info().rss
began = time.perf_counter()
catalogue = Catalogue.from_tracks(read_catalogue(pathlib.Path(sys.argv[1])))
seconds = time.perf_counter() - began
songs, used = len(catalogue), resident()
del catalogue
print(json.dumps([seconds, (used - resident()) / songs]))
"""


def rows(quick: bool = False) -> Iterator[Row]:
    """Start-up and resident memory at a million songs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.parquet"
        write_catalogue(invented(SONGS), path)
        starts = [_opened(path) for _ in range(3)]  # the file has only just been written when the first one reads it
    seconds, weight = (median(found) for found in zip(*starts, strict=True))
    yield Row("start-up from Parquet, 1M songs, median of 3 (≤ 1.0)", seconds, f"{SECONDS:.0f} s", seconds / SECONDS)
    yield Row(f"{weight:.0f} resident bytes a song with text, 1M songs (≤ 1.0)", None, f"{BYTES} bytes", weight / BYTES)


def _opened(path: Path) -> tuple[float, float]:
    """The seconds until a file is a catalogue, and its bytes a song."""
    done = subprocess.run([sys.executable, "-c", OPENED, path], capture_output=True, text=True, check=True)
    seconds, weight = json.loads(done.stdout)
    return seconds, weight
