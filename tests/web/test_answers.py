"""A list as JSON, CSV and rows of the store."""

import json

import numpy as np
import pandas as pd

from recsys.core.engine.recommender import Recommendations
from recsys.web.answers import as_json, as_rows


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
