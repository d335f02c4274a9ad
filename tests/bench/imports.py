"""
How fast files are imported, and how much memory that takes.

`python -m tests.bench.imports 1200000` measures any number of rows by hand.
"""

import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from tests.bench.rows import Row

ROWS = 100_000
SIGNS = np.array(list("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
UNIT = ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness", "valence")
MEASURED = """
import json, sys, time
from pathlib import Path
from recsys.importers.any_file import read_file
def peak():
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024
before = peak()
began = time.perf_counter()
report = read_file(Path(sys.argv[1]), "invented.csv").report
print(json.dumps([report.rows, report.tracks, time.perf_counter() - began, before, peak()]))
"""
"""Run in a process of its own, so that the peak is the import's. (`getrusage` would begin with the parent's peak.)"""


class Import(NamedTuple):
    """One import: memory in megabytes, `before` with the libraries loaded and `peak` at its highest."""

    rows: int
    tracks: int
    seconds: float
    before: float
    peak: float
    file_size: float


def measure(rows: int = ROWS) -> Import:
    """Import an invented file in the layout of the 1.2M dump."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "invented.csv"
        for at in range(0, rows, ROWS):
            invented(min(ROWS, rows - at), seed=at).to_csv(path, mode="a", header=not at, index=False)
        done = subprocess.run([sys.executable, "-c", MEASURED, path], capture_output=True, text=True, check=True)
        return Import(*json.loads(done.stdout), path.stat().st_size / 2**20)


def invented(rows: int, seed: int) -> pd.DataFrame:
    """Made-up tracks with the columns of `tracks_features.csv`; every fourth has two artists."""
    random = np.random.default_rng(seed)
    ids = ["".join(signs) for signs in random.choice(SIGNS, (rows, 22))]
    words = ["".join(signs) for signs in random.choice(SIGNS[10:36], (4_000, 6))]
    names = random.choice(words, (rows, 6))
    is_pair = random.random(rows) < 0.25
    first, second = (np.char.add(np.char.add(names[:, at], " "), names[:, at + 1]) for at in (2, 4))
    return pd.DataFrame(
        {
            "id": ids,
            "name": np.char.add(np.char.add(names[:, 0], " "), names[:, 1]),
            "album": names[:, 3],
            "album_id": ids[::-1],
            "artists": [str([a, b] if pair else [a]) for a, b, pair in zip(first, second, is_pair, strict=True)],
            "artist_ids": [str([each]) for each in ids],
            "track_number": 1,
            "disc_number": 1,
            "explicit": random.random(rows) < 0.1,
            **{name: random.random(rows).round(4) for name in UNIT},
            "key": random.integers(0, 12, rows),
            "loudness": -random.gamma(3, 3, rows).clip(0, 50).round(3),
            "mode": random.integers(0, 2, rows),
            "tempo": random.uniform(60, 200, rows).round(3),
            "duration_ms": random.integers(60_000, 400_000, rows),
            "time_signature": 4.0,
            "year": random.integers(1950, 2021, rows),
            "release_date": "2000-01-01",
        }
    )


def rows(quick: bool = False) -> Iterator[Row]:
    """One import against pandas alone, and its memory against the 2 GB that 1.2M rows may take."""
    found = measure(ROWS if quick else 12 * ROWS)
    per_row = found.seconds / found.rows
    name = f"import of {found.rows:,} CSV rows, {1 / per_row:,.0f} a second"
    yield Row(name, found.seconds, "pandas.read_csv, unchecked", per_row / _read_by_pandas())
    yield Row(f"its peak memory, {found.peak:,.0f} MB (≤ 1.0)", None, "2 GB", found.peak / 2048)


def _read_by_pandas() -> float:
    """Seconds a row."""
    text = io.BytesIO(invented(ROWS, seed=0).to_csv(index=False).encode())
    began = time.perf_counter()
    pd.read_csv(text)
    return (time.perf_counter() - began) / ROWS


def main(rows: int = ROWS) -> None:
    """Print one line."""
    found = measure(rows)
    print(
        f"import of {found.rows:,} rows ({found.file_size:.0f} MB CSV): {found.rows / found.seconds:,.0f} rows/s, "
        f"peak memory {found.peak:.0f} MB, of which {found.before:.0f} MB are Python and its libraries"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
