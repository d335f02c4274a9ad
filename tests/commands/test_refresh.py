"""`tonearm refresh` renews what is due in the store of the app, and counts everybody once."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from click.testing import CliRunner

from recsys.app.container import Container
from recsys.commands.batch import command as batch
from recsys.commands.refresh import command
from recsys.core.engine.recipe import Recipe
from recsys.importers.catalogue_file import write_catalogue
from recsys.services.recommend import recommender
from recsys.settings import Settings
from recsys.storage.store import WeeklyList
from tests.core.small import random_tracks

TODAY = pd.Timestamp.now(tz="UTC").floor("D")
ASKED = WeeklyList(Recipe(length=4).as_json(), 0, 4)


@pytest.fixture
def container(monkeypatch, tmp_path):
    monkeypatch.setattr("recsys.settings.SECRETS", tmp_path / "none.toml")
    monkeypatch.setattr("recsys.settings.DOTENV", tmp_path / "none.env")
    monkeypatch.setenv("TONEARM_DATA", str(tmp_path))
    write_catalogue(random_tracks(60, 1, "song"), tmp_path / "catalogue.parquet")
    container = Container(Settings(tmp_path, str(tmp_path / "catalogue.parquet")))
    container.embedded_store.save_tracks("ada", random_tracks(12, 2, "own"))
    yield container
    container.close()


def refresh(*arguments):
    answer = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert answer.exception is None, answer.exception
    return answer.return_value, answer.output


def test_lists_that_are_due_are_renewed_once_and_the_counts_add_up(container):
    container.embedded_store.save_weekly("ada", ASKED)
    container.embedded_store.save_weekly("guest-empty", ASKED)

    status, said = refresh("--json")

    report = json.loads(said)
    assert (status, report["asked"], report["renewed"], report["failed"]) == (1, 2, 1, 1)
    assert report["asked"] == sum(report[name] for name in ("renewed", "fresh", "stopped", "failed"))
    assert [row["listener"] for row in report["problems"]] == ["guest-empty"]
    assert container.weekly.change("ada").songs["title"].str.startswith("Song").sum() == 4
    container.embedded_store.remove_weekly("guest-empty")
    assert refresh() == (0, "1 weekly lists = 0 renewed + 1 of this week already + 0 failed.\n")


def test_batch_ranks_everybody_who_asks_as_recommend_does_and_counts_the_others(container, tmp_path):
    store = container.embedded_store
    for listener in ("ada", "bob", "guest-empty"):
        store.save_weekly(listener, ASKED)
    store.save_tracks("bob", random_tracks(9, 5, "bobs"))
    liked = random_tracks(60, 1, "song").head(1)
    store.save_feedback("bob", liked, liked=True, at="2026-11-20T12:00:00Z")
    store.save_tracks("cleo", random_tracks(9, 6, "cleos"))  # asks for nothing
    for listener, count in (("bob", 7), ("cleo", 3), ("guest-empty", 2)):
        store.save_pool(listener, random_tracks(count, 8, "found"), answered_at="2026-11-20T12:00:00Z")
    out = tmp_path / "lists.parquet"
    words = ("--store", "--catalogue", str(tmp_path / "catalogue.parquet"), "-n", "5", "--out", str(out), "--json")

    answer = CliRunner().invoke(batch, words, standalone_mode=False)

    assert answer.exception is None, answer.exception
    report = json.loads(answer.stdout)
    assert (report["listeners"], report["ranked"], report["not_ranked"], report["rows"]) == (3, 2, 1, 10)
    assert [row["listener"] for row in report["problems"]] == ["guest-empty"]
    assert report["left_out"] == [{"listener": "bob", "songs": 7}]
    lists = pd.read_parquet(out)
    for listener, feedback in (("ada", store.feedback("ada")), ("bob", store.feedback("bob"))):
        engine = recommender(container.catalogue, store.tracks(listener), feedback)
        expected = engine.recommend(Recipe(length=5)).table["track_id"].tolist()
        assert lists.loc[lists["listener"] == listener, "track_id"].tolist() == expected
    assert liked["track_id"].iloc[0] not in set(lists.loc[lists["listener"] == "bob", "track_id"])


@pytest.fixture
def rated(container):
    """
    Two listeners who ask for a list. Ada has songs of the catalogue and others, plays of some, and a dislike; Bob has
    songs of the same ids as Ada, which sound otherwise to him.
    """
    store, songs = container.embedded_store, random_tracks(60, 1, "song")
    for listener in ("ada", "bob"):
        store.save_weekly(listener, ASKED)
    store.save_tracks("ada", songs.iloc[10:18].assign(added_at="2021-05-01T12:00:00Z"))
    store.save_tracks("bob", random_tracks(14, 9, "own").assign(added_at="2020-05-01T12:00:00Z"))
    store.save_feedback("ada", songs.iloc[[3]], liked=False, at="2026-11-20T12:00:00Z")
    store.save_feedback("ada", random_tracks(1, 7, "far"), liked=False, at="2026-11-20T12:00:00Z")
    store.save_feedback("bob", songs.iloc[[4]], liked=True, at="2026-11-20T12:00:00Z")
    played = {"own0": "2019-01-01", "own1": "2022-03-04", "song11": "2024-01-01", "song12": str(TODAY.date())}
    at = [f"{day}T08:00:00Z" for day in played.values()]
    store.save_plays("ada", pd.DataFrame({"track_id": [*played], "played_at": at, "ms_played": 200_000}))
    return store


@pytest.mark.parametrize("shards", [1, 2])
@pytest.mark.parametrize(
    "recipe",
    [Recipe(length=5), Recipe(length=5, order="smooth"), Recipe(length=8, choose_from="forgotten", silent_months=3)],
    ids=["new", "ordered", "forgotten"],
)
def test_batch_of_the_store_gives_each_listener_the_list_of_the_page(container, rated, tmp_path, recipe, shards):
    (tmp_path / "recipe.json").write_text(json.dumps(recipe.as_json()))
    out = tmp_path / "lists.parquet"
    words = ("--store", "--catalogue", str(tmp_path / "catalogue.parquet"), "--shards", str(shards), "--json")

    answer = CliRunner().invoke(
        batch, [*words, "--recipe", str(tmp_path / "recipe.json"), "--out", str(out)], standalone_mode=False
    )

    assert answer.exception is None, answer.exception
    assert json.loads(answer.stdout)["ranked"] == 2
    lists = pd.read_parquet(out)
    for listener in ("ada", "bob"):
        mine = (rated.tracks(listener), rated.feedback(listener), (), rated.plays(listener), TODAY)
        alone = recommender(container.catalogue, *mine, choose_from=recipe.choose_from).recommend(recipe).table
        listed = lists[lists["listener"] == listener].reset_index(drop=True)
        pd.testing.assert_frame_equal(listed.drop(columns="listener"), alone[[*listed.columns[1:]]], check_exact=True)
    if recipe.choose_from == "forgotten":
        listed = set(lists.loc[lists["listener"] == "ada", "track_id"])
        assert listed & {"own0", "own1"}, "songs the catalogue lacks"
        assert "song12" not in listed, "heard today"


@pytest.mark.parametrize("words", [("a.csv", "--store"), ()])
def test_batch_takes_a_file_or_the_store(container, words):
    answer = CliRunner().invoke(batch, [*words, "--catalogue", "c.csv", "--out", "l.parquet"])
    assert answer.exit_code == 2 and "or give --store" in answer.output


def test_batch_of_a_store_where_nobody_asks_says_where_it_is_switched_on(container, tmp_path):
    words = ["--store", "--catalogue", str(tmp_path / "catalogue.parquet"), "--out", str(tmp_path / "l.parquet")]
    answer = CliRunner().invoke(batch, words, standalone_mode=False)
    assert "Nobody asks for a weekly list" in str(answer.exception)


def test_nobody_who_asks_is_no_problem(container):
    assert refresh() == (0, "0 weekly lists = 0 renewed + 0 of this week already + 0 failed.\n")


def test_where_lists_are_off_the_command_says_so(container, monkeypatch):
    monkeypatch.setenv("TONEARM_WEEKLY_LISTS", "off")
    answer = CliRunner().invoke(command, standalone_mode=False)
    assert "TONEARM_WEEKLY_LISTS" in str(answer.exception)


def test_a_listener_who_found_songs_around_theirs_gets_those_too(container):
    store = container.embedded_store
    store.save_weekly("ada", replace(ASKED, recipe=Recipe(length=60).as_json(), songs=60))
    store.save_pool("ada", random_tracks(20, 3, "pool"), "2026-11-20T12:00:00Z")

    refresh()

    given = container.weekly.change("ada").songs["track_id"]
    assert given.str.startswith("pool").any() and given.str.startswith("song").any()
