"""The app to be loaded: a server of its own with a catalogue, and a library for each listener."""

import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from recsys.auth.guests import guest_listener
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.store import SqliteStore
from tests.bench.invented import invented
from tests.browser.server import ROOT, Server

SONGS = 80_000
OWN_SONGS = 300


def library(number: int, size: int = OWN_SONGS) -> pd.DataFrame:
    """Invented tracks whose titles name their listener."""
    tracks = invented(size, seed=1_000 + number)
    own = [f"{number:03d}-{at:04d}" for at in range(size)]
    return tracks.assign(
        track_id=[f"own{name}" for name in own],
        title=[f"Own song {name}" for name in own],
        artists=[f"Own artist {number:03d}-{at % 40:04d}" for at in range(size)],
    )


def as_in_the_image() -> dict[str, str]:
    """What the Dockerfile sets for malloc."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    return dict(re.findall(r"\b(MALLOC_\w+)=(\S+)", text))


@contextmanager
def served(
    listeners: int, catalogue: Path | None = None, instances: int = 1
) -> Iterator[tuple[list[Server], list[str]]]:
    """Running instances on one data folder, as in compose.yaml, and a session id per listener."""
    with TemporaryDirectory() as folder, ExitStack() as running:
        data = Path(folder)
        if catalogue is None:
            catalogue = data / "songs.parquet"
            pq.write_table(pa.Table.from_pandas(invented(SONGS), preserve_index=False), catalogue)
        session_ids = [secrets.token_urlsafe(32) for _ in range(listeners)]
        database = Database(data / "tonearm.db")
        store = SqliteStore(database)
        for number, session_id in enumerate(session_ids):
            store.save_tracks(guest_listener(session_id), library(number))
        database.close()
        environment = {"TONEARM_CATALOGUE": str(catalogue), "TONEARM_REQUESTS_A_MINUTE": "0", **as_in_the_image()}
        yield [running.enter_context(Server(data, **environment)) for _ in range(instances)], session_ids
