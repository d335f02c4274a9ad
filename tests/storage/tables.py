"""Small tables to store, and one large one."""

import numpy as np
import pandas as pd

from recsys.core.model.tracks import NUMBERS, as_tracks
from recsys.storage.store import WeeklyList

NOON = "2026-11-20T12:00:00Z"
LATER = "2026-11-20T13:00:00Z"


def some_tracks(*ids, **values):
    """Tracks of those ids, titled after them; `values` are columns, one value for all or a list."""
    table = pd.DataFrame({"track_id": list(ids)}, dtype="str")
    return as_tracks(table.assign(**{"title": [f"Song {i}" for i in ids], "artists": "Somebody", **values}))


def many_tracks(rows, seed=7):
    """Tracks with every column filled, a tenth of the numbers unknown, ids in no order."""
    rng = np.random.default_rng(seed)
    numbers = pd.DataFrame(rng.random((rows, len(NUMBERS))), columns=list(NUMBERS))
    numbers = numbers.mask(rng.random(numbers.shape) < 0.1)
    texts = pd.DataFrame({"track_id": [f"{number:022d}" for number in rng.permutation(rows)]})
    return as_tracks(
        pd.concat([texts, numbers], axis=1).assign(
            title=[f"Song {number}" for number in range(rows)],
            artists=[f"Artist {number % 97}; Guest" for number in range(rows)],
            album="An album",
            isrc=[f"GBAAA{number:07d}" for number in range(rows)],
            genres="rock,dream pop",
            added_at=NOON,
            source="file",
        )
    )


def origins(*ids, origin="saved", seen_at=NOON, rank=float("nan")):
    table = pd.DataFrame({"track_id": list(ids)}, dtype="str")
    return table.assign(origin=origin, seen_at=seen_at, rank=rank)


def plays(*moments, track_id="a", ms_played=180_000.0):
    table = pd.DataFrame({"played_at": list(moments)}, dtype="str")
    return table.assign(track_id=track_id, ms_played=ms_played)


def recommended(**scores):
    table = pd.DataFrame({"track_id": list(scores), "score": list(scores.values())})
    return table.astype({"track_id": "str", "score": "float64"}).assign(created_at=NOON)


def misses(*ids, source="reccobeats", asked_at=NOON):
    table = pd.DataFrame({"track_id": list(ids)}, dtype="str")
    return table.assign(source=source, asked_at=asked_at)


def weekly(*ids):
    """The list of a week, best first, as `save_weekly_songs` takes it."""
    ranks = [float(rank) for rank in range(1, len(ids) + 1)]
    table = some_tracks(*ids)[["track_id", "title", "artists"]]
    return table.assign(rank=ranks, score=[1 / rank for rank in ranks])


def fill_everything(store, listener, mark="a"):
    """Write at least one row into every table a `Store` writes; `mark` stands in all of them."""
    store.save_tracks(listener, some_tracks(f"{mark}1", f"{mark}2", energy=0.5))
    store.save_origins(listener, origins(f"{mark}1", origin="saved"))
    store.save_plays(listener, plays(NOON, track_id=f"{mark}1"))
    store.save_profile(listener, {"spotify_id": mark, "display_name": f"Name {mark}", "avatar_url": None})
    store.save_recommendations(listener, recommended(**{f"{mark}9": 0.9}))
    store.save_recipe(listener, "Evening", {"length": 10, "of": mark})
    store.save_feedback(listener, some_tracks(f"{mark}8"), liked=True, at=NOON)
    store.save_state(listener, "cursor", {"of": mark})
    store.save_misses(listener, misses(f"{mark}1"))
    store.save_pool(listener, some_tracks(f"{mark}7"), NOON, 10)
    store.save_weekly(listener, WeeklyList({"of": mark}, 0, 1, f"Weekly {mark}"))
    store.save_weekly_songs(listener, "2026-11-16", weekly(f"{mark}9"), NOON)
    store.log_sent(listener, "ReccoBeats", f"track ids of {mark}", 2, NOON)


def everything(store, listener):
    """All that can be read of a listener, through every reading method, as comparable text."""
    tables = {
        "tracks": store.tracks(listener),
        "origins": store.origins(listener),
        "plays": store.plays(listener),
        "recommendations": store.recommendations(listener),
        "feedback": store.feedback(listener),
        "misses": store.misses(listener),
        "pool": store.pool(listener),
        "sent": store.sent(listener),
        "weekly songs": store.weekly_songs(listener),
        **{f"export {name}": table for name, table in store.export(listener).items()},
    }
    return {
        **{name: table.to_csv(index=False) for name, table in tables.items()},
        "profile": store.profile(listener),
        "recipes": store.recipes(listener),
        "weekly": store.weekly(listener),
        "state": store.state(listener, "cursor"),
        "counts": store.counts(listener),
    }
