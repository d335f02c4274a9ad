"""The options `--catalogue` and `--genres`, the same wherever a command takes them."""

from pathlib import Path

import pandas as pd

from recsys.errors import UnreadableFile
from recsys.importers.any_file import read_file
from recsys.importers.catalogue_file import is_address, read_catalogue
from recsys.settings import Settings


def catalogue_of(source: str) -> pd.DataFrame:
    """The catalogue in a file or at an address, whose copy is kept in the data folder. Raises as `read_catalogue`."""
    return read_catalogue(source, Settings.from_environment().data_folder if is_address(source) else None)


def with_genres(tracks: pd.DataFrame, genres: Path | None) -> pd.DataFrame:
    """
    The same track table with the genres of a file where it knows some; any other file of tracks will do.

    Raises
    ------
    UnreadableFile
        The file cannot be read, or knows no genres.
    """
    if genres is None:
        return tracks
    known = read_file(genres, genres.name).tracks.dropna(subset="genres").set_index("track_id")["genres"]
    if not len(known):
        raise UnreadableFile(f"“{genres.name}” holds no genres. It needs a column of track ids and a column “genres”.")
    return tracks.assign(genres=tracks["track_id"].map(known).astype("str").fillna(tracks["genres"]))
