"""A recipe as a link and as JSON."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.core.engine.filters import Filters
from recsys.core.engine.ordering import ORDERED_BY, ORDERS
from recsys.core.engine.presets import PRESETS
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recipe_link import (
    RecipeLink,
    from_json,
    from_parameters,
    to_json,
    to_query,
)
from recsys.core.model.features import FEATURES, NUMBER_FEATURES
from recsys.errors import BadValue

SONG_IDS = ("4uLU6hMCjMI75M1A2tKUQC", "1cpfmw3jjpyKOuQmrRvQdq", "3bDX5UCNIQMoSGN26QQOnS")
NAMES = st.text(min_size=1, max_size=30).filter(lambda name: name.strip() == name and name.isprintable())
ENDS = st.integers(0, 9).map(float)
RECIPES = st.builds(
    Recipe,
    weights=st.dictionaries(st.sampled_from([f.name for f in FEATURES]), st.floats(0.01, 100)),
    shifts=st.dictionaries(st.sampled_from([f.name for f in NUMBER_FEATURES]), st.sampled_from([-2.0, 0.5, 1.25])),
    familiarity=st.floats(-1, 1),
    only_new_artists=st.booleans(),
    variety=st.floats(0, 1),
    per_artist=st.none() | st.integers(1, 9),
    length=st.integers(1, 500),
    minutes=st.none() | st.floats(1, 1440),
    order=st.sampled_from(ORDERS),
    by=st.sampled_from(ORDERED_BY),
    spacing=st.integers(0, 20),
    locked=st.sampled_from([{}, {"demo-1": 2, "name:ab": 3}]),
    filters=st.builds(
        Filters,
        ranges=st.dictionaries(
            st.sampled_from([f.name for f in NUMBER_FEATURES]),
            st.tuples(ENDS, ENDS).map(sorted).map(tuple) | ENDS.map(lambda low: (low, None)),
        ),
        no_explicit=st.booleans(),
        no_christmas=st.booleans(),
        genres=st.lists(NAMES, max_size=3, unique=True).map(tuple),
        not_artists=st.lists(NAMES, max_size=3, unique=True).map(tuple),
    ),
)


def opened(query):
    """The link of an address's query, read as a page reads it."""
    return from_parameters(parse_qsl(query.removeprefix("?"), keep_blank_values=True))


@settings(max_examples=150, deadline=None)
@given(RECIPES)
def test_every_recipe_comes_back_from_its_link_and_its_json(recipe):
    link = RecipeLink(recipe, SONG_IDS, ("A by B",), ("minus1",), ("C by D",), "Public 80k", "ab~cd~ef")

    assert opened(to_query(link)) == link
    assert from_json(to_json(link)) == link


def test_a_usual_link_fits_a_chat_message():
    filters = Filters(ranges={"year": (1990, 1999), "tempo": (None, 120)}, no_explicit=True, not_artists=("Drake",))
    recipe = Recipe(weights=PRESETS[1].all_weights(), shifts={"energy": 1}, filters=filters, order="arc", spacing=2)
    checksums = f"12345678~12345678~{'A' * 92}"
    two = RecipeLink(recipe, SONG_IDS[:2], ("Song by Artist",) * 2)
    one_away = RecipeLink(recipe, SONG_IDS[:1], ("Song by Artist",), SONG_IDS[1:2], ("Song by Artist",))

    for link in (two, one_away):
        link = replace(link, catalogue="Public 80k", checksums=checksums)
        assert len("https://tonearm.example/recommend?" + to_query(link)) <= 500


def test_the_usual_recipe_is_an_empty_link():
    assert to_query(RecipeLink(Recipe())) == ""
    assert opened("") == RecipeLink(Recipe())


def test_it_reads_as_the_api_does():
    link = opened("?weights=energy:2,year:0&only=year:1990..1999&only=tempo:..120&not_artist=A%20%26%20B&order=arc")

    assert link.recipe.weights["energy"] == 2
    assert link.recipe.filters == Filters(ranges={"year": (1990, 1999), "tempo": (None, 120)}, not_artists=("A & B",))
    assert link.recipe.order == "arc"


def test_ranges_may_be_joined_with_commas():
    assert opened("only=year:1990..,duration:2:00..5:00").recipe.filters.ranges == {
        "year": (1990, None),
        "duration": (120_000, 300_000),
    }


def test_a_block_list_is_counted_in_a_link_and_whole_in_json():
    link = RecipeLink(Recipe(filters=Filters(blocked_artists=("A", "B"))))

    assert opened(to_query(link)) == RecipeLink(Recipe(), blocked=2)
    assert from_json(to_json(link)).recipe == link.recipe


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("energy=2", "energy"),
        ("weights=energy", "weights"),
        ("weights=energy:nan", "weights"),
        ("weights=mood:1", "weights"),
        ("weights=energy:1,energy:2", "weights"),
        ("limit=1&limit=2", "limit"),
        ("limit=501", "limit"),
        ("limit=٣", "limit"),
        ("only=year", "only"),
        ("only=year:1999..1990", "only"),
        ("only=genre:1..2", "only"),
        ("only=year:1..2&only=year:3..4", "only"),
        ("order=sideways", "order"),
        ("minutes=0", "minutes"),
        ("no_live=1", "no_live"),
        ("not_artist=", "not_artist"),
        ("not_artist=" + "x" * 201, "not_artist"),
        ("&".join(["genre=a"] * 201), "genre"),
        ("locked=a:1,b:1", "locked"),
        ("locked=../x:1", "locked"),
        ("seeds=<script>", "seeds"),
        ("minus=<script>", "minus"),
        ("minus=a&minus=b", "minus"),
        ("catalogue=%00", "catalogue"),
        ("weights=" + ",".join(f"{f.name}:0" for f in FEATURES), "weights"),
        ("preset=loud", "preset"),
    ],
)
def test_a_broken_or_hostile_link_is_a_sentence_about_its_field(query, field):
    with pytest.raises(BadValue) as problem:
        opened(query)

    assert problem.value.field == field
    assert str(problem.value).endswith(".")
    assert len(str(problem.value)) < 400


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"tonearm_recipe": 1}',
        '{"tonearm_recipe": 1, "recipe": []}',
        '{"tonearm_recipe": 1, "recipe": {"weights": 3}}',
        '{"tonearm_recipe": 1, "recipe": {"length": "30"}}',
        '{"tonearm_recipe": 1, "recipe": {"filters": {"ranges": {"year": [1]}}}}',
        '{"tonearm_recipe": 1, "recipe": {"filters": {"genres": [1]}}}',
        '{"tonearm_recipe": 1, "recipe": {}, "seeds": ["<b>"]}',
        '{"tonearm_recipe": 1, "recipe": {"locked": 7}}',
        '{"tonearm_recipe": 1, "recipe": {"only_new_artists": "false"}}',
        '{"tonearm_recipe": 1, "recipe": {"filters": {"no_live": "false"}}}',
        '{"tonearm_recipe": 1, "recipe": {"filters": {"genres": "rock"}}}',
        '{"tonearm_recipe": 1, "recipe": {"filters": {"not_artists": {"a": 1}}}}',
        r'{"tonearm_recipe": 1, "recipe": {"filters": {"not_artists": ["\ud800"]}}}',
        "[" * 100_000,
    ],
)
def test_a_broken_recipe_file_is_a_sentence(text):
    with pytest.raises(BadValue) as problem:
        from_json(text)

    assert problem.value.field in ("recipe", "seeds")


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text):
    for read in (opened, from_json):
        try:
            read(text)
        except BadValue as problem:
            assert len(str(problem)) < 400


def test_json_says_what_it_is():
    assert json.loads(to_json(RecipeLink(Recipe())))["tonearm_recipe"] == 1


def test_a_link_without_room_for_its_seeds_says_how_many_and_the_json_holds_them():
    seeds = tuple(f"{number:022d}" for number in range(156))
    link = RecipeLink(Recipe(), seeds, ("156 songs of a part of the map",))

    again = opened(to_query(link))

    assert (again.seeds, again.seeds_left_out) == ((), 156)
    assert again.seed_names == link.seed_names
    assert len(to_query(link)) < 200
    assert from_json(to_json(link)).seeds == seeds


def test_songs_to_stay_away_from_come_back_with_their_names():
    link = opened("minus=a,b&minus_names=A%20by%20X|B%20by%20Y")

    assert (link.seeds, link.minus, link.minus_names) == ((), ("a", "b"), ("A by X", "B by Y"))
    many = RecipeLink(Recipe(), minus=tuple(f"{number}" for number in range(51)), minus_names=("51 songs",))
    assert opened(to_query(many)).minus_left_out == 51
    assert from_json(to_json(many)) == many


@pytest.mark.parametrize(
    "written", ["夜に\u3000駆ける", "Non\u00a0breaking", "a\u200bb", "a\u202eb", "two\nlines", "👩\u200d🎤"]
)
def test_a_link_can_be_opened_whatever_its_songs_and_its_catalogue_are_called(written):
    link = RecipeLink(Recipe(), SONG_IDS[:1], (written,), SONG_IDS[1:2], (written,), catalogue=written)

    read = from_parameters(parse_qsl(to_query(link)))

    assert (read.seeds, read.minus) == (link.seeds, link.minus)
    shown = "".join(one if one.isprintable() else " " for one in written)
    assert (*read.seed_names, *read.minus_names, read.catalogue) == (shown, shown, shown)
