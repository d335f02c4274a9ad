"""What `tonearm batch` reads as a recipe and shows while it runs; its lists are in `tests.batch`."""

import json
import re

import pytest
from click.testing import CliRunner

from recsys.commands.batch import Progress, read_recipe
from recsys.commands.batch import command as batch
from recsys.commands.evaluate import command as evaluate
from recsys.core.engine.filters import Filters
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recipe_link import RecipeLink, to_json
from recsys.errors import BadRecipe, UnknownFeature

SUNDAY = Recipe(weights={"energy": 3}, variety=0.5, filters=Filters(blocked_artists=("Some One",)), locked={"a": 2})


def shown(monkeypatch, capsys, is_watched):
    now = [0.0]
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_watched)
    progress = Progress(lambda: now[0])
    progress(40, 100)  # an earlier run had made 40
    now[0] = 20.0
    progress(60, 100)
    now[0] = 60.0
    progress(100, 100)
    return [line.strip() for line in capsys.readouterr().err.replace("\r", "\n").splitlines() if line.strip()]


def test_whoever_watches_sees_how_many_are_ranked_and_the_time_left(monkeypatch, capsys):
    assert shown(monkeypatch, capsys, is_watched=True) == [
        "40 of 100 listeners",
        "60 of 100 listeners, 40 s left",
        "100 of 100 listeners, 0 s left",
    ]


def test_a_log_file_gets_no_progress(monkeypatch, capsys):
    assert shown(monkeypatch, capsys, is_watched=False) == []


def test_a_downloaded_recipe_file_and_its_settings_alone_are_the_same_recipe(tmp_path):
    ours, plain = tmp_path / "tonearm-recipe.json", tmp_path / "plain.json"
    ours.write_text(to_json(RecipeLink(SUNDAY)))
    plain.write_text(json.dumps(SUNDAY.as_json()))

    assert read_recipe(ours, {}, None) == read_recipe(plain, {}, None) == SUNDAY
    assert read_recipe(ours, {"year": 0.0}, 7).weights == {**SUNDAY.weights, "year": 0.0}
    assert read_recipe(ours, {"year": 0.0}, 7).length == 7


def test_a_number_of_songs_takes_the_place_of_the_minutes_of_a_recipe(tmp_path):
    (tmp_path / "r.json").write_text(json.dumps({"minutes": 45}))

    assert read_recipe(tmp_path / "r.json", {}, None).minutes == 45
    assert read_recipe(tmp_path / "r.json", {}, 7) == Recipe(length=7)


@pytest.mark.parametrize("songs", [{"seeds": ("s",)}, {"minus": ("m",)}])
def test_a_recipe_that_names_songs_is_refused_with_what_to_do(tmp_path, songs):
    (tmp_path / "r.json").write_text(to_json(RecipeLink(SUNDAY, **songs)))

    with pytest.raises(BadRecipe, match="Remove them above the list on the Recommend page"):
        read_recipe(tmp_path / "r.json", {}, None)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", r"“r.json” is not JSON. Download a recipe under Share"),
        ("[]", r"A value in the recipe has the wrong type."),
        ('{"locked": [1]}', r"A value in the recipe has the wrong type."),
    ],
)
def test_a_file_that_is_no_recipe_is_refused_with_what_to_do(tmp_path, content, says):
    (tmp_path / "r.json").write_text(content)

    with pytest.raises(BadRecipe, match=says):
        read_recipe(tmp_path / "r.json", {}, None)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"limit": 7}, "“r.json”: there is no setting called “limit”. Choose from: weights, "),
        ({"filters": {"year": [1990, 1999]}}, "no setting called “year”. Choose from: ranges, no_explicit"),
        ({"weights": {"enrgy": 2}}, "no feature called “enrgy”"),
        ({"shifts": {"calmness": 1}}, "no feature called “calmness”"),
    ],
)
def test_a_setting_that_does_not_exist_is_refused_not_ignored(tmp_path, settings, sentence):
    (tmp_path / "r.json").write_text(json.dumps(settings))

    with pytest.raises((BadRecipe, UnknownFeature), match=re.escape(sentence)):
        read_recipe(tmp_path / "r.json", {}, None)


@pytest.mark.parametrize("command", [batch, evaluate])
def test_workers_beside_the_address_of_a_cluster_are_refused(command):
    words = ["--scheduler", "tcp://127.0.0.1:1", "--workers", "1", "--catalogue", "c.csv"]
    words += ["l.csv", "--out", "o"] if command is batch else ["--playlists", "p.csv"]

    answer = CliRunner().invoke(command, words)

    assert (answer.exit_code, "has workers of its own. Leave out --workers." in answer.output) == (2, True)
