"""Small track tables for the services."""

from collections.abc import Iterator

import pandas as pd

from recsys.core.model.tracks import as_tracks
from recsys.services.erasure import noticing_erasure
from recsys.services.library import ERASED, save_import
from recsys.storage.store import Saved, Store
from tests.fakes.spotify.music import spotify_id


def tracks(count, **columns):
    """So many invented tracks without audio features, unless `columns` say otherwise."""
    numbers = range(count)
    table = {
        "track_id": [spotify_id("table", number) for number in numbers],
        "title": [f"Song {number}" for number in numbers],
        "artists": ["Ida Voss"] * count,
        **columns,
    }
    return as_tracks(pd.DataFrame(table))


def importing(store: Store, listener: str, table: pd.DataFrame, origin: str, **more) -> Iterator[tuple[int, Saved]]:
    """What the Library page does with a file that has been read."""
    with noticing_erasure(store, listener, ERASED) as until_erased:
        yield from save_import(until_erased, listener, table, origin, "2026-11-25T12:00:00Z", **more)
