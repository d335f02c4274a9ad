"""`tonearm batch`: a list for every listener of a file, computed side by side."""

import json
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import pandas as pd

from recsys import __version__
from recsys.commands.options import (
    catalogue_option,
    check_out,
    check_workers,
    genres_option,
    open_catalogue,
    scheduler_option,
    weights_option,
    with_genres,
    workers_option,
)
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recipe_link import from_json
from recsys.core.insights.wording import counted
from recsys.core.model.features import feature
from recsys.errors import BadRecipe, NoTracks, SettingsProblem, UnreadableFile
from recsys.parsing import parse_json

if TYPE_CHECKING:
    from recsys.batch.libraries import Libraries

EPILOG: Final = """\b
Examples:
  tonearm batch playlists.csv --catalogue spotify_songs.csv --out lists.parquet
  tonearm batch libraries.parquet --catalogue tracks.csv -n 50 --workers 8 --json --out lists.parquet
  tonearm batch libraries.csv --catalogue tracks.csv --scheduler tcp://10.0.0.5:8786 --out lists.parquet
  tonearm batch libraries.csv --catalogue tracks.csv --workers 4 --shards 4 --out lists.parquet
  tonearm batch --store --catalogue tracks.csv --recipe sunday.json --out lists.parquet

\b
LIBRARIES needs a column for the listener (listener, user_id, playlist_id, ...) and one for the track (track_id, uri):
Spotify's ids, those of CATALOGUE, or any others where there are columns for title and artist, too. In a column "liked"
0 stands for a track that was turned down.
The output has the columns listener, rank, track_id, title, artists and score. An interrupted run continues when the
same command is given again. A recipe for forgotten songs needs a column added_at in a file; --store has the plays.
--store gives each listener the list of their page, with their ratings, by one recipe for all and from CATALOGUE alone:
songs found around a listener are left out, and the report counts them. It stores nothing; `tonearm refresh` renews
weekly lists by their recipes.
--json prints {listeners, ranked, not_ranked, rows, continued, seconds, problems: [{listener, reason}], left_out:
[{listener, songs}]}. The exit status is 1 when nobody could be ranked.
"""


@click.command("batch", epilog=EPILOG)
@click.argument("libraries", required=False, type=click.Path(path_type=Path))
@click.option("--store", "is_store", is_flag=True, help="For all listeners of the app who ask for a weekly list.")
@catalogue_option
@genres_option
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Parquet file to write.")
@click.option(
    "-n", "length", type=click.IntRange(1, 500), help="Songs a list. [default: the length of the recipe, or 30]"
)
@click.option(
    "--recipe",
    "recipe_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A recipe file from the Recommend page, or settings as JSON.",
)
@weights_option
@workers_option
@scheduler_option
@click.option(
    "--shards",
    type=click.IntRange(1, 1024),
    default=1,
    show_default=True,
    help="Split the catalogue over the workers, at most 15 shards for each.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a report as JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    libraries: Path | None,
    is_store: bool,
    catalogue: str,
    genres: Path | None,
    out: Path,
    length: int | None,
    recipe_file: Path | None,
    weights: dict[str, float],
    workers: int,
    scheduler: str | None,
    shards: int,
    as_json: bool,
) -> None:
    """Rank the catalogue for every listener of a file or of the store, on worker processes or a Dask cluster."""
    check_workers(ctx)
    if is_store == (libraries is not None):
        raise click.UsageError("Name a file of libraries, or give --store.")
    try:
        from recsys.batch.checkpoint import CONTINUES
        from recsys.batch.run import run_batch
    except ImportError as problem:
        raise SettingsProblem("`tonearm batch` needs Dask: pip install 'tonearm[batch]'.") from problem
    check_out(out, libraries, catalogue, genres, recipe_file)
    recipe = read_recipe(recipe_file, weights, length)
    tracks = with_genres(open_catalogue(catalogue), genres)
    started = time.monotonic()
    given, unread, found_around = _from_store(recipe) if libraries is None else (libraries, {}, {})
    try:
        found = run_batch(
            given,
            tracks,
            recipe,
            out,
            __version__,
            pd.Timestamp.now(tz="UTC").floor("D"),
            workers=workers,
            scheduler=scheduler,
            shards=shards,
            progress=Progress(),
        )
    except (KeyboardInterrupt, SystemExit):  # Ctrl-C, and SIGTERM
        click.echo(f"\nInterrupted.{CONTINUES}", err=True)
        raise
    problems = found.problems.to_dict("records")
    problems += [{"listener": listener, "reason": reason} for listener, reason in unread.items()]
    listeners = found.listeners + len(unread)
    report = {
        "listeners": listeners,
        "ranked": listeners - len(problems),
        "not_ranked": len(problems),
        "rows": found.rows,
        "continued": found.continued,
        "seconds": round(time.monotonic() - started, 2),
        "problems": problems,
        "left_out": [{"listener": listener, "songs": songs} for listener, songs in found_around.items()],
    }
    click.echo(json.dumps(report, indent=1, ensure_ascii=False) if as_json else as_text(report, out))
    ctx.exit(0 if report["ranked"] else 1)


def _from_store(recipe: Recipe) -> tuple["Libraries", dict[str, str], dict[str, int]]:
    """The libraries of all who ask for a weekly list, why some have none, and how many songs were found around them."""
    from recsys.app.container import Container
    from recsys.app.weekly_lists import stored_libraries
    from recsys.batch.libraries import Libraries
    from recsys.settings import Settings

    with closing(Container(Settings.from_environment())) as app:
        stored = stored_libraries(app, recipe)
    if not stored.libraries and not stored.problems:
        raise NoTracks("Nobody asks for a weekly list yet: it is switched on above the list on the Recommend page.")
    return Libraries.of(stored.libraries), stored.problems, stored.found_around


def read_recipe(path: Path | None, weights: dict[str, float], length: int | None) -> Recipe:
    """
    The recipe in a JSON file, with the weights and the number of songs of the command line in place of its own.

    Raises
    ------
    BadRecipe, BadValue, UnreadableFile
        The file is not a recipe, names songs to start from or stay away from, or cannot be read.
    """
    recipe = Recipe() if path is None else _stored_recipe(path)
    recipe = replace(recipe, weights={**recipe.weights, **weights})
    return recipe if length is None else replace(recipe, length=length, minutes=None)


def _stored_recipe(path: Path) -> Recipe:
    """The recipe in a file: one downloaded from the Recommend page, or its settings alone."""
    try:
        content = path.read_bytes()
        stored = parse_json(content)
    except OSError as problem:
        raise UnreadableFile(f"“{path.name}” cannot be read: {problem.strerror or problem}.") from problem
    except ValueError as problem:
        raise BadRecipe(f"“{path.name}” is not JSON. Download a recipe under Share on the Recommend page.") from problem
    if isinstance(stored, dict) and "tonearm_recipe" in stored:
        link = from_json(content.decode("utf-8", "replace"))
        if link.seeds or link.minus:
            raise BadRecipe(
                f"“{path.name}” names songs to start from or stay away from, but every list of a batch run starts from "
                "the listener’s own songs. Remove them above the list on the Recommend page and download the recipe "
                "again."
            )
        return link.recipe
    recipe = Recipe.from_json(stored)
    _check_names(path.name, stored)
    return recipe


def _check_names(file: str, stored: dict[str, Any]) -> None:
    """
    Raise `BadRecipe` or `UnknownFeature` for a setting, a filter or a feature that does not exist.

    Settings alone are written by hand, where that is a mistake; a recipe file may be of another version.
    """
    settings = Recipe().as_json()
    for given, known in ((stored, settings), (stored.get("filters", {}), settings["filters"])):
        if unknown := [name for name in given if name not in known]:
            raise BadRecipe(f"“{file}”: there is no setting called “{unknown[0]}”. Choose from: {', '.join(known)}.")
    for name in (*stored.get("weights", {}), *stored.get("shifts", {})):
        feature(name)


def as_text(report: dict[str, Any], out: Path) -> str:
    """The report as lines to read."""
    lines = [
        f"{counted(report['listeners'], 'listener')} = {counted(report['ranked'], 'list')} + "
        f"{report['not_ranked']:,} not ranked, "
        f"in {report['seconds']:.1f} s.",
        f"{counted(report['rows'], 'row is', 'rows are')} in {out}.",
    ]
    if report["continued"]:
        lines.insert(1, f"{report['continued']:,} of them were ranked by an earlier run that was interrupted.")
    if report["left_out"]:
        songs = sum(row["songs"] for row in report["left_out"])
        lines.append(f"{songs:,} songs found around {len(report['left_out']):,} of them took no part.")
    lines += [f"  {row['listener']}: {row['reason']}" for row in report["problems"][:20]]
    if len(report["problems"]) > 20:
        lines.append(f"  ... and {len(report['problems']) - 20:,} more: --json lists them all.")
    return "\n".join(lines)


class Progress:
    """A line on the terminal with the time left, where somebody watches it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._started = clock, clock()
        self._before: int | None = None

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` listeners; the first call says how many an earlier run had finished."""
        if self._before is None:
            self._before = done
        if not sys.stderr.isatty():
            return
        passed, new = self._clock() - self._started, done - self._before
        left = f", {passed / new * (total - done):,.0f} s left" if new else ""
        click.echo(f"\r{done:,} of {total:,} listeners{left}    ", nl=done == total, err=True)
