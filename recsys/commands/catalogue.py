"""`catalogue`: the file of candidates that recommendations are chosen from."""

from pathlib import Path

import click

from recsys.commands.options import genres_option, with_genres
from recsys.errors import NoTracks, SettingsProblem
from recsys.importers.any_file import read_files
from recsys.importers.catalogue_file import add_to_catalogue, is_address
from recsys.importers.report import count_with_features
from recsys.settings import Settings


@click.group("catalogue")
def command() -> None:
    """Build or extend the Parquet catalogue the app uses."""


@command.command("add")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--to", "path", type=click.Path(path_type=Path, dir_okay=False), help="The catalogue to build or extend.")
@genres_option
def add(files: tuple[Path, ...], path: Path | None, genres: Path | None) -> None:
    """
    Add the tracks of FILE... to the catalogue, by default the one the app uses.

    A track that is there already is updated; nothing is ever taken away.

    \b
    Examples:
      tonearm catalogue add tracks.csv
      tonearm catalogue add tracks.csv --genres genres.csv --to small.parquet
    """
    path = path or _of_the_app()
    imported = read_files([(file, str(file)) for file in files])
    if not len(imported.tracks):
        raise NoTracks("There are no tracks to add, so the catalogue was left as it is.")
    catalogue = add_to_catalogue(with_genres(imported.tracks, genres), path)
    skipped = sum(imported.report.skipped.values())
    click.echo(
        f"{path} holds {len(catalogue):,} tracks, {count_with_features(catalogue):,} of them with audio features; "
        f"{imported.report.tracks:,} were read, {imported.report.duplicates:,} duplicates and {skipped:,} skipped rows "
        "left out."
    )


def _of_the_app() -> Path:
    """Where the app looks for its catalogue."""
    source = Settings.from_environment().catalogue
    if is_address(source):
        raise SettingsProblem("TONEARM_CATALOGUE is an address, which cannot be written. Name a file with --to.")
    return Path(source)
