"""`tonearm evaluate`: what it prints, and what it says of input it cannot use."""

import json

import pytest
from click.testing import CliRunner

from recsys.commands.evaluate import command
from recsys.commands.options import with_genres
from recsys.core.evaluation.offline import METRICS, TITLES
from recsys.errors import BadRecipe, NothingToRank, TonearmError, UnknownFeature, UnreadableFile
from recsys.importers.catalogue_file import write_catalogue
from tests.core.songs import two_kinds


def spotify_id(letter, number):
    return f"{letter}{number:021d}"


def songs(**columns):
    tracks = two_kinds(each=120, **columns)
    return tracks.assign(track_id=[spotify_id(name[0], int(name[1:])) for name in tracks["track_id"]])


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A catalogue of two kinds of music, and two playlists of one kind each; every third entry is not in it."""
    folder = tmp_path_factory.mktemp("evaluate")
    write_catalogue(songs(), folder / "songs.parquet")
    rows = [f"{name},{spotify_id(name[0], n)}" for name in ("calm", "loud") for n in range(30)]
    unknown = [f"calm,elsewhere-{n}" for n in range(30)] + [f"tiny,{spotify_id('c', 1)}"]
    (folder / "lists.csv").write_text("\n".join(["playlist_id,track_id", *rows, *unknown]), "utf-8")
    (folder / "genres.csv").write_text(
        "id,genres\n" + "".join(f"{spotify_id('c', n)},jazz\n" for n in range(120)), "utf-8"
    )
    return folder


def run(files, *arguments, catalogue="songs.parquet", playlists="lists.csv"):
    given = ["--catalogue", str(files / catalogue), "--playlists", str(files / playlists), "--cuts", "2"]
    return CliRunner().invoke(command, [*given, *arguments])


def test_json_tells_settings_counts_and_every_measure(files):
    found = json.loads(run(files, "--json", "--hide", "0.4", "--weight", "year=0").stdout)

    assert found["settings"]["catalogue"] == "songs.parquet"
    assert found["settings"]["hide"] == 0.4
    assert found["settings"]["weights"]["year"] == 0
    assert found["counts"] == {
        "tracks": 240,
        "songs": 240,
        "testable_songs": 240,
        "entries": 91,
        "unknown_entries": 30,
        "all_lists": 3,
        "lists": 2,
        "too_short": 1,
        "beyond_limit": 0,
        "nothing_hidden": 0,
    }
    assert set(found["methods"]) == set(TITLES) - {"popularity"}
    assert set(found["methods"]["ours"]) == set(METRICS)
    assert found["skipped"].keys() == {"popularity"}
    assert found["methods"]["ours"]["auc"]["mean"] > 0.7 > found["methods"]["random"]["auc"]["mean"]


def test_the_same_command_prints_the_same_and_another_seed_does_not(files):
    one, same, other = (run(files, "--json", "--seed", seed).stdout for seed in ("1", "1", "2"))

    assert one == same
    assert json.loads(one)["methods"] != json.loads(other)["methods"]


def test_words_name_every_method_and_metric(files):
    printed = run(files).stdout

    assert "2 of 3 lists measured: 1 too short" in printed
    assert all(title in printed for name, title in TITLES.items() if name != "popularity")
    assert all(title in printed for title in METRICS.values())
    assert "Popularity is not compared" in printed


def test_only_new_artists_and_a_limit_are_settings(files):
    found = json.loads(run(files, "--json", "--new-artists", "--limit", "1").stdout)

    assert found["settings"]["new_artists"] is True
    assert found["counts"]["lists"] == 1
    assert found["counts"]["beyond_limit"] == 1


def test_genres_come_from_a_file_and_count(files):
    tracks = with_genres(songs(), files / "genres.csv")
    plain, by_genre = (
        json.loads(run(files, "--json", *more).stdout) for more in ((), ("--genres", str(files / "genres.csv")))
    )

    assert tracks["genres"].notna().sum() == 120
    assert by_genre["settings"]["genres"] == "genres.csv"
    assert by_genre["methods"]["ours"]["auc"] != plain["methods"]["ours"]["auc"]
    assert by_genre["methods"]["ours_audio"]["auc"] == plain["methods"]["ours_audio"]["auc"], "the same cuts"


def test_genres_of_the_catalogue_stay_where_the_file_knows_none(files):
    tracks = songs(genres="pop")

    assert with_genres(tracks, files / "genres.csv")["genres"].value_counts().to_dict() == {"jazz": 120, "pop": 120}


@pytest.mark.parametrize(
    ("arguments", "problem", "sentence"),
    [
        (["--weight", "loud"], BadRecipe, "must look like"),
        (["--weight", "loudnes=1"], UnknownFeature, "loudnes"),
        (["--weight", "energy=-1"], BadRecipe, "from 0 up"),
        (["--min-tracks", "31"], NothingToRank, "31 songs"),
        (["--genres", "no-such-file.csv"], UnreadableFile, "no-such-file"),
    ],
)
def test_input_that_cannot_be_used_is_one_error_with_a_sentence(files, arguments, problem, sentence):
    answer = run(files, *arguments)

    assert isinstance(answer.exception, problem)
    assert sentence in str(answer.exception)
    assert answer.stdout == ""


@pytest.mark.parametrize("name", ["catalogue", "playlists"])
def test_a_missing_file_is_named(files, name):
    answer = run(files, **{name: "gone.csv"})

    assert isinstance(answer.exception, TonearmError)
    assert "gone.csv" in str(answer.exception)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--hide", share) for share in ("0", "1.5", "nan")),
        ("--min-tracks", "1"),
        ("--limit", "0"),
        ("--cuts", "0"),
        *(("--seed", seed) for seed in ("-1", "99999999999999999999")),
    ],
)
def test_a_number_outside_its_range_is_refused(files, option, value):
    answer = run(files, option, value)

    assert answer.exit_code == 2
    assert f"Invalid value for '{option}'" in answer.stderr


def test_a_track_that_occurs_twice_on_a_list_is_one_entry(files, tmp_path):
    lists = (files / "lists.csv").read_text("utf-8")
    (tmp_path / "twice.csv").write_text(lists + lists.removeprefix("playlist_id,track_id"), "utf-8")
    once = json.loads(run(files, "--json").stdout)
    twice = json.loads(run(files, "--json", playlists=tmp_path / "twice.csv").stdout)

    assert twice["counts"] == once["counts"]
    assert twice["methods"] == once["methods"]
