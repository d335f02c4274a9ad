"""`tonearm recommend`: a library and a catalogue, given as files, become a ranked and explained list."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import click
import pandas as pd

from recsys.commands.options import catalogue_option, check_out, genres_option, open_catalogue, with_genres
from recsys.commands.recipe_options import recipe_of, recipe_options, unused
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.explanation import explain_all
from recsys.core.engine.filters import excluded_in_words
from recsys.core.engine.pool import AROUND_YOU, POOL, around
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommendations
from recsys.core.formats import FORMATS as FILE_FORMATS
from recsys.core.formats import ListFile
from recsys.core.insights.wording import counted, order_in_words, unranked_in_words
from recsys.core.model.tracks import SPOTIFY_ID
from recsys.demo import DEMO_NOTE
from recsys.errors import BadTracks, UnreadableFile
from recsys.importers.any_file import read_files
from recsys.services.library import split_by_liked
from recsys.services.recommend import recommender

EPILOG: Final = """\b
Examples:
  tonearm recommend my_tracks.csv --catalogue catalogue.parquet
  tonearm recommend a.csv b.zip --catalogue tracks.csv -n 50 --weight energy=2 --weight year=0
  tonearm recommend a.csv --catalogue tracks.csv --seed 4uLU6hMCjMI75M1A2tKUQC --format csv --out list.csv
  tonearm recommend my_spotify_data.zip --catalogue tracks.csv --from forgotten --silent-months 12
  tonearm recommend a.csv --catalogue tracks.csv --only year=1990..1999 --only tempo=..120 --not-artist "Some One"
  tonearm recommend a.csv --catalogue tracks.csv --minutes 45 --order smooth --format xspf --out evening.xspf

A weight says how much a feature counts: 0 ignores it. Only the proportions of weights matter.
"""

SPOTIFY_LINK: Final = re.compile(
    r"(?:spotify:|(?:https?://)?open\.spotify\.com/(?:intl-[a-z-]+/)?)(?P<kind>track|album|playlist|artist)[:/]"
    rf"(?P<id>{SPOTIFY_ID})(?:[?#].*)?",
    re.ASCII,
)


def _seeds(ctx: click.Context, param: click.Parameter, seeds: tuple[str, ...]) -> tuple[str, ...]:
    """Ids, taken out of links where links are given."""
    found = []
    for seed in seeds:
        link = SPOTIFY_LINK.fullmatch(seed.strip())
        if link and link["kind"] != "track":
            raise BadTracks(
                f"{param.opts[0]} takes a track, and {seed} is a Spotify {link['kind']}. Give links of its tracks."
            )
        found.append(link["id"] if link else seed)
    return tuple(found)


@click.command("recommend", epilog=EPILOG)
@click.argument("library", nargs=-1, required=True, type=click.Path(path_type=Path))
@catalogue_option
@genres_option
@recipe_options
@click.option(
    "--seed",
    "seeds",
    multiple=True,
    metavar="TRACK",
    callback=_seeds,
    help="Start from this track, not the library: an id or a Spotify link.",
)
@click.option(
    "--minus",
    multiple=True,
    metavar="TRACK",
    callback=_seeds,
    help="Stay away from songs like this track: an id or a Spotify link.",
)
@click.option(
    "--pool",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Songs found around yours as well: pool_tracks.csv of your export, or any file of tracks.",
)
@click.option("--format", "kind", type=click.Choice(["table", *FILE_FORMATS]), default="table", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not to the screen.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    library: tuple[Path, ...],
    catalogue: str,
    genres: Path | None,
    seeds: tuple[str, ...],
    minus: tuple[str, ...],
    pool: Path | None,
    kind: str,
    out: Path | None,
    **options: Any,
) -> None:
    """Rank the songs of a catalogue for the library in one or several files, each with its reasons."""
    if out is not None:
        check_out(out, *library, catalogue, genres, pool, options["blocked"])
    recipe = recipe_of(**options)
    imported = read_files([(path, path.name) for path in library])
    liked, disliked = split_by_liked(imported.tracks, imported.liked)
    songs = Catalogue.from_tracks(with_genres(open_catalogue(catalogue), genres))
    if pool is not None:
        songs = around(songs, read_files([(pool, pool.name)]).tracks)
    today = pd.Timestamp.now(tz="UTC").floor("D")  # the same list all day
    thumbs = disliked.assign(liked=False)
    engine = recommender(
        songs, liked, thumbs, seeds, imported.plays, today, minus=minus, choose_from=recipe.choose_from
    )
    found = engine.recommend(recipe)
    is_invented = found.table["track_id"].str.startswith("demo-").any()
    explanations = explain_all(engine, recipe, found.table["track_id"].tolist())
    content = FORMATS[kind](ListFile(found, explanations, DEMO_NOTE if is_invented else None))
    if out is None:
        click.echo(content, nl=False)
    else:
        try:
            out.write_bytes(content)
        except OSError as problem:
            raise UnreadableFile(f"The list cannot be written to {out}: {problem.strerror or problem}.") from problem
    for sentence in (*unused(ctx, recipe), *_said(songs, found, recipe)):
        click.echo(sentence, err=True)


def _said(catalogue: Catalogue, found: Recommendations, recipe: Recipe) -> list[str]:
    """What the filters left out, what the order cost, and why a list is shorter than asked for."""
    sentences = []
    if recipe.filters.no_explicit and not catalogue.marks_explicit:
        sentences.append("This catalogue does not say which songs are explicit, so --no-explicit left none out.")
    if left_out := excluded_in_words(recipe.filters, found.counts):
        sentences.append(f"The filters left out {', '.join(left_out)}; {_songs(found)} remain.")
    if len(found.unranked):
        sentences.append(unranked_in_words(found.unranked))
    if POOL in found.table:
        own = int((found.table[POOL] == AROUND_YOU).sum())
        sentences.append(f"{own:,} of these {len(found.table):,} songs are from the pool.")
    if order := found.costs.get("order"):
        sentences.append(order_in_words(order.replaced, order.score))
    if recipe.minutes is None and len(found.table) < recipe.length:
        sentences.append(
            f"The list holds {counted(len(found.table), 'song')}, not {recipe.length:,}: "
            f"{found.counts['candidates']:,} can be ranked, and at most {recipe.per_artist} of one artist are listed."
        )
    if recipe.minutes is not None:
        durations = found.features["duration_ms"]
        playing = durations.sum() / 60_000
        sentences.append(f"The list plays {playing:.1f} minutes.")
        if abs(playing - recipe.minutes) * 60_000 > durations.min() / 2:
            sentences.append(f"No choice of the {_songs(found)} came nearer to {recipe.minutes:g}.")
    return sentences


def _songs(found: Recommendations) -> str:
    return counted(found.counts["candidates"], "song")


def as_table(file: ListFile) -> bytes:
    """Lines to read: rank, score, song, and the three features that contribute most."""
    lines = [file.note] if file.note else []
    for row, explained in zip(file.found.table.itertuples(), file.explanations, strict=True):
        year = "" if pd.isna(row.year) else f" ({row.year:.0f})"
        lines.append(f"{row.rank:>3}  {row.score:6.3f}  {row.title} by {row.artists}{year}")
        top = explained.contributions.sort_values(ascending=False).head(3)
        reasons = ", ".join(f"{name} {value:+.2f}" for name, value in top.items())
        lines.append(f"{'':13}{reasons}; like {', '.join(explained.nearest['title'])}")
    return ("\n".join(lines) + "\n").encode()


FORMATS: Final[Mapping[str, Callable[[ListFile], bytes]]] = {
    "table": as_table,
    **{name: form.write for name, form in FILE_FORMATS.items()},
}
