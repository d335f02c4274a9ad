"""Spotify's JSON becomes rows of the track table, once and here. Unknown fields are ignored, absent ones are missing.

Shapes: https://developer.spotify.com/documentation/web-api/reference/get-users-saved-tracks and its neighbours, as
answered to an app in Development Mode since February 2026 (no popularity, `item` where playlists said `track`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from recsys.core.model.features import feature
from recsys.core.model.tracks import MAX_TEXT, SPOTIFY_ID, as_tracks
from recsys.spotify.models import Playlist

GONE: Final = "no longer on Spotify"
LOCAL: Final = "a file of the listener's own"
EPISODE: Final = "a podcast episode"
NAMELESS: Final = "without a title"
TOO_LONG: Final = f"with a name longer than {MAX_TEXT:,} characters"
REPEATED: Final = "more than once on the list"
UNKNOWN_ARTIST: Final = "Unknown artist"
LARGEST: Final = 2**53
"""The largest valid number: JSON has no limit, and what is larger is no duration and no count."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Parsed:
    """
    A page of entries. `tracks` is a track table, `positions` says at which entry (from 0) each of its rows stood, and
    `skipped` counts the entries that are no row, by reason: together they are all entries.
    """

    tracks: pd.DataFrame
    positions: tuple[int, ...]
    skipped: Mapping[str, int]


def parse_tracks(entries: Iterable[Any]) -> Parsed:
    """Read saved, playlist or recently-played entries, or bare tracks. Never raises on what Spotify may send."""
    rows: dict[str, Row] = {}
    positions: list[int] = []
    skipped: Counter[str] = Counter()
    for position, entry in enumerate(entries):
        track = track_in(entry)
        reason = why_no_row(track) or (REPEATED if track["id"] in rows else None)
        if reason:
            skipped[reason] += 1
            continue
        rows[track["id"]] = track_row(track) | {"added_at": text_in(_object(entry).get("added_at"))}
        positions.append(position)
    table = pd.DataFrame(list(rows.values()))
    return Parsed(as_tracks(table), tuple(positions), dict(skipped))


def track_in(entry: Any) -> Row:
    """The track object of an entry: under `item`, before 2026 under `track`, or the entry itself; {} for none."""
    found = _object(entry)
    if "item" in found or "track" in found:
        return _object(found.get("item") or found.get("track")) | (
            {"is_local": True} if found.get("is_local") is True else {}
        )
    return found


def why_no_row(track: Row) -> str | None:
    """Why this is not a track that can be looked up anywhere; None when it is one."""
    if track.get("is_local") is True or str(track.get("uri")).startswith("spotify:local:"):
        return LOCAL
    if (track.get("type") or "track") != "track":
        return EPISODE
    if not re.fullmatch(SPOTIFY_ID, str(track.get("id"))):
        return GONE
    if not text_in(track.get("name")):
        return NAMELESS
    texts = (text_in(track["name"]), _names(track.get("artists")), text_in(_object(track.get("album")).get("name")))
    return TOO_LONG if any(len(text or "") > MAX_TEXT for text in texts) else None


def track_row(track: Row) -> Row:
    """One row, from a track object that `why_no_row` lets pass."""
    album = _object(track.get("album"))
    value = _object(track.get("external_ids")).get("isrc")
    code = (text_in(value) or "").upper().replace("-", "")
    # The year of `2019-02-01`, `2019-02` or `2019`, whichever precision Spotify knows.
    release_date = album.get("release_date")
    found = re.match(r"\d{4}(?!\d)", text_in(release_date) or "")
    return {
        "track_id": track["id"],
        "title": text_in(track["name"]),
        "artists": _names(track.get("artists")) or UNKNOWN_ARTIST,
        "album": text_in(album.get("name")),
        "isrc": (code if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", code) else None),
        "year": _in_range("year", float(found.group()) if found else None),
        "duration_ms": _in_range("duration", _number(track.get("duration_ms"))),
        "popularity": _number(track.get("popularity")),
        "explicit": float(track["explicit"]) if isinstance(track.get("explicit"), bool) else None,
    }


def parse_plays(entries: Iterable[Any]) -> pd.DataFrame:
    """
    Listening history from recently-played entries: `track_id, played_at, ms_played`.

    `ms_played` is missing throughout: Spotify says when a track was played here, not for how long.
    """
    entries = [(track_in(entry), text_in(_object(entry).get("played_at"))) for entry in entries]
    plays = [(track["id"], at) for track, at in entries if at and why_no_row(track) is None]
    table = pd.DataFrame(plays, columns=["track_id", "played_at"]).astype("str")
    return table.assign(ms_played=pd.Series([None] * len(table), dtype="float64"))


def parse_playlist(item: Any) -> Playlist | None:
    """From a playlist object; None for the holes Spotify leaves. Reads `items.total`, before 2026 `tracks.total`."""
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        return None
    contents = item.get("items") or item.get("tracks")
    owner = item.get("owner")
    total = contents.get("total") if isinstance(contents, dict) else None
    return Playlist(
        playlist_id=item["id"],
        name=text_in(item.get("name")) or "Unnamed playlist",
        owner_id=str(owner.get("id")) if isinstance(owner, dict) else "",
        is_collaborative=item.get("collaborative") is True,
        snapshot_id=item["snapshot_id"] if isinstance(item.get("snapshot_id"), str) else None,
        total=total if isinstance(total, int) else None,
        description=str(item.get("description") or ""),
    )


def _object(value: Any) -> Row:
    return value if isinstance(value, dict) else {}


def text_in(value: Any) -> str | None:
    """Text without blanks around it, or None. JSON can carry half of a surrogate pair, which no table can hold."""
    return (value.strip().encode("utf-8", "replace").decode() or None) if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) <= LARGEST else None


def _names(artists: Any) -> str:
    """Joined with "; ", which therefore may not occur inside a name."""
    names = (text_in(_object(artist).get("name")) for artist in (artists if isinstance(artists, list) else []))
    return "; ".join(name.replace(";", ",") for name in names if name)


def _in_range(name: str, value: float | None) -> float | None:
    """The value, or None outside the range of the feature table (Spotify says year 0 and 0 ms for "unknown")."""
    row = feature(name)
    return value if value is not None and row.low <= value <= row.high else None
