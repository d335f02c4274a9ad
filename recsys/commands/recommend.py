"""`tonearm recommend`: a library and a catalogue, given as files, become a ranked and explained list."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
import pandas as pd

from recsys.commands.options import catalogue_option, open_catalogue, weights_option
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.explanation import Explanation, explain_all
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommendations, Recommender
from recsys.core.export import to_csv
from recsys.demo import DEMO_NOTE
from recsys.errors import UnreadableFile
from recsys.importers.any_file import read_files
from recsys.services.library import split_by_liked

EPILOG: Final = """\b
Examples:
  tonearm recommend my_tracks.csv --catalogue catalogue.parquet
  tonearm recommend a.csv b.zip --catalogue tracks.csv -n 50 --weight energy=2 --weight year=0
  tonearm recommend a.csv --catalogue tracks.csv --seed 4uLU6hMCjMI75M1A2tKUQC --format csv --out list.csv

A weight says how much a feature counts: 0 ignores it. Only the proportions of weights matter.
"""
COLUMNS: Final = ("rank", "track_id", "title", "artists", "album", "year", "score")


@dataclass(frozen=True)
class Answer:
    """A list with the explanation of each of its songs, in the order of the list."""

    recommendations: Recommendations
    explanations: list[Explanation]

    @property
    def note(self) -> str | None:
        """What to say beside a list of invented songs."""
        return DEMO_NOTE if self.recommendations.table["track_id"].str.startswith("demo-").any() else None


@click.command("recommend", epilog=EPILOG)
@click.argument("library", nargs=-1, required=True, type=click.Path(path_type=Path))
@catalogue_option
@click.option("-n", "length", default=10, show_default=True, help="How many songs, 1 to 500.")
@weights_option
@click.option("--seed", "seeds", multiple=True, metavar="TRACK_ID", help="Start from this track, not the library.")
@click.option("--format", "kind", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not to the screen.")
def command(
    library: tuple[Path, ...],
    catalogue: str,
    length: int,
    weights: dict[str, float],
    seeds: tuple[str, ...],
    kind: str,
    out: Path | None,
) -> None:
    """Rank the songs of a catalogue for the library in one or several files, each with its reasons."""
    recipe = Recipe(weights=weights, length=length)
    imported = read_files([(path, path.name) for path in library])
    liked, disliked = split_by_liked(imported.tracks, imported.liked)
    songs = Catalogue.from_tracks(open_catalogue(catalogue))
    recommender = Recommender(songs, liked, seeds=seeds, dislikes=disliked)
    found = recommender.recommend(recipe)
    answer = Answer(found, explain_all(recommender, recipe, found.table["track_id"].tolist()))
    _write(FORMATS[kind](answer), out)
    if len(found.table) < length:
        click.echo(_shortage(found, recipe), err=True)


def _shortage(found: Recommendations, recipe: Recipe) -> str:
    """Why a list is shorter than asked for."""
    count, candidates = len(found.table), found.counts["candidates"]
    return (
        f"The list holds {count:,} songs, not {recipe.length:,}: "
        f"{candidates:,} can be ranked, and at most {recipe.per_artist} of one artist are listed."
    )


def as_json(answer: Answer) -> bytes:
    """A list of objects, best first; what is unknown is null."""
    rows = zip(answer.recommendations.table.to_dict("records"), answer.explanations, strict=True)
    objects = [_object(row, explained) for row, explained in rows]
    return (json.dumps(objects, ensure_ascii=False, indent=1) + "\n").encode()


def _object(row: Mapping[str, Any], explained: Explanation) -> dict[str, Any]:
    shown = {name: None if pd.isna(row[name]) else row[name] for name in COLUMNS}
    year = shown["year"]
    return shown | {
        "year": None if year is None else int(year),
        "why": {str(name): float(value) for name, value in explained.contributions.items()},
        "nearest": explained.nearest["title"].tolist(),
        "url": None if pd.isna(row["url"]) else row["url"],
    }


def as_csv(answer: Answer) -> bytes:
    """The same as a table: one column per reason, nearest titles joined with "; "."""
    found = answer.recommendations
    nearest = ["; ".join(explained.nearest["title"]) for explained in answer.explanations]
    reasons = found.contributions.add_prefix("why_").reset_index(drop=True)
    return to_csv(found.table.join(reasons).assign(nearest=nearest), note=answer.note)


def as_table(answer: Answer) -> bytes:
    """Lines to read: rank, score, song, and the three features that contribute most."""
    lines = [answer.note] if answer.note else []
    for row, explained in zip(answer.recommendations.table.itertuples(), answer.explanations, strict=True):
        year = "" if pd.isna(row.year) else f" ({row.year:.0f})"
        lines.append(f"{row.rank:>3}  {row.score:6.3f}  {row.title} by {row.artists}{year}")
        lines.append(f"{'':13}{_reasons(explained)}; like {', '.join(explained.nearest['title'])}")
    return ("\n".join(lines) + "\n").encode()


def _reasons(explained: Explanation) -> str:
    top = explained.contributions.sort_values(ascending=False).head(3)
    return ", ".join(f"{name} {value:+.2f}" for name, value in top.items())


FORMATS: Final[Mapping[str, Callable[[Answer], bytes]]] = {"table": as_table, "csv": as_csv, "json": as_json}


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        click.echo(content, nl=False)
        return
    try:
        out.write_bytes(content)
    except OSError as problem:
        raise UnreadableFile(f"The list cannot be written to {out}: {problem.strerror or problem}.") from problem
