"""A taste card: aggregates only, valid by its schema, read back, and refused where it is something else."""

import json

import jsonschema
import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.insights.modes import modes
from recsys.core.insights.summary import describe
from recsys.core.model.tracks import empty_tracks
from recsys.errors import UnreadableFile
from recsys.services.taste_card import SCHEMA, from_json, schema, taste_card, to_json
from tests.core.small import random_tracks

LIBRARY = random_tracks(40, seed=2, prefix="l", missing=0.1)
CATALOGUE = Catalogue.from_tracks(random_tracks(200, seed=1, prefix="c"))
MODES = modes(Recommender(CATALOGUE, LIBRARY), Recipe().weights)


def card(**more):
    return taste_card(LIBRARY, CATALOGUE.sample, MODES, **more)


def test_a_card_holds_no_title_artist_or_id():
    text = to_json(card()).decode()

    assert not any(str(value) in text for name in ("track_id", "title", "artists") for value in LIBRARY[name])
    assert len(card().sentences) == 3


def test_titles_are_on_it_only_when_ticked():
    named = card(with_titles=True).modes[0].title

    assert named == f"{MODES.table['title'][0]} by {MODES.table['artists'][0]}"


def test_it_is_valid_by_its_schema_and_comes_back():
    made = card(with_titles=True, note="demo data")

    jsonschema.validate(json.loads(to_json(made)), json.loads(SCHEMA.read_text("utf-8")))
    assert from_json(to_json(made), "card.json") == made


def test_the_schema_in_the_package_is_that_of_the_model():
    assert json.loads(SCHEMA.read_text("utf-8")) == schema(), "run recsys.services.taste_card.write_schema"


def test_a_card_is_compared_like_a_library():
    described, own = card().described(), describe(LIBRARY, CATALOGUE.sample)

    pd.testing.assert_frame_equal(described, own, atol=1e-4)


def test_a_card_of_which_nothing_is_known_is_compared_too():
    nothing = describe(empty_tracks(), CATALOGUE.sample)
    pd.testing.assert_frame_equal(card().model_copy(update={"radar": {}}).described(), nothing)


VALID = json.loads(to_json(card()))


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"[]",
        b"\xff",
        b"{" * 70_000,
        b"[" * 50_000,
        {**VALID, "songs": 0},
        {**VALID, "songs": "40"},
        {**VALID, "songs": True},
        {**VALID, "radar": {"mood": {"percentile": 0.5, "median": 1}}},
        {**VALID, "radar": {"energy": {"percentile": 2, "median": 1}}},
        {**VALID, "radar": {"energy": {"percentile": 0.5, "median": 1e999}}},
        {**VALID, "radar": {"energy": {"percentile": 0.5, "median": 1e308}}},
        {**VALID, "radar": {"tempo": {"percentile": 0.5, "median": -5}}},
        {**VALID, "modes": [{"share": 0.5}] * 7},
        {**VALID, "modes": [{"share": 0.5, "title": "x" * 500}]},
        {**VALID, "sentences": ["x"] * 4},
        {**VALID, "html": "<script>"},
        {**VALID, "tonearm_taste_card": 2},
    ],
    ids=lambda wrong: str(wrong)[:30],
)
def test_what_is_no_card_is_a_sentence(wrong):
    content = wrong if isinstance(wrong, bytes) else json.dumps(wrong).encode()

    with pytest.raises(UnreadableFile, match=r"taste card"):
        from_json(content, "card.json")
