"""`tonearm refresh` renews what is due in the store of the app, and counts everybody once."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from recsys.app.container import Container
from recsys.commands.refresh import command
from recsys.core.engine.recipe import Recipe
from recsys.importers.catalogue_file import write_catalogue
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
