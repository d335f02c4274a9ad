"""`recommend` ranks a catalogue file for library files, or says in one sentence what is wrong."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from recsys.__main__ import tonearm
from recsys.errors import TonearmError

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
HEAD = "track_id,title,artists,album,year,energy,valence,danceability,acousticness\n"
KEYS = ["rank", "track_id", "title", "artists", "album", "year", "score", "why", "nearest", "url"]


def rows(prefix, count, title="Song"):
    numbers = ((n % 10 / 10, n % 7 / 7, n % 5 / 5, n % 3 / 3) for n in range(count))
    return "".join(
        f"{prefix}{n:0{22 - len(prefix)}d},{title} {n},{prefix} band {n},,{1970 + n % 50},{','.join(map(str, row))}\n"
        for n, row in enumerate(numbers)
    )


@pytest.fixture
def files(tmp_path):
    library, catalogue = tmp_path / "library.csv", tmp_path / "catalogue.csv"
    library.write_text(HEAD + rows("own", 12))
    catalogue.write_text(HEAD + rows("own", 12) + rows("new", 80, title="Tune"))
    return library, catalogue


def recommend(library, catalogue, *options):
    arguments = ["recommend", str(library), "--catalogue", str(catalogue), *map(str, options)]
    answer = CliRunner().invoke(tonearm, arguments, catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_json_has_the_promised_keys_and_reasons_that_sum_to_falling_scores(files):
    found = json.loads(recommend(*files, "-n", 15, "--format", "json"))

    assert [list(song) for song in found] == [KEYS] * 15
    assert [song["rank"] for song in found] == list(range(1, 16))
    for song in found:
        assert sum(song["why"].values()) == pytest.approx(song["score"], abs=1e-6)
    scores = [song["score"] for song in found]
    assert scores == sorted(scores, reverse=True)


def test_nothing_of_the_library_is_recommended(files):
    found = json.loads(recommend(*files, "-n", 80, "--format", "json"))

    assert not [song for song in found if song["track_id"].startswith("own")]


def test_a_weight_changes_the_list(files):
    plain, steered = (recommend(*files, "--format", "json", *w) for w in ((), ("--weight", "energy=10")))

    assert [s["track_id"] for s in json.loads(plain)] != [s["track_id"] for s in json.loads(steered)]


def test_csv_and_json_tell_the_same_list(files):
    told = list(csv.DictReader(io.StringIO(recommend(*files, "--format", "csv").lstrip("\ufeff"))))
    found = json.loads(recommend(*files, "--format", "json"))

    assert [row["track_id"] for row in told] == [song["track_id"] for song in found]
    assert float(told[0]["why_energy"]) == pytest.approx(found[0]["why"]["energy"])


def test_out_writes_a_file_and_nothing_to_the_screen(files, tmp_path):
    assert recommend(*files, "--out", tmp_path / "list.txt") == ""
    assert " 1 " in (tmp_path / "list.txt").read_text()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--weight", "foo=1"], "no feature called “foo”"),
        (["--weight", "energy=-1"], "weight of energy must be a number from 0 up"),
        (["--weight", "energy=nan"], "weight of energy must be a number from 0 up"),
        (["--weight", "energy"], "must look like energy=2"),
        (["-n", "0"], "between 1 and 500"),
        (["-n", "501"], "between 1 and 500"),
        (["--seed", "nobody"], "neither in your library nor in the catalogue"),
    ],
)
def test_a_wrong_option_is_named_in_a_sentence(files, options, sentence):
    with pytest.raises(TonearmError, match=sentence):
        recommend(*files, *options)


def test_a_wrong_file_ends_with_status_2_and_one_sentence_without_a_traceback(files):
    command = [sys.executable, "-m", "recsys", "recommend", "missing.csv", "--catalogue", str(files[1])]

    answer = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).resolve().parents[2])

    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr == "Error: There is no file “missing.csv”. Check its name and folder.\n"


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here")
def test_a_real_listener_gets_twenty_distinct_songs_they_do_not_have():
    library = SHARED / "exportify" / "listener_a.csv"
    options = ("-n", 20, "--weight", "energy=2", "--format", "json")

    found = json.loads(recommend(library, SHARED / "catalogue.csv", *options))

    with library.open(encoding="utf-8-sig") as file:
        own = list(csv.DictReader(file))
    owned_ids = {row["Track URI"].removeprefix("spotify:track:") for row in own}
    owned_songs = {(row["Track Name"].casefold(), row["Artist Name(s)"].split(";")[0].casefold()) for row in own}
    songs = {(song["title"].casefold(), song["artists"].split(";")[0].casefold()) for song in found}
    assert len(songs) == len({song["track_id"] for song in found}) == 20
    assert not owned_ids & {song["track_id"] for song in found}
    assert not owned_songs & songs
