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
from recsys.core.model.tracks import COLUMNS
from recsys.errors import NoTracks
from recsys.importers.any_file import read_file
from recsys.importers.playlists_file import read_playlists

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

        With times, the day on which a listener added a track counts as the day on which they heard it.

        Raises
        ------
        UnreadableFile
            It cannot be read, or lacks one of the two columns.
        """
        entries = read_playlists(path, with_times)
        tracks = read_file(path, path.name).tracks
        positions = pd.Index(tracks["track_id"]).get_indexer(pd.Index(entries["track_id"]))
        heard_at = entries["added_at"].fillna("") if with_times else ""
        entries = entries.assign(position=positions, liked=True, heard_at=heard_at)
        entries = entries[positions >= 0].reset_index(drop=True)
        if not len(entries):
            raise NoTracks(f"“{path.name}” holds no track of any listener.")
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
