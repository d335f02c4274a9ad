"""Options that several commands share, as click decorators: `--catalogue`, `--genres`, `--weight` and their like."""

import math
from pathlib import Path
from typing import Final

import click
import pandas as pd
from click.core import ParameterSource

from recsys.app.catalogue_files import catalogue_tracks
from recsys.core.model.features import feature
from recsys.errors import BadRecipe, UnreadableFile
from recsys.importers.any_file import read_file
from recsys.settings import Settings


def parse_weights(ctx: click.Context | None, param: click.Parameter | None, texts: tuple[str, ...]) -> dict[str, float]:
    """
    Weights by feature name, as a click callback.

    Raises
    ------
    BadRecipe
        A text does not look like energy=2, or a feature is named twice.
    UnknownFeature
        It names no feature.
    """
    weights: dict[str, float] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            equals, number = "", math.nan
        if not equals:
            raise BadRecipe(f"The weight “{text}” must look like energy=2: a feature, an equals sign and a number.")
        known = feature(name.strip()).name
        if known in weights:
            raise BadRecipe(f"The weight of {known} is given twice.")
        weights[known] = number
    return weights


catalogue_option: Final = click.option(
    "--catalogue", required=True, help="File or address of the songs to choose from."
)
genres_option: Final = click.option(
    "--genres", type=click.Path(path_type=Path), help="CSV: track id and genres, joined with commas."
)
weights_option: Final = click.option(
    "--weight",
    "weights",
    multiple=True,
    metavar="NAME=VALUE",
    callback=parse_weights,
    help="How much a feature counts; once for each.",
)
workers_option: Final = click.option(
    "--workers", type=click.IntRange(1, 256), default=1, show_default=True, help="Local worker processes."
)
scheduler_option: Final = click.option(
    "--scheduler", metavar="ADDRESS", help="Use the Dask cluster at this address instead."
)


def check_workers(ctx: click.Context) -> None:
    """Raise `UsageError` where workers are asked for beside a cluster, which has its own."""
    if ctx.params["scheduler"] and ctx.get_parameter_source("workers") is ParameterSource.COMMANDLINE:
        raise click.UsageError("The cluster of --scheduler has workers of its own. Leave out --workers.")


def open_catalogue(source: str) -> pd.DataFrame:
    """The catalogue in a file or at an address, cached in the data folder. Raises as `catalogue_tracks`."""
    return catalogue_tracks(source, Settings.from_environment().data_folder)


def with_genres(tracks: pd.DataFrame, genres: Path | None) -> pd.DataFrame:
    """
    The same track table with the genres of a file where it has some; any other file of tracks will do.

    Raises
    ------
    UnreadableFile
        The file cannot be read, or has no genres.
    """
    if genres is None:
        return tracks
    known = read_file(genres, genres.name).tracks.dropna(subset="genres").set_index("track_id")["genres"]
    if not len(known):
        raise UnreadableFile(f"“{genres.name}” holds no genres. It needs a column of track ids and a column “genres”.")
    return tracks.assign(genres=tracks["track_id"].map(known).astype("str").fillna(tracks["genres"]))


def check_out(out: Path, *read: str | Path | None) -> None:
    """Raise `UnreadableFile` where the file to write is one of those that are read: it would be lost."""
    for path in (Path(each) for each in read if each is not None):
        if out.exists() and path.exists() and out.samefile(path):
            raise UnreadableFile(f"--out names “{out}”, which is read here, so nothing was written. Name another file.")
