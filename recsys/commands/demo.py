"""`demo`: the invented listeners and the invented catalogue as files."""

from pathlib import Path
from typing import Final

import click

from recsys.core.export import to_csv
from recsys.demo import DEMO_NOTE
from recsys.demo.catalogue import SEED, demo_catalogue
from recsys.demo.listeners import demo_listeners
from recsys.errors import UnreadableFile
from recsys.importers.catalogue_file import read_catalogue, write_catalogue

CATALOGUE: Final = "catalogue.parquet"
HEAD_BYTES: Final = 1 << 12
"""Holds the header and the first rows of a CSV file, each of which says that it is invented."""


@click.command("demo")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder to write into; made if absent.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=SEED, show_default=True, help="Another seed invents other music."
)
def command(out: Path, seed: int) -> None:
    """
    Write the invented catalogue and three invented listeners, library and listening history each, as files.

    All music in them is invented, and every CSV row says "demo data". The same seed writes the same tracks everywhere.

    \b
    Examples:
      tonearm demo --out demo
      tonearm recommend demo/marlo-quennick.csv --catalogue demo/catalogue.parquet
    """
    catalogue = demo_catalogue(seed)
    # Every CSV file: its name, what goes into it, and what to call its rows.
    files = [("catalogue.csv", catalogue, "tracks, the same catalogue as CSV")]
    for listener in demo_listeners(seed):
        name = listener.name.lower().replace(" ", "-")
        songs = listener.library[["track_id", "title", "artists", "album"]]
        plays = listener.plays.merge(songs, on="track_id", validate="many_to_one")
        files.append((f"{name}.csv", listener.library, f"tracks, the library of {listener.name}"))
        files.append((f"{name}-history.csv", plays, f"plays, the listening history of {listener.name}"))
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in (CATALOGUE, *(name for name, _, _ in files)):
            _check_free(out / name)
        write_catalogue(catalogue, out / CATALOGUE)
        click.echo(f"{out / CATALOGUE}: {len(catalogue):,} tracks, all invented")
        for name, table, what in files:
            (out / name).write_bytes(to_csv(table, note=DEMO_NOTE))
            click.echo(f"{out / name}: {len(table):,} {what}")
    except OSError as problem:
        reason = "it is a file, not a folder" if out.is_file() else str(problem.strerror or problem)
        raise UnreadableFile(f"The demo cannot be written to {out}: {reason}.") from problem


def _check_free(path: Path) -> None:
    """Raise `UnreadableFile` for a file that is there and is not of an earlier demo: it would be lost."""
    if not path.exists():
        return
    if path.name == CATALOGUE:
        try:
            is_demo = bool(read_catalogue(path)["track_id"].str.startswith("demo-").all())
        except UnreadableFile:
            is_demo = False
    else:
        with path.open("rb") as file:
            is_demo = DEMO_NOTE.encode() in file.read(HEAD_BYTES)
    if not is_demo:
        raise UnreadableFile(f"“{path}” exists and is not from a demo, so nothing was written. Choose another folder.")
