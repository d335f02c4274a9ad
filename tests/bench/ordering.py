"""How smooth an order is, as the mean cost of its transitions against sorting by tempo and the greedy path."""

from collections.abc import Iterator
from pathlib import Path
from time import thread_time

import numpy as np
import pandas as pd

from recsys.core.engine.transitions import Sound, greedy_path, mean_transition_cost, smooth_path, transition_costs
from recsys.importers.catalogue_file import read_catalogue
from tests.bench.invented import invented
from tests.bench.rows import Row

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "catalogue.csv"
LENGTHS = (30, 100, 500)
LISTS = 10


def rows(quick: bool = False) -> Iterator[Row]:
    """The mean transition cost of lists of several lengths, drawn from real songs where those are at hand."""
    songs, name = (read_catalogue(REAL), "real") if REAL.exists() else (_with_keys(invented(20_000)), "invented")
    for length in LENGTHS[: 2 if quick else None]:
        lists = [songs.sample(length, random_state=seed) for seed in range(LISTS)]
        found = np.array([_costs(songs) for songs in lists]).mean(axis=0)
        smooth, by_tempo, greedy, seconds = found
        title = f"smooth order of {length} {name} songs, mean transition cost {smooth:.4f} (< 1.0)"
        yield Row(title, seconds, f"sorted by tempo, {by_tempo:.4f}", smooth / by_tempo)
        yield Row(title, seconds, f"greedy nearest neighbour, {greedy:.4f}", smooth / greedy)


def _costs(songs: pd.DataFrame) -> tuple[float, float, float, float]:
    """The mean transition cost of a smooth order, by tempo, of the greedy path, and seconds for the first."""
    sound = Sound(*(songs[name].to_numpy(np.float64) for name in ("tempo", "key", "mode", "energy")))
    began, costs = thread_time(), transition_costs(sound)
    smooth = smooth_path(costs)
    seconds = thread_time() - began
    orders = (smooth, np.argsort(sound.tempo), greedy_path(costs, 0))
    mine, by_tempo, greedy = (mean_transition_cost(costs, order) for order in orders)
    return mine, by_tempo, greedy, seconds


def _with_keys(songs: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return songs.assign(key=rng.integers(0, 12, len(songs)), mode=rng.integers(0, 2, len(songs)))
