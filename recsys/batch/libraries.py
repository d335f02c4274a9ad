"""The libraries of many listeners, read from one table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from recsys.core.engine.library_tracks import NOTHING, Library
from recsys.core.model.arrays import Integers
from recsys.core.model.identity import name_id
from recsys.core.model.tracks import COLUMNS, as_tracks
from recsys.errors import NoTracks
from recsys.importers.any_file import read_file
from recsys.importers.playlists_file import DISLIKED, read_playlists
from recsys.importers.text_cells import PODCAST

OF_A_LISTENER: Final = ("list", "added_at", "heard_at", "liked")
"""Columns that differ between listeners of the same track."""


class Listener(NamedTuple):
    """
    One listener of a run.

    Attributes
    ----------
    name : str
    own, disliked : (n,)
        Positions in the table of all tracks.
    heard_at : list of str, or None
        When each of `own` was heard last (ISO 8601, UTC), "" where that is unknown; None where no recipe asks.
    """

    name: str
    own: Integers
    disliked: Integers = NOTHING
    heard_at: list[str] | None = None

    @property
    def library(self) -> Library:
        """As the engine takes it."""
        return Library(self.own, self.disliked)


@dataclass(frozen=True)
class Libraries:
    """
    Who has which songs.

    Attributes
    ----------
    entries : DataFrame
        `list` (the listener), `position` (of the row of `tracks`), `liked` (False: turned down), and `heard_at` (ISO
        8601, "" where unknown), in the order of the file.
    tracks : DataFrame
        What is known of the tracks of `entries`, with the columns of a track table: features where the file has them.
    """

    entries: pd.DataFrame
    tracks: pd.DataFrame

    @classmethod
    def read(cls, path: Path, with_times: bool = False) -> "Libraries":
        """
        Read a CSV or Parquet file with a column for the listener (or playlist), one for the track, and any others.

        Where there is a column “liked”, 0 stands for a track that its listener turned down.
        A track whose id is not Spotify's is the song of its title and artists where the file has those, else the track
        of that id in the catalogue. With times, the day on which a listener added a track counts as the day on which
        they heard it.

        Raises
        ------
        UnreadableFile
            It cannot be read, or lacks one of the two columns.
        """
        entries = read_playlists(path, ("title", "artists", "liked", *(("added_at",) if with_times else ())))
        try:
            tracks = read_file(path, path.name).tracks
        except NoTracks:  # no id is Spotify's, and no track has a title and an artist
            tracks = as_tracks(pd.DataFrame({"track_id": [], "title": [], "artists": []}, dtype="str"))
        entries = _by_name(entries[~entries["track_id"].str.contains(PODCAST)], tracks)
        if not len(entries):
            raise NoTracks(f"“{path.name}” holds no track of any listener.")
        tracks = _with_others(tracks, entries["track_id"])
        positions = pd.Index(tracks["track_id"]).get_indexer(pd.Index(entries["track_id"]))
        heard_at = entries["added_at"].fillna("") if with_times else ""
        entries = entries.assign(position=positions, liked=entries["liked"] != DISLIKED, heard_at=heard_at)
        return cls(entries[["list", "position", "liked", "heard_at"]], tracks)

    @classmethod
    def of(cls, libraries: Mapping[str, pd.DataFrame]) -> "Libraries":
        """
        Libraries that were read already: by listener a track table with `liked` and `heard_at`.

        A track of which two listeners know the same is one row; what one of them brought is never another's.
        """
        tables = [table.assign(list=listener) for listener, table in libraries.items() if len(table)]
        if not tables:
            raise NoTracks("None of these listeners has a track.")
        every = pd.concat(tables, ignore_index=True)
        known = [name for name in COLUMNS if name not in OF_A_LISTENER]
        positions = every.groupby(known, sort=False, dropna=False).ngroup()
        # A track table, but for ids that may be there more than once; when it was added is in `entries`.
        tracks = every.loc[~positions.duplicated(), known].reset_index(drop=True)
        tracks = tracks.assign(added_at=pd.Series(dtype="str"))[list(COLUMNS)]
        entries = every[["list", "liked", "heard_at"]].assign(position=positions)
        return cls(entries.fillna({"heard_at": ""}), tracks)

    def __len__(self) -> int:
        return int(self.entries["list"].nunique())

    @property
    def checksum(self) -> str:
        """Equal for equal content."""
        rows = [pd.util.hash_pandas_object(table, index=False).to_numpy() for table in (self.entries, self.tracks)]
        return sha256(b"".join(row.tobytes() for row in rows)).hexdigest()

    def chunks(self, size: int, with_times: bool = False) -> Iterator[list[Listener]]:
        """The listeners in the order of the file, at most `size` at a time."""
        codes, names = pd.factorize(self.entries["list"])
        in_order = np.argsort(codes, kind="stable")
        starts = np.flatnonzero(np.diff(codes[in_order], prepend=-1))
        is_own, positions = self.entries["liked"].to_numpy(bool), self.entries["position"].to_numpy(np.int64)
        chunk: list[Listener] = []
        for name, rows in zip(names, np.split(in_order, starts[1:]), strict=True):
            own, disliked = rows[is_own[rows]], rows[~is_own[rows]]
            heard_at = self.entries["heard_at"].iloc[own].tolist() if with_times else None
            chunk.append(Listener(str(name), positions[own], positions[disliked], heard_at))
            if len(chunk) == size:
                yield chunk
                chunk = []
        if chunk:
            yield chunk


def _by_name(entries: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """Entries with the ids that the tracks of a file have by their names, where their own ids are not Spotify's."""
    known = set(tracks["track_id"])
    named = entries[~entries["track_id"].isin(known) & entries["title"].notna() & entries["artists"].notna()]
    pairs = list(zip(named["title"], named["artists"], strict=True))
    ids = {pair: name_id(*pair) for pair in set(pairs)}
    found = pd.Series([ids[pair] for pair in pairs], index=named.index, dtype="str")
    track_ids = entries["track_id"].copy()
    track_ids.update(found[found.isin(known)])
    return entries.assign(track_id=track_ids).drop_duplicates(["list", "track_id"], ignore_index=True)


def _with_others(tracks: pd.DataFrame, track_ids: pd.Series) -> pd.DataFrame:
    """The same track table, and a track known by its id alone for each id that it lacks."""
    others = track_ids[~track_ids.isin(tracks["track_id"])].drop_duplicates()
    if others.empty:
        return tracks
    known_by_id = pd.DataFrame({"track_id": others, "title": others, "artists": ""})
    return pd.concat([tracks, as_tracks(known_by_id)], ignore_index=True)
