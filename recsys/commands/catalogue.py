"""`catalogue`: the file of candidates that recommendations are chosen from."""

from pathlib import Path

import click
import pandas as pd

from recsys.importers.any_file import read_files
from recsys.importers.catalogue_file import add_to_catalogue
from recsys.importers.report import count_with_features
from recsys.settings import Settings


@click.group("catalogue")
def command() -> None:
    """Build or extend the Parquet catalogue the app uses."""


@command.command("add")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--to", "path", type=click.Path(path_type=Path, dir_okay=False), help="The catalogue to build or extend.")
@click.option("--genres", type=click.Path(path_type=Path), help="A table of `id,genres` for tracks of the catalogue.")
def add(files: tuple[Path, ...], path: Path | None, genres: Path | None) -> None:
    """
    Add the tracks of FILE... to the catalogue, by default the one in the data folder.

    A track that is there already is updated; nothing is ever taken away.

    \b
    Examples:
      python -m recsys catalogue add tracks.csv
      python -m recsys catalogue add tracks.csv --genres genres.csv --to small.parquet
    """
    path = path or Settings.from_environment().catalogue_path
    imported = read_files([(file, str(file)) for file in files])
    tracks = imported.tracks if genres is None else _with_genres(imported.tracks, genres)
    catalogue = add_to_catalogue(tracks, path)
    skipped = sum(imported.report.skipped.values())
    click.echo(
        f"{path} holds {len(catalogue):,} tracks, {count_with_features(catalogue):,} of them with audio features; "
        f"{imported.report.tracks:,} were read, {imported.report.duplicates:,} duplicates and {skipped:,} skipped rows "
        "left out."
    )


def _with_genres(tracks: pd.DataFrame, genres: Path) -> pd.DataFrame:
    """The same tracks; genres from the file where it knows them. Ids that only the file has are no tracks."""
    known = read_files([(genres, str(genres))]).tracks.set_index("track_id")["genres"].dropna()
    return tracks.assign(genres=tracks["track_id"].map(known).fillna(tracks["genres"]).astype("str"))
