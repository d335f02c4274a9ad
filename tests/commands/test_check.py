"""`tonearm check`: what a listener or a script learns about files before importing them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from recsys.commands.check import command

TABLE = "id,name,artists,energy\n0000000000000000000001,Blue,Ann,0.5\n0000000000000000000001,Blue,Ann,0.5\n,,Bob,0.1\n"
EXPORTIFY = Path(__file__).parents[2] / "../shared/data/exportify"


def check(*arguments):
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(TABLE, "utf-8")
    return path


def test_json_has_one_object_per_file_and_its_numbers_add_up(table):
    answer = check(table, "--json")

    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == [
        {
            "file": str(table),
            "format": "table of tracks with audio features",
            "rows": 3,
            "tracks": 1,
            "duplicates": 1,
            "skipped": {"no Spotify id, and no title with an artist": 1},
            "with_features": 1,
            "notes": [],
        }
    ]


def test_json_has_the_notes_on_columns_and_encodings(tmp_path):
    unused, cyrillic = tmp_path / "unused.csv", tmp_path / "cyrillic.csv"
    unused.write_text("title,artists,shoe_size\nBlue,Ann,42\n", "utf-8")
    rows = "".join(f"Песня о любви номер {number},Алла Пугачёва\n" for number in range(20))
    cyrillic.write_bytes(("title,artists\n" + rows).encode("cp1251"))

    columns, encoding = (report["notes"] for report in json.loads(check(unused, cyrillic, "--json").stdout))

    assert any("shoe_size" in note for note in columns)
    assert any("Cyrillic (Windows)" in note for note in encoding)


def test_a_file_that_cannot_be_read_leaves_the_others_reported(table, tmp_path):
    answer = check(tmp_path / "gone.csv", table, "--json")

    gone, read = json.loads(answer.stdout)
    assert answer.exit_code == 2
    assert gone.keys() == {"file", "error"}
    assert gone["error"].startswith("There is no file")
    assert read["tracks"] == 1


def test_words_say_what_became_of_every_row(table):
    answer = check(table)

    assert "3 rows = 1 track + 1 duplicate + 1 skipped" in answer.stdout
    assert "1 skipped: no Spotify id, and no title with an artist" in answer.stdout


def test_a_value_out_of_range_is_named_with_its_row(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("id,name,artists,energy,tempo\n0000000000000000000001,Blue,Ann,0.5,999\n", "utf-8")

    assert "Row 2: tempo “999” is not between 30 and 260, so it was left empty." in check(path).stdout


def test_a_broken_file_is_one_sentence_and_no_traceback(tmp_path):
    path = tmp_path / "empty.csv"
    path.touch()

    answer = check(path)

    assert answer.exit_code == 2
    assert answer.stderr == f"Error: “{path}” is empty. Export it again.\n"


@pytest.mark.shared_data
@pytest.mark.skipif(not EXPORTIFY.exists(), reason="../shared/data is not here")
def test_three_real_exports_add_up():
    reports = json.loads(check(*sorted(EXPORTIFY.glob("*.csv")), "--json").stdout)

    assert [report["tracks"] for report in reports] == [698, 416, 163]
    assert all(each["rows"] == each["tracks"] + each["duplicates"] + sum(each["skipped"].values()) for each in reports)
