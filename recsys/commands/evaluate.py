"""`tonearm evaluate`: hide songs of real lists, and measure how soon each method finds them again."""

import json
import math
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
import numpy as np
import pandas as pd

from recsys.commands.options import (
    catalogue_option,
    check_workers,
    genres_option,
    open_catalogue,
    scheduler_option,
    weights_option,
    with_genres,
    workers_option,
)
from recsys.core.engine.recipe import Recipe
from recsys.core.evaluation.holdout import HoldOut, Pool
from recsys.core.evaluation.offline import METRICS, TITLES, Progress, evaluate, methods, summarize
from recsys.errors import SettingsProblem
from recsys.importers.playlists_file import read_playlists

EPILOG: Final = """\b
Examples:
  tonearm evaluate --catalogue spotify_songs.csv --playlists playlists.csv
  tonearm evaluate --catalogue tracks.csv --playlists saved.csv --genres genres.csv --new-artists --json
  tonearm evaluate --catalogue tracks.csv --playlists saved.csv --workers 8

\b
--json prints one object:
  settings                catalogue, playlists, genres, hide, min_tracks, limit, cuts, seed, new_artists, weights
  counts                  tracks, songs, testable_songs (all audio features known); entries (tracks on the lists
                          of --playlists, each once a list), unknown_entries (not in the catalogue);
                          all_lists = lists (measured) + too_short + beyond_limit + nothing_hidden
  methods                 method -> metric -> {mean, low, high}
  ratios_to_textbook      method -> metric -> {mean, low, high}, or null where the textbook found nothing;
                          high is null where the textbook may find nothing, so that nothing bounds the ratio
  differences             "ours - textbook" and the like -> metric -> {mean, low, high}
  skipped                 method -> why it could not be measured
low and high end the 95 % bootstrap interval over lists; differences are paired. Coverage is one number for all lists,
so its ends are null. Methods: random, popularity, textbook, z_scored, ours, ours_audio. Metrics: ndcg@50, r_precision,
recall@50, recall@100, hit@10, auc, catalog_coverage, intra_list_distance (1 is a random pair), artist_repetition.
"""
SEEDS: Final = click.IntRange(0, 2**32 - 1)
SKIPPED: Final = {
    "popularity": "Popularity is not compared: no song of the catalogue has one.",
    "ours_audio": "Audio alone is not compared: no audio feature has weight.",
}


class Share(click.FloatRange):
    """A range of numbers without "nan", which compares as inside any range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number, or a sentence."""
        share: float = super().convert(value, param, ctx)
        return self.fail("nan is not a number.", param, ctx) if math.isnan(share) else share


@click.command("evaluate", epilog=EPILOG)
@catalogue_option
@click.option("--playlists", required=True, type=click.Path(path_type=Path), help="CSV: playlist_id, track_id.")
@genres_option
@click.option("--hide", type=Share(0.05, 0.95), default=0.5, show_default=True, help="Share to hide.")
@click.option("--min-tracks", type=click.IntRange(2), default=20, show_default=True, help="Leave out shorter lists.")
@click.option("--limit", type=click.IntRange(1), help="At most this many lists, drawn at random.")
@click.option("--cuts", type=click.IntRange(1), default=4, show_default=True, help="Split each list this many times.")
@click.option("--seed", type=SEEDS, default=0, show_default=True, help="The same seed, the same numbers.")
@click.option("--new-artists", is_flag=True, help="Only songs by artists of whom nothing is visible count.")
@weights_option
@workers_option
@scheduler_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    catalogue: str,
    playlists: Path,
    genres: Path | None,
    weights: dict[str, float],
    as_json: bool,
    new_artists: bool,
    workers: int,
    scheduler: str | None,
    **cut: Any,
) -> None:
    """Hide part of each list, rank the rest of the catalogue, and measure how soon the hidden songs turn up."""
    check_workers(ctx)
    recipe = Recipe(weights=weights, only_new_artists=new_artists)
    hold_out = HoldOut(**cut, only_new_artists=new_artists)
    entries = read_playlists(playlists)
    tracks = with_genres(open_catalogue(catalogue), genres)
    settings = {
        "catalogue": Path(catalogue).name,
        "playlists": playlists.name,
        "genres": genres.name if genres else None,
        **cut,
        "new_artists": new_artists,
        "weights": dict(recipe.weights),
    }
    cluster = Cluster(scheduler, workers) if scheduler or workers > 1 else None
    found = {"settings": settings, **measured(tracks, entries, recipe, hold_out, _progress, cluster)}
    click.echo(json.dumps(found, indent=1, ensure_ascii=False) if as_json else table(found))


class Cluster(NamedTuple):
    """Where lists are measured: `workers` local processes, or the Dask cluster at an address."""

    scheduler: str | None
    workers: int


def measured(
    tracks: pd.DataFrame,
    entries: pd.DataFrame,
    recipe: Recipe,
    hold_out: HoldOut,
    progress: Progress,
    cluster: Cluster | None = None,
) -> dict[str, Any]:
    """
    Everything that is printed but the settings, as plain values; the same on any cluster, and on none.

    Raises
    ------
    NothingToRank
        As `evaluate`.
    SettingsProblem
        Dask is not installed, or does not answer.
    """
    pool = Pool.from_tracks(tracks, hold_out.seed)
    lists = pool.lists(entries)
    compared = methods(pool, recipe)
    if cluster is None:
        found = evaluate(pool, lists, compared, hold_out, progress)
    else:
        try:
            from recsys.batch.evaluation import measured_lists
        except ImportError as problem:
            raise SettingsProblem("`--workers` and `--scheduler` need Dask: pip install 'tonearm[batch]'.") from problem
        found = summarize(pool, lists, hold_out, measured_lists(pool, lists, recipe, hold_out, *cluster), progress)
    known = pool.catalogue.rows_of(entries["track_id"].unique().tolist())
    counts = {
        "tracks": len(tracks),
        "songs": len(pool.tracks),
        "testable_songs": int(pool.is_testable.sum()),
        "entries": len(entries),
        "unknown_entries": int((~entries["track_id"].isin(known.keys())).sum()),
        "all_lists": len(lists),
        **found.counts,
    }
    skipped = {name: why for name, why in SKIPPED.items() if name not in compared}
    return {"counts": counts, **found.as_json(np.random.default_rng(hold_out.seed)), "skipped": skipped}


def _progress(done: int, of: int) -> None:
    """A line on the terminal, where somebody watches it."""
    if sys.stderr.isatty():
        click.echo(f"\r{done + 1:,} of {of:,} cuts", nl=done + 1 == of, err=True)


def table(found: dict[str, Any]) -> str:
    """The measurement as lines to read."""
    counts, means = found["counts"], found["methods"]
    width = max(len(title) for title in TITLES.values()) + 2
    lines = [
        f"{counts['lists']:,} of {counts['all_lists']:,} lists measured: {counts['too_short']:,} too short, "
        f"{counts['beyond_limit']:,} beyond the limit, {counts['nothing_hidden']:,} without a song to look for. "
        f"{counts['testable_songs']:,} of {counts['songs']:,} songs take part.",
        "",
        " " * width + "".join(f"{title:>13}" for title in METRICS.values()),
    ]
    for method, each in means.items():
        lines.append(f"{TITLES[method]:{width}}" + "".join(f"{each[metric]['mean']:>13.4f}" for metric in METRICS))
    lines += ["", "NDCG@50 with its 95 % interval"]
    lines += [f"{TITLES[method]:{width}}{_with_ends(each['ndcg@50'])}" for method, each in means.items()]
    lines += ["", "Times the NDCG@50 of the textbook"]
    lines += [
        f"{TITLES[name]:{width}}{_with_ends(each['ndcg@50'])}" for name, each in found["ratios_to_textbook"].items()
    ]
    lines += ["", "Difference in NDCG@50, list by list"]
    lines += [f"{pair:{2 * width}}{_with_ends(each['ndcg@50'])}" for pair, each in found["differences"].items()]
    return "\n".join([*lines, "", *found["skipped"].values()]).rstrip()


def _with_ends(found: dict[str, float | None] | None) -> str:
    if found is None:
        return "undefined: the textbook found nothing"
    low, high = ("no limit" if end is None else f"{end:.4f}" for end in (found["low"], found["high"]))
    return f"{found['mean']:8.4f}  [{low}, {high}]"
