"""
Our own time per track in a sync: parsing, counting and storing, without the waiting for Spotify.

`python -m tests.bench.sync 5000` measures any number of saved tracks by hand.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx

from recsys.services.jobs import Job
from tests.bench.rows import Row
from tests.fakes.spotify import FakeSpotify
from tests.services.spotify_world import SpotifyWorld

TRACKS = 5_000
LIMIT_MS = 1.0


class Synced(NamedTuple):
    """A sync at zero latency and without the politeness gap; `own` is processor time of the thread that syncs."""

    entries: int
    requests: int
    own: float
    wall: float


def measure(tracks: int = TRACKS) -> Synced:
    """Sync an invented listener into a new file. The invented Spotify runs in threads whose time is not counted."""
    with FakeSpotify(saved=tracks) as fake, tempfile.TemporaryDirectory() as folder, httpx.Client() as http:
        world = SpotifyWorld(fake, Path(folder), http)
        world.connect()
        wall, own = time.perf_counter(), time.thread_time()
        world.sync.run("ada", Job())
        spent = time.thread_time() - own, time.perf_counter() - wall
        entries = world.sync.progress("ada").found
        world.close()
        return Synced(entries, len(fake.requests), *spent)


def rows(quick: bool = False) -> Iterator[Row]:
    """Our own time per entry of a sync."""
    found = measure(TRACKS // 5 if quick else TRACKS)
    each = found.own / found.entries
    yield Row(
        f"our own time a track, sync of {found.entries:,} (≤ 1.0)", each, f"{LIMIT_MS:g} ms", 1000 * each / LIMIT_MS
    )


def main(tracks: int = TRACKS) -> None:
    """Print one line."""
    found = measure(tracks)
    each = 1000 * found.own / found.entries
    print(
        f"sync of {found.entries:,} entries in {found.requests} requests: {each:.2f} ms of our own time each "
        f"(at most {LIMIT_MS:g}), so the politeness gap of 0.3 s a request, {found.requests * 0.3:.0f} s, sets the pace"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
