"""
The hosted store against bare psycopg on the same Postgres: reading a library to its matrix, and saving tracks.

The store goes over HTTP, through the test gateway, as a listener behind row security; psycopg goes straight to the
socket as the owner. PostgREST itself would be faster than the gateway, and a network slower than the socket.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import psycopg

from recsys.core.model.tracks import NUMBERS
from recsys.storage.hosted.project import SupabaseProject
from recsys.storage.hosted.store import SupabaseStore
from recsys.storage.table_specs import TRACKS
from tests.bench.invented import invented
from tests.bench.rows import Row, together
from tests.database.gateway.server import running_gateway
from tests.database.postgres import running_cluster
from tests.database.project import make_project

LIBRARY, SAVED, REPEATS = 50_000, 5_000, 5
SELECT = f"select {', '.join(TRACKS.stored)} from public.user_tracks where user_id = %s order by saved_order"
UPSERT = f"""
insert into public.user_tracks (user_id, {", ".join(TRACKS.stored)}) values (%s{", %s" * len(TRACKS.stored)})
on conflict (user_id, spotify_track_id) do update set
    {", ".join(f"{name} = coalesce(excluded.{name}, user_tracks.{name})" for name in TRACKS.stored)}
"""


def rows(quick: bool = False) -> Iterator[Row]:
    """Reading and saving; `quick` with a tenth of the library."""
    library = invented(LIBRARY // 10 if quick else LIBRARY)
    with running_cluster() as cluster, running_gateway(cluster, make_project(cluster, "project")) as gateway:
        keys = gateway.project.publishable_key, gateway.project.secret_key
        project, listener = SupabaseProject(gateway.url, *keys), gateway.listener("bench")
        token = gateway.access_token(listener)
        store = SupabaseStore(project, lambda _: token)
        store.save_tracks(listener, library)
        with cluster.connect("project") as connection:
            yield _reading(store, connection, listener, len(library))
            yield _saving(store, connection, listener, library[:SAVED])
        project.close()


def _reading(store: SupabaseStore, connection: psycopg.Connection, listener: str, count: int) -> Row:
    seconds, bare = together(
        lambda _: store.tracks(listener)[list(NUMBERS)].to_numpy(),
        lambda _: connection.execute(SELECT, (listener,)).fetchall(),
        REPEATS,
    )
    target = " (≤ 1.5)" if count == LIBRARY else ""
    name = f"library of {count:,} tracks from Supabase to its matrix{target}"
    return Row(name, seconds, "the same rows fetched by bare psycopg", seconds / bare)


def _saving(store: SupabaseStore, connection: psycopg.Connection, listener: str, tracks: pd.DataFrame) -> Row:
    """Every repeat changes every track, so that nothing is saved by saving nothing."""
    changed = [tracks.assign(energy=np.roll(tracks["energy"], at + 1)) for at in range(2 * REPEATS + 2)]

    def bare(at: int) -> None:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(UPSERT, [(listener, *row) for row in TRACKS.rows(changed[-1 - at])])

    seconds, other = together(lambda at: store.save_tracks(listener, changed[at]), bare, REPEATS)
    return Row(f"upsert of {len(tracks):,} tracks", seconds, "the same by psycopg's executemany", seconds / other)
