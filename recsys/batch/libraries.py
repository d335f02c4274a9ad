"""The libraries of many listeners, read from one table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from recsys.core.model.arrays import Integers
from recsys.core.model.tracks import as_tracks
from recsys.errors import NoTracks
from recsys.importers.any_file import read_file
from recsys.importers.playlists_file import read_playlists


@dataclass(frozen=True)
class Libraries:
    """
    Who has which songs.

    Attributes
    ----------
    entries : DataFrame
        `list` (the listener) and `track_id`, every pair once, in the order of the file.
    tracks : DataFrame
        A track table with a row for each track of `entries`: features where the file has them.
    """

    entries: pd.DataFrame
    tracks: pd.DataFrame

    @classmethod
    def read(cls, path: Path) -> "Libraries":
        """
        Read a CSV or Parquet file with a column for the listener (or playlist), one for the track, and any others.

        Raises
        ------
        UnreadableFile
            It cannot be read, or lacks one of the two columns.
        """
        entries = read_playlists(path)
        tracks = read_file(path, path.name).tracks
        entries = entries[entries["track_id"].isin(tracks["track_id"])].reset_index(drop=True)
        if not len(entries):
            raise NoTracks(f"“{path.name}” holds no track of any listener.")
        return cls(entries, tracks)

    @classmethod
    def of(cls, libraries: Mapping[str, pd.DataFrame]) -> "Libraries":
        """
        Libraries that were read already: a track table by listener.

        A track that several have is one row, with the first known value of each column.
        """
        tables = [table.assign(list=listener) for listener, table in libraries.items() if len(table)]
        if not tables:
            raise NoTracks("None of these listeners has a track.")
        every = pd.concat(tables, ignore_index=True)
        tracks = every.drop(columns="list").groupby("track_id", sort=False).first().reset_index()
        return cls(every[["list", "track_id"]], as_tracks(tracks))

    def __len__(self) -> int:
        return int(self.entries["list"].nunique())

    @property
    def checksum(self) -> str:
        """Equal for equal content."""
        rows = [pd.util.hash_pandas_object(table, index=False).to_numpy() for table in (self.entries, self.tracks)]
        return sha256(b"".join(row.tobytes() for row in rows)).hexdigest()

    def chunks(self, size: int) -> Iterator[list[tuple[str, Integers]]]:
        """The listeners in the order of the file, at most `size` at a time, with the positions of their `tracks`."""
        positions = pd.Index(self.tracks["track_id"]).get_indexer(pd.Index(self.entries["track_id"]))
        chunk: list[tuple[str, Integers]] = []
        for listener, own in pd.Series(positions).groupby(self.entries["list"].to_numpy(), sort=False):
            chunk.append((str(listener), own.to_numpy(np.int64)))
            if len(chunk) == size:
                yield chunk
                chunk = []
        if chunk:
            yield chunk
