"""The catalogue file: a Parquet table of candidates, written whole or not at all, and read quickly."""

import os
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet

from recsys.core.engine.catalogue import prepare
from recsys.core.model.identity import SONG_COLUMN
from recsys.core.model.tracks import as_tracks
from recsys.errors import UnreadableFile
from recsys.importers.any_file import read_file
from recsys.importers.merging import merge_tracks
from recsys.importers.open_source import opened
from recsys.importers.parquet_file import catalogue_rows, is_catalogue, opened_parquet
from recsys.importers.sniffing import PARQUET, kind_of

ROWS_PER_GROUP: Final = 1 << 17


def write_catalogue(tracks: pd.DataFrame, path: Path) -> None:
    """
    Write a track table as a catalogue; a reader of `path` gets the old file or the new one, never a part.

    Song numbers are stored beside the columns, so that opening the catalogue need not recognise songs again.

    Raises
    ------
    UnreadableFile
        The folder cannot be written to.
    """
    prepared = prepare(as_tracks(tracks))
    table = pa.Table.from_pandas(prepared, preserve_index=False).replace_schema_metadata(None)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        parquet.write_table(table, beside, compression="zstd", row_group_size=ROWS_PER_GROUP)
        with beside.open("rb+") as written:
            os.fsync(written.fileno())
        beside.replace(path)
    except OSError as problem:
        raise UnreadableFile(f"The catalogue cannot be written to {path}: {problem.strerror or problem}.") from problem
    finally:
        beside.unlink(missing_ok=True)


def read_catalogue(path: Path) -> pd.DataFrame:
    """
    Read a catalogue: a file that `write_catalogue` wrote, or any file that can be imported.

    Returns
    -------
    DataFrame
        A track table, and song numbers (`identity.SONG_COLUMN`) where the file has them.

    Raises
    ------
    UnreadableFile
        It is missing, or cannot be read as tracks.
    """
    with opened(path, path.name) as stream:
        is_parquet = kind_of(stream) == PARQUET
    if is_parquet:
        with opened_parquet(path, path.name) as file:
            if is_catalogue(file):
                return catalogue_rows(file, (SONG_COLUMN,), path.name)
    return read_file(path, path.name).tracks


def check_is_catalogue(path: Path) -> None:
    """Raise `UnreadableFile` for a file that is there and no catalogue of ours: it would be written over."""
    with opened(path, path.name) as stream:
        if kind_of(stream) == PARQUET:
            with opened_parquet(stream, path.name) as file:
                if is_catalogue(file):
                    return
    raise UnreadableFile(f"“{path}” is there already and is no catalogue, so it was left as it is. Name another file.")


def add_to_catalogue(tracks: pd.DataFrame, path: Path) -> pd.DataFrame:
    """
    Extend the catalogue at `path` by a track table, or begin it, and return what it now holds.

    Where both know a track, the new rows count, and what they do not know is taken from the old.

    Raises
    ------
    UnreadableFile
        The file there is no catalogue, or the folder cannot be written to.
    """
    if path.exists():
        check_is_catalogue(path)
        tracks = merge_tracks([tracks, read_catalogue(path)])
    write_catalogue(tracks, path)
    return tracks
