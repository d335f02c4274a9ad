"""Grows around a listener and dies without a word: `python -m tests.services.crashing_growth FOLDER URL ANSWERS`."""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx

from recsys.core.model.tracks import empty_tracks
from recsys.feature_sources.reccobeats import ReccoBeats
from recsys.services.features import Features
from recsys.services.growing import Growing
from recsys.services.jobs import Job, Jobs
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.store import SqliteStore


class Dying(ReccoBeats):
    """Kills the process in the middle of its n-th answer with features."""

    answers = 0

    def look_up(self, tracks):
        self.answers -= 1
        if self.answers < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().look_up(tracks)


class NoNames:
    """Nobody agreed that names may be sent."""

    name, at_once = "listenbrainz", 25


def main(folder, url, answers):
    store = SqliteStore(Database(Path(folder) / "tonearm.sqlite"))
    source = Dying(url, httpx.Client(timeout=30), gap=0.0)
    source.answers = int(answers)
    features = Features(lambda listener: store, lambda listener, library: [], lambda: datetime.now(UTC))
    growing = Growing(
        lambda listener: store,
        features,
        source,
        NoNames(),
        empty_tracks,
        lambda: store,
        Jobs(),
        lambda: datetime.now(UTC),
    )
    growing.run("ann", Job())


if __name__ == "__main__":
    main(*sys.argv[1:])
