"""A list as JSON, CSV and rows of the store."""

import io
import json

import numpy as np
import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommendations, Recommender
from recsys.importers.any_file import read_file
from recsys.web.answers import as_json, as_rows
from tests.core.small import random_tracks


def test_a_list_becomes_plain_json_whatever_numbers_it_holds():
    table = pd.DataFrame({"rank": [1], "track_id": ["a"], "year": [np.nan], "score": [np.float32(1.5)]})
    parts = pd.DataFrame({"energy": [np.float32(1.5)]}, index=["a"])
    found = Recommendations(table, parts, {"catalogue": np.int64(7)})

    answer = json.loads(json.dumps(as_json("ada", found, "2026-11-23T12:00:00Z"), allow_nan=False))

    assert answer["counts"] == {"catalogue": 7}
    expected = {"rank": 1, "track_id": "a", "year": None, "score": 1.5, "contributions": {"energy": 1.5}}
    assert answer["tracks"] == [expected]
    assert as_rows(found, "2026-11-23T12:00:00Z").to_dict("records") == [
        {"track_id": "a", "score": 1.5, "created_at": "2026-11-23T12:00:00Z"}
    ]


def test_an_answer_is_read_back_with_the_features_of_its_songs():
    songs = random_tracks(40, seed=1)
    found = Recommender(Catalogue.from_tracks(songs), random_tracks(9, seed=2)).recommend(Recipe(length=5))
    answer = json.dumps(as_json("ada", found, "2026-11-23T12:00:00Z"))

    read = read_file(io.BytesIO(answer.encode()), "list.json").tracks.set_index("track_id")

    known = songs.set_index("track_id").loc[found.table["track_id"]]
    assert read.index.tolist() == known.index.tolist()
    pd.testing.assert_frame_equal(read[["energy", "tempo", "valence"]], known[["energy", "tempo", "valence"]])
