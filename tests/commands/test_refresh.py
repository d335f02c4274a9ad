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
    out = tmp_path / "lists.parquet"
    words = ("--store", "--catalogue", str(tmp_path / "catalogue.parquet"), "-n", "5", "--out", str(out), "--json")

    answer = CliRunner().invoke(batch, words, standalone_mode=False)

    assert answer.exception is None, answer.exception
    report = json.loads(answer.stdout)
    assert (report["listeners"], report["ranked"], report["not_ranked"], report["rows"]) == (3, 2, 1, 10)
    assert [row["listener"] for row in report["problems"]] == ["guest-empty"]
    lists = pd.read_parquet(out)
    for listener, feedback in (("ada", store.feedback("ada")), ("bob", store.feedback("bob"))):
        engine = recommender(container.catalogue, store.tracks(listener), feedback)
        expected = engine.recommend(Recipe(length=5)).table["track_id"].tolist()
        assert lists.loc[lists["listener"] == listener, "track_id"].tolist() == expected
    assert liked["track_id"].iloc[0] not in set(lists.loc[lists["listener"] == "bob", "track_id"])


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
