"""An evaluation on worker processes gives the numbers of one process."""

import json

import numpy as np
import pandas as pd
import pytest

from recsys.commands.evaluate import Cluster, measured
from recsys.core.engine.recipe import Recipe
from recsys.core.evaluation.holdout import HoldOut
from recsys.errors import NothingToRank
from tests.core.songs import two_kinds


@pytest.fixture(scope="module")
def songs():
    """Two kinds of music, and twelve lists that hold songs of both."""
    tracks, rng = two_kinds(each=120), np.random.default_rng(0)
    rows = [(f"list {at}", name) for at in range(12) for name in rng.choice(tracks["track_id"], 25, replace=False)]
    return tracks, pd.DataFrame(rows, columns=["list", "track_id"]).astype("str")


def test_workers_change_no_number(songs):
    tracks, entries = songs
    hold_out, calls = HoldOut(cuts=2), []

    alone = measured(tracks, entries, Recipe(), hold_out, lambda *_: None)
    shared = measured(tracks, entries, Recipe(), hold_out, lambda *done: calls.append(done), Cluster(None, 2))

    assert json.dumps(shared) == json.dumps(alone)
    assert calls == [(at, 24) for at in range(24)]


def test_lists_that_are_too_short_are_one_sentence_on_workers_too(songs):
    tracks, entries = songs

    with pytest.raises(NothingToRank, match="No list holds 99 songs"):
        measured(tracks, entries, Recipe(), HoldOut(min_tracks=99), lambda *_: None, Cluster(None, 1))
