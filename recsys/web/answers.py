"""What the programs' API answers, as pydantic models: they choose what is sent and describe it for OpenAPI."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from recsys.core.engine.recommender import Recommendations
from recsys.core.insights.wording import unlisted_in_words, unranked_in_words
from recsys.services.sync_progress import StageState

Count = Annotated[int, Field(ge=0)]


class _Answer(BaseModel):
    """Read from objects by attribute, so that a model names exactly what programs may see of them."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")


class Error(_Answer):
    """Why there is no other answer; `field` is the parameter to change."""

    error: str
    field: str = ""


class Health(_Answer):
    """`failed` names the parts that do not work."""

    status: Literal["ok", "failing"]
    version: str
    failed: list[Literal["store", "catalogue"]]


class Me(_Answer):
    """The caller's profile."""

    user_id: str
    display_name: str | None
    avatar_url: str | None


class Progress(_Answer):
    """found = stored + skipped + pending."""

    found: Count
    stored: Count
    pending: Count
    message: str
    blocked_until: str | None


class Stage(Progress):
    """One list of a sync; `skipped` counts by reason."""

    name: str
    title: str
    state: StageState
    skipped: Mapping[str, Count]
    added: Count
    removed: Count


class Sync(Progress):
    """A sync. Where reading continues and what was read before stay on the server."""

    is_running: bool
    started_at: str | None
    finished_at: str | None
    skipped: Count
    stages: list[Stage]


class Track(_Answer):
    """One recommendation."""

    rank: Annotated[int, Field(ge=1)]
    track_id: str
    title: str
    artists: str
    album: str | None
    year: float | None
    genres: str | None
    score: float
    cosine: Annotated[float, Field(ge=-1.001, le=1.001)]
    url: str | None
    pool: Annotated[str | None, Field(description="Where the song came from, for listeners with a pool.")] = None
    isrc: str | None = None
    features: Annotated[
        Mapping[str, float | bool | None], Field(description="Numbers as the catalogue knows them, in their own units.")
    ] = {}
    contributions: Annotated[
        Mapping[str, float], Field(description="How much each feature added to the score; the values sum to it.")
    ]


class RecommendationList(_Answer):
    """A list, best first."""

    user_id: str
    created_at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    note: Annotated[str | None, Field(description="Says so where the songs are invented.")]
    counts: Mapping[str, Count]
    unranked: Annotated[
        str | None, Field(description="Which forgotten songs could not be ranked, where there are some.")
    ] = None
    unlisted: Annotated[
        Sequence[str], Field(description="Which locked songs are not on the list and why, where there are some.")
    ] = ()
    tracks: list[Track]


def as_json(listener: str, found: Recommendations, created_at: str, note: str | None = None) -> dict[str, Any]:
    """The list as plain values: what is missing is None, and the contributions of each track sum to its score."""
    # All three tables have the songs in the same order.
    names, parts = found.contributions.columns.tolist(), found.contributions.to_numpy().tolist()
    contributions = [dict(zip(names, row, strict=True)) for row in parts]
    tracks = [{**track, "contributions": c} for track, c in zip(_records(found.table), contributions, strict=True)]
    if len(found.features):
        features = _records(found.features)
        tracks = [{**track, "isrc": f.pop("isrc"), "features": f} for track, f in zip(tracks, features, strict=True)]
    counts = {name: int(count) for name, count in found.counts.items()}
    about = {
        "note": note,
        "counts": counts,
        "unranked": unranked_in_words(found.unranked) if len(found.unranked) else None,
        "unlisted": unlisted_in_words(found.unlisted),
    }
    return {"user_id": listener, "created_at": created_at, **about, "tracks": tracks}


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Rows as plain values. As one array of objects, which takes a third of the time of going column by column."""
    names = table.columns.tolist()
    return [
        {name: None if value != value else value for name, value in zip(names, row, strict=True)}  # NaN is not itself
        for row in table.astype(object).to_numpy().tolist()
    ]


def as_rows(found: Recommendations, created_at: str) -> pd.DataFrame:
    """The list as stores save it: `track_id, score, created_at`."""
    table = found.table
    return pd.DataFrame({"track_id": table["track_id"].array, "score": table["score"].array, "created_at": created_at})
