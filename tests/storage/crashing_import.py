"""Imports 5,000 tracks in batches of 50 and prints after each that it is stored. To be killed. Argument: the file."""

import sys
from pathlib import Path

from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.store import SqliteStore
from tests.storage.tables import many_tracks, origins

ROWS, BATCH = 5_000, 50


def main(path):
    store, tracks = SqliteStore(Database(path)), many_tracks(ROWS)
    for start in range(0, ROWS, BATCH):
        batch = tracks[start : start + BATCH]
        store.save_tracks("ada", batch)
        store.save_origins("ada", origins(*batch["track_id"], origin="file:likes.csv"))
        print(start + BATCH, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
