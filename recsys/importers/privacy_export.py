"""
Spotify's answer to "download your data": what was played, saved and put into playlists.

Two packages exist: the extended streaming history (every play of all years, with track URIs) and the account data (one
year of plays by name, the library and playlists with URIs). Field names: https://support.spotify.com/article/understanding-my-data/.
Only the fields named here are ever looked at; addresses, devices, user names and countries are not read.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recsys.core.model.plays import no_plays
from recsys.core.model.tracks import MAX_TEXT
from recsys.importers import text_cells
from recsys.importers.json_stream import plain_text
from recsys.importers.merging import as_rows, distinct
from recsys.importers.report import MOST_PROBLEMS, PODCAST, FileReport, Imported, Problem

SHORTEST_PLAY_MS: Final = 30_000
"""From 30 seconds on Spotify counts a play as a stream: https://support.spotify.com/article/how-we-count-streams/."""

LONGEST_PLAY_MS: Final = 1e12
AUDIOBOOK: Final = "audiobook"
NO_TRACK: Final = "no track named"
MALFORMED: Final = "not an entry of this export"
TOO_SHORT: Final = f"played for less than {SHORTEST_PLAY_MS // 1000} seconds"
ACCOUNT_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")


class Entry(NamedTuple):
    """One track of an export; `played_at` and `ms_played` only for plays."""

    uri: str | None
    title: str | None
    artist: str | None
    album: str | None
    added_at: str | None = None
    played_at: str | None = None
    ms_played: float | None = None


@dataclass(frozen=True)
class Export:
    """One kind of file. `read` gives an entry, or the reason why there is none."""

    name: str
    read: Callable[[Mapping[str, Any]], Entry | str]
    has_plays: bool = True


def _extended_play(play: Mapping[str, Any]) -> Entry | str:
    if _text(play, "spotify_episode_uri") or _text(play, "episode_name"):
        return PODCAST
    if _text(play, "audiobook_uri") or _text(play, "audiobook_title"):
        return AUDIOBOOK
    return _play(
        Entry(
            uri=_text(play, "spotify_track_uri"),
            title=_text(play, "master_metadata_track_name"),
            artist=_text(play, "master_metadata_album_artist_name"),
            album=_text(play, "master_metadata_album_album_name"),
            played_at=_text(play, "ts"),
            ms_played=_number(play, "ms_played"),
        )
    )


def _account_play(play: Mapping[str, Any]) -> Entry | str:
    if "podcastName" in play or "episodeName" in play:
        return PODCAST
    if "audiobookName" in play or "chapterName" in play:
        return AUDIOBOOK
    ended = _text(play, "endTime")
    if ended and ACCOUNT_TIME.fullmatch(ended):
        ended = f"{ended.replace(' ', 'T')}:00Z"
    names = Entry(None, _text(play, "trackName"), _text(play, "artistName"), None)
    return _play(names._replace(played_at=ended, ms_played=_number(play, "msPlayed")))


def _play(entry: Entry) -> Entry | str:
    is_short = entry.ms_played is not None and entry.ms_played < SHORTEST_PLAY_MS
    return TOO_SHORT if is_short else _named(entry)


def _saved_track(track: Mapping[str, Any]) -> Entry | str:
    return _named(Entry(_text(track, "uri"), _text(track, "track"), _text(track, "artist"), _text(track, "album")))


def _playlist_item(item: Mapping[str, Any]) -> Entry | str:
    track = item.get("track")
    if not isinstance(track, Mapping):
        return PODCAST if item.get("episode") else NO_TRACK
    return _named(
        Entry(
            uri=_text(track, "trackUri"),
            title=_text(track, "trackName"),
            artist=_text(track, "artistName"),
            album=_text(track, "albumName"),
            added_at=_text(item, "addedDate"),
        )
    )


def _named(entry: Entry) -> Entry | str:
    return entry if entry.uri or (entry.title and entry.artist) else NO_TRACK


EXTENDED: Final = Export("Spotify extended streaming history", _extended_play)
ACCOUNT: Final = Export("Spotify account data: streaming history", _account_play)
LIBRARY: Final = Export("Spotify account data: library", _saved_track, has_plays=False)
PLAYLISTS: Final = Export("Spotify account data: playlists", _playlist_item, has_plays=False)


def export_of(first: Any) -> Export | None:
    """Which export a file is, from its first entry or its only value; None if it is none of them."""
    if not isinstance(first, Mapping):
        return None
    if "ms_played" in first and ("master_metadata_track_name" in first or "spotify_track_uri" in first):
        return EXTENDED
    if "endTime" in first and "msPlayed" in first:
        return ACCOUNT
    if _is_library(first):
        return LIBRARY
    playlists = first.get("playlists")
    if not isinstance(playlists, list) or any(isinstance(each, Mapping) and "tracks" in each for each in playlists):
        return None
    return PLAYLISTS


def _is_library(value: Mapping[str, Any]) -> bool:
    """True for tracks beside what else can be saved, or tracks as only a library writes them."""
    tracks = value.get("tracks")
    if not isinstance(tracks, list):
        return False
    is_written_so = bool(tracks) and isinstance(tracks[0], Mapping) and {"artist", "track", "uri"} <= tracks[0].keys()
    is_empty = not tracks and bool({"albums", "artists", "shows"} & value.keys())
    return is_written_so or is_empty


def items_of(export: Export, entries: Iterable[Any]) -> Iterator[Any]:
    """
    The plays of a history, or the tracks inside the only value of a library or of playlists.

    What is there in place of a list is given as it is, so that it is counted.
    """
    key = {LIBRARY: "tracks", PLAYLISTS: "playlists"}.get(export)
    for entry in entries:
        inside = entry.get(key) if key and isinstance(entry, Mapping) else None
        if not isinstance(inside, list):
            yield entry
        elif export is LIBRARY:
            yield from inside
        else:
            for playlist in inside:
                items = (playlist.get("items") or []) if isinstance(playlist, Mapping) else playlist
                yield from items if isinstance(items, list) else [items]


def read_export(export: Export, items: Iterable[Any], name: str) -> Imported:
    """
    Import the items of an export: tracks without features, and plays where the file is a history.

    A row of the report is an item; row numbers in it count them from 1.
    """
    skipped: Counter[str] = Counter()
    entries: list[Entry] = []
    numbers: list[int] = []
    for number, item in enumerate(items, start=1):
        entry = export.read(item) if isinstance(item, Mapping) else MALFORMED
        if isinstance(entry, str):
            skipped[entry] += 1
        else:
            entries.append(entry)
            numbers.append(number)
    return _imported(export, entries, numbers, skipped, name)


def _imported(export: Export, entries: list[Entry], numbers: list[int], skipped: Counter[str], name: str) -> Imported:
    columns = (
        dict(zip(Entry._fields, zip(*entries, strict=True), strict=True))
        if entries
        else dict.fromkeys(Entry._fields, ())
    )
    cells = {field: pa.array(values, pa.string()) for field, values in columns.items() if field != "ms_played"}
    problems = []
    for field in ("title", "artist", "album"):
        is_long = pc.fill_null(pc.greater(pc.utf8_length(cells[field]), MAX_TEXT), False)
        short = pc.if_else(is_long, pa.scalar(None, pa.string()), cells[field])
        problems += _lost(field, cells[field], short, numbers, f"is longer than {MAX_TEXT:,} characters")
        cells[field] = short
    table, is_track = _table(cells)
    nameless = int((~is_track).sum())
    rows = as_rows(table.filter(pa.array(is_track)), export.name)
    tracks = distinct(rows)
    played_at = text_cells.iso_times(cells["played_at"])
    problems += _lost("played at", cells["played_at"], played_at, numbers, "is not a time")
    skipped += Counter({NO_TRACK: nameless})
    report = FileReport(
        file=name,
        format=export.name,
        rows=len(rows) + skipped.total(),
        tracks=len(tracks),
        duplicates=len(rows) - len(tracks),
        skipped=dict(skipped),
        problems=tuple(problems[:MOST_PROBLEMS]),
        problem_count=len(problems),
    )
    plays = no_plays()
    if export.has_plays:
        times = pd.Series(played_at.to_pandas()[is_track].array, dtype="str")
        ms_played = np.array(columns["ms_played"], dtype=np.float64)[is_track]
        plays = pd.DataFrame({"track_id": rows["track_id"], "played_at": times, "ms_played": ms_played})
    return Imported(tracks, plays, None, (report,))


def _table(cells: dict[str, pa.Array]) -> tuple[pa.Table, np.ndarray]:
    """Track columns of the entries, and which of them can be identified."""
    track_ids = text_cells.ids(cells["uri"])
    title, artists = text_cells.tidy(cells["title"]), text_cells.tidy(cells["artist"])
    table = pa.table(
        {
            "track_id": track_ids,
            "title": title,
            "artists": artists,
            "album": text_cells.tidy(cells["album"]),
            "added_at": text_cells.iso_times(cells["added_at"]),
        }
    )
    is_named = title.is_valid().to_numpy(False) & artists.is_valid().to_numpy(False)
    return table, track_ids.is_valid().to_numpy(False) | is_named


def _lost(column: str, before: pa.Array, after: pa.Array, numbers: list[int], says: str) -> list[Problem]:
    """A problem for each value that `before` has and `after` has not."""
    lost = np.flatnonzero(before.is_valid().to_numpy(False) & after.is_null().to_numpy(False))
    return [
        Problem(numbers[at], column, value, f"Entry {numbers[at]}: “{value}” {says}, so it was left empty.")
        for at in lost
        for value in [str(before[int(at)])[:80]]
    ]


def _text(entry: Mapping[str, Any], key: str) -> str | None:
    value = entry.get(key)
    return plain_text(value) if isinstance(value, str) and value.strip() else None


def _number(entry: Mapping[str, Any], key: str) -> float | None:
    value = entry.get(key)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    return float(value) if 0 <= value < LONGEST_PLAY_MS else None
