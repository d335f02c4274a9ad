"""Lists for many listeners on worker processes: the same lists as one by one, whatever dies on the way."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from recsys.batch.checkpoint import Checkpoint
from recsys.batch.libraries import Libraries
from recsys.batch.ranking import Ranked
from recsys.commands.batch import command as batch
from recsys.commands.recommend import command as recommend
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.export import to_csv
from recsys.demo.catalogue import demo_catalogue
from recsys.errors import UnreadableFile
from recsys.importers.any_file import read_files
from recsys.importers.catalogue_file import write_catalogue

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    """A catalogue of 600 songs as a file, and its track ids."""
    folder = tmp_path_factory.mktemp("songs")
    tracks = demo_catalogue().head(600)
    tracks = tracks.assign(track_id=[f"{n:022d}" for n in range(len(tracks))])
    tracks.to_parquet(folder / "catalogue.parquet", index=False)
    return folder / "catalogue.parquet", tracks["track_id"].tolist()


def write_libraries(path, ids, listeners, each=12):
    rows = [f"listener-{n},{ids[(n * 7 + k * 3) % len(ids)]}" for n in range(listeners) for k in range(each)]
    path.write_text("listener,track_id\n" + "\n".join(rows) + "\n")
    return path


def run(*words):
    answer = CliRunner().invoke(batch, [str(word) for word in words], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_every_list_equals_the_one_that_recommend_prints(songs, tmp_path):
    catalogue, ids = songs
    libraries = write_libraries(tmp_path / "libraries.csv", ids, listeners=20)

    report = run(
        libraries, "--catalogue", catalogue, "-n", 15, "--workers", 2, "--out", tmp_path / "l.parquet", "--json"
    )

    assert (report["listeners"], report["ranked"], report["not_ranked"], report["rows"]) == (20, 20, 0, 300)
    lists = pd.read_parquet(tmp_path / "l.parquet")
    assert list(lists.columns) == ["listener", "rank", "track_id", "title", "artists", "score"]
    for n in (0, 7, 19):
        own = tmp_path / f"{n}.csv"
        own.write_text("track_id\n" + "\n".join(ids[(n * 7 + k * 3) % len(ids)] for k in range(12)) + "\n")
        answer = CliRunner().invoke(
            recommend, [str(own), "--catalogue", str(catalogue), "-n", "15", "--format", "json"]
        )
        alone = json.loads(answer.stdout)
        batched = lists[lists["listener"] == f"listener-{n}"]
        assert batched["track_id"].tolist() == [row["track_id"] for row in alone]
        assert batched["score"].tolist() == [row["score"] for row in alone]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_forgotten_songs_of_a_file_are_those_that_recommend_lists(songs, tmp_path, form):
    catalogue, ids = songs
    rows = pd.DataFrame(
        [
            {"listener": name, "track_id": ids[at], "added_at": f"{2010 + at % 9 + len(name)}-03-01T00:00:00Z"}
            for name, first in (("ada", 0), ("bobby", 5))
            for at in range(first, first + 20)
        ]
    )
    libraries = tmp_path / f"libraries.{form}"
    getattr(rows, f"to_{form}")(libraries, index=False)
    recipe = tmp_path / "recipe.json"
    recipe.write_text('{"choose_from": "forgotten", "silent_months": 120, "length": 12}')

    run(libraries, "--catalogue", catalogue, "--recipe", recipe, "--out", tmp_path / "l.parquet", "--json")

    lists = pd.read_parquet(tmp_path / "l.parquet")
    for name in ("ada", "bobby"):
        own = tmp_path / f"{name}.csv"
        rows[rows["listener"] == name].drop(columns="listener").to_csv(own, index=False)
        words = [str(own), "--catalogue", str(catalogue), "--from", "forgotten", "--silent-months", "120"]
        answer = CliRunner().invoke(recommend, [*words, "-n", "12", "--format", "json"])
        alone = json.loads(answer.stdout)
        batched = lists[lists["listener"] == name]
        assert len(alone) > 3
        assert batched["track_id"].tolist() == [row["track_id"] for row in alone]
        assert batched["score"].tolist() == [row["score"] for row in alone]


def test_a_listener_who_cannot_be_ranked_is_reported_with_the_reason(songs, tmp_path):
    catalogue, ids = songs
    libraries = write_libraries(tmp_path / "libraries.csv", ids, listeners=3)
    with libraries.open("a") as file:
        file.write("stranger,9999999999999999999999\n")

    report = run(libraries, "--catalogue", catalogue, "--out", tmp_path / "l.parquet", "--json")

    assert (report["listeners"], report["ranked"], report["not_ranked"]) == (4, 3, 1)
    assert report["problems"][0]["listener"] == "stranger"
    assert report["problems"][0]["reason"].endswith(".")


@pytest.fixture(scope="module")
def own_songs(tmp_path_factory):
    """The catalogue that `tonearm demo` writes, with ids of its own, and its track table."""
    tracks = demo_catalogue().head(300)
    path = tmp_path_factory.mktemp("own") / "catalogue.parquet"
    write_catalogue(tracks, path)
    return path, tracks


@pytest.mark.parametrize("known", [["track_id"], ["track_id", "title", "artists"]])
def test_listeners_may_have_tracks_by_the_catalogues_own_ids(own_songs, tmp_path, known):
    catalogue, tracks = own_songs
    mine = tracks[known].iloc[:12].assign(listener="ada")
    mine.to_csv(tmp_path / "libraries.csv", index=False)
    (tmp_path / "own.csv").write_bytes(to_csv(tracks.head(12)))

    run(tmp_path / "libraries.csv", "--catalogue", catalogue, "-n", 15, "--out", tmp_path / "l.parquet", "--json")

    answer = CliRunner().invoke(
        recommend, [str(tmp_path / "own.csv"), "--catalogue", str(catalogue), "-n", "15", "--format", "json"]
    )
    listed = pd.read_parquet(tmp_path / "l.parquet")
    assert listed["track_id"].tolist() == [song["track_id"] for song in json.loads(answer.stdout)]


def test_tracks_of_a_database_of_ones_own_are_known_by_their_names(own_songs, tmp_path):
    catalogue, tracks = own_songs
    table = tracks[["title", "artists"]].head(24)
    table = table.assign(track_id=range(1000, 1024), user_id=[7] * 12 + [123456789012] * 12)
    table = pd.concat([table, table.head(2), table.head(1).assign(user_id=5, track_id=4, title="Unheard Of")])
    table.astype({"user_id": "float64"}).to_parquet(tmp_path / "libraries.parquet", index=False)

    report = run(tmp_path / "libraries.parquet", "--catalogue", catalogue, "--out", tmp_path / "l.parquet", "--json")

    assert [(row["listener"]) for row in report["problems"]] == ["5"]
    assert (report["listeners"], report["ranked"]) == (3, 2)
    lists = pd.read_parquet(tmp_path / "l.parquet").groupby("listener")["track_id"].agg(set)
    assert sorted(lists.index) == ["123456789012", "7"]
    assert not lists["7"] & set(tracks["track_id"].head(12))
    assert not lists["123456789012"] & set(tracks["track_id"][12:24])


def test_tracks_that_a_listener_turned_down_count_as_recommend_counts_them(songs, tmp_path):
    catalogue, ids = songs
    liked = [1] * 12 + [0] * 3
    mine = pd.DataFrame({"track_id": ids[40:55], "liked": liked})
    others = pd.DataFrame({"track_id": ids[50:65], "liked": ["yes"] * 15})  # of what ada turned down some
    rows = pd.concat([mine.assign(listener="ada"), others.assign(listener="bo")])
    rows.astype({"liked": "str"}).to_csv(tmp_path / "libraries.csv", index=False)

    run(tmp_path / "libraries.csv", "--catalogue", catalogue, "-n", 15, "--out", tmp_path / "l.parquet", "--json")

    lists = pd.read_parquet(tmp_path / "l.parquet")
    for name, table in (("ada", mine), ("bo", others)):
        table.to_csv(tmp_path / "own.csv", index=False)
        words = [str(tmp_path / "own.csv"), "--catalogue", str(catalogue), "-n", "15", "--format", "json"]
        alone = json.loads(CliRunner().invoke(recommend, words).stdout)
        assert [song["score"] for song in alone] == lists.loc[lists["listener"] == name, "score"].tolist()
        assert [song["track_id"] for song in alone] == lists.loc[lists["listener"] == name, "track_id"].tolist()


def test_a_row_that_repeats_the_header_and_an_episode_are_no_tracks(tmp_path):
    (tmp_path / "l.csv").write_text(
        "listener,uri,title\n"
        "ada,demo-1,One\nlistener,uri,title\nbo,spotify:episode:4rOoJ6Egrf8K2IrywzwOMk,Talk\nada,demo-2,Two\n"
    )

    found = Libraries.read(tmp_path / "l.csv")

    assert (found.entries["list"].tolist(), found.tracks["track_id"].tolist()) == (["ada"] * 2, ["demo-1", "demo-2"])


def test_a_run_in_which_nobody_could_be_ranked_has_status_1(songs, tmp_path):
    (tmp_path / "libraries.csv").write_text("listener,track_id\nstranger,9999999999999999999999\n")
    words = [tmp_path / "libraries.csv", "--catalogue", songs[0], "--out", tmp_path / "l.parquet"]

    answer = CliRunner().invoke(batch, [str(word) for word in words])

    assert answer.exit_code == 1
    assert answer.output.startswith("1 listener = 0 lists + 1 not ranked, in ")
    assert len(pd.read_parquet(tmp_path / "l.parquet")) == 0


def test_parquet_and_csv_hold_the_same_libraries(songs, tmp_path):
    _, ids = songs
    csv = write_libraries(tmp_path / "libraries.csv", ids, listeners=3)
    pd.read_csv(csv, dtype="str").to_parquet(tmp_path / "libraries.parquet", index=False)

    assert Libraries.read(csv).checksum == Libraries.read(tmp_path / "libraries.parquet").checksum


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("listener,song\na,b\n", "has no column that names tracks"),
        ("track_id\nx\n", "has no column that names lists"),
    ],
)
def test_a_file_without_one_of_the_two_columns_is_refused(songs, tmp_path, text, sentence):
    (tmp_path / "libraries.csv").write_text(text)
    words = [tmp_path / "libraries.csv", "--catalogue", songs[0], "--out", tmp_path / "l.parquet"]

    answer = CliRunner().invoke(batch, [str(word) for word in words])

    assert sentence in str(answer.exception)


@pytest.mark.parametrize("read", ["LIBRARIES", "--catalogue", "--genres", "--recipe"])
def test_lists_never_take_the_place_of_a_file_that_is_read(songs, tmp_path, read):
    libraries = write_libraries(tmp_path / "libraries.csv", songs[1], listeners=1)
    (tmp_path / "recipe.json").write_text("{}")
    files = {"LIBRARIES": libraries, "--catalogue": tmp_path / "songs.parquet", "--recipe": tmp_path / "recipe.json"}
    files["--genres"] = files["--catalogue"]
    files["--catalogue"].write_bytes(songs[0].read_bytes())
    before = files[read].read_bytes()
    words = [word for name, path in files.items() for word in (name, path)][1:]

    answer = CliRunner().invoke(batch, [str(word) for word in (*words, "--out", files[read])])

    assert "which is read here, so nothing was written. Name another file." in str(answer.exception)
    assert files[read].read_bytes() == before


def test_an_interrupted_run_continues_and_gives_the_same_lists(songs, tmp_path):
    catalogue, ids = songs
    libraries = write_libraries(tmp_path / "libraries.csv", ids, listeners=200)
    words = [libraries, "--catalogue", catalogue, "--workers", "1", "--json", "--out"]
    whole = run(*words, tmp_path / "whole.parquet")
    command = [sys.executable, "-m", "recsys", "batch", *map(str, words), str(tmp_path / "cut.parquet")]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    parts = tmp_path / "cut.parquet.parts"
    while not list(parts.glob("*.problems.parquet")):
        assert process.poll() is None, "the run ended before it could be interrupted"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    continued = run(*words, tmp_path / "cut.parquet")

    assert 0 < continued["continued"] < 200
    assert (continued["ranked"], continued["rows"]) == (whole["ranked"], whole["rows"])
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "cut.parquet"), pd.read_parquet(tmp_path / "whole.parquet")
    )
    assert not parts.exists()


@pytest.fixture
def temporary():
    """A folder with a short name: sockets of the workers are in it, whose paths have at most 107 bytes."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_ended_leaves_nothing_but_its_chunks_and_says_how_to_go_on(
    songs, tmp_path, temporary, number, status
):
    libraries = write_libraries(tmp_path / "libraries.csv", songs[1], listeners=1000)
    words = ["batch", libraries, "--catalogue", songs[0], "--workers", 2, "--out", tmp_path / "l.parquet"]
    process = subprocess.Popen(
        [sys.executable, "-m", "recsys", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored where tests run in the background
    )
    parts = tmp_path / "l.parquet.parts"
    while not list(parts.glob("*.problems.parquet")):
        assert process.poll() is None, "the run ended before it could be interrupted"
        time.sleep(0.01)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does: to the workers, too
    else:
        process.send_signal(number)

    _, said = process.communicate(timeout=60)

    assert process.returncode == status
    assert said.decode().strip() == "Interrupted. What is finished is stored; run the same command again to continue."
    assert list(parts.glob("*.problems.parquet"))
    assert not list(temporary.glob("tonearm-*"))


def test_chunks_of_other_settings_are_not_continued_from(tmp_path):
    ranked = Ranked(pd.DataFrame({"listener": ["a"]}), pd.DataFrame({"listener": [], "reason": []}, dtype="str"))
    Checkpoint(tmp_path / "l.parquet", {"length": 10}).add(0, ranked)

    assert Checkpoint(tmp_path / "l.parquet", {"length": 10}).has(0)
    assert not Checkpoint(tmp_path / "l.parquet", {"length": 20}).has(0)


def test_a_folder_beside_the_output_that_holds_somebody_elses_files_is_left_alone(tmp_path):
    (tmp_path / "l.parquet.parts").mkdir()
    (tmp_path / "l.parquet.parts" / "letter.txt").write_text("dear")

    with pytest.raises(UnreadableFile, match=r"holds other files, such as “letter\.txt”\. Move them, or name another"):
        Checkpoint(tmp_path / "l.parquet", {"length": 10})

    assert (tmp_path / "l.parquet.parts" / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize("cannot", ["store a chunk", "join them"])
def test_lists_that_cannot_be_written_are_one_sentence_that_says_what_is_stored(tmp_path, cannot):
    ranked = Ranked(pd.DataFrame({"listener": ["a"]}), pd.DataFrame({"listener": [], "reason": []}, dtype="str"))
    checkpoint = Checkpoint(tmp_path / "l.parquet", {"length": 10})
    checkpoint.add(0, ranked)
    (tmp_path / "l.parquet").mkdir()  # in the way at the end
    if cannot == "store a chunk":
        (tmp_path / "l.parquet.parts" / "00000001.lists.tmp").mkdir()

    with pytest.raises(UnreadableFile, match=r"cannot be written: .*\. What is finished is stored; run the same"):
        checkpoint.add(1, ranked) if cannot == "store a chunk" else checkpoint.finish(1)

    assert Checkpoint(tmp_path / "l.parquet", {"length": 10}).has(0)
    assert not (tmp_path / "l.parquet.tmp").exists()


def test_joined_lists_are_those_of_all_chunks_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr("recsys.batch.checkpoint.ROWS_PER_GROUP", 2)
    nobody = pd.DataFrame({"listener": [], "reason": []}, dtype="str")
    checkpoint = Checkpoint(tmp_path / "l.parquet", {})
    for number, listeners in enumerate((["a"], [], ["b", "c", "d"], ["e"])):
        listed = pd.DataFrame({"listener": pd.Series(listeners, dtype="str")})
        checkpoint.add(number, Ranked(listed, nobody.assign(listener=[], reason=[])))

    found = checkpoint.finish(4)

    assert (found.rows, len(found.problems)) == (5, 0)
    assert pd.read_parquet(tmp_path / "l.parquet")["listener"].tolist() == ["a", "b", "c", "d", "e"]
    assert not (tmp_path / "l.parquet.parts").exists()


def test_a_catalogue_split_over_workers_gives_the_same_lists_and_reasons(songs, tmp_path):
    catalogue, ids = songs
    libraries = write_libraries(tmp_path / "libraries.csv", ids, listeners=20)
    with libraries.open("a") as file:
        file.write("stranger,9999999999999999999999\n")
        file.write("\n".join(f"everything,{name}" for name in ids) + "\n")
    recipe = tmp_path / "recipe.json"
    recipe.write_text(
        '{"per_artist": 1, "variety": 0.4, "order": "smooth", "filters": {"ranges": {"year": [1960, 2020]}}}'
    )
    words = [libraries, "--catalogue", catalogue, "--recipe", recipe, "-n", 15, "--workers", 2, "--json", "--out"]

    whole = run(*words, tmp_path / "whole.parquet")
    split = run(*words, tmp_path / "split.parquet", "--shards", 3)

    assert (split["listeners"], split["ranked"], split["not_ranked"]) == (22, 20, 2)
    assert split["problems"] == whole["problems"]
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "split.parquet"), pd.read_parquet(tmp_path / "whole.parquet"), check_exact=True
    )


def test_more_shards_than_workers_can_hold_are_refused_with_what_to_give(songs, tmp_path):
    libraries = write_libraries(tmp_path / "libraries.csv", songs[1], listeners=2)
    words = [libraries, "--catalogue", songs[0], "--out", tmp_path / "l.parquet", "--json", "--shards"]

    refused = CliRunner().invoke(batch, [str(word) for word in (*words, 1024)])

    assert "use --shards 15, or 69 workers" in str(refused.exception)
    assert run(*words, 15)["ranked"] == 2


def test_a_locked_song_of_unknown_value_stays_under_an_aim_with_shards_and_without(songs, tmp_path):
    tracks = pd.read_parquet(songs[0])
    ids = tracks["track_id"].tolist()
    tracks["energy"] = tracks["energy"].where(tracks.index % 10 != 9)
    tracks.to_parquet(tmp_path / "catalogue.parquet", index=False)
    libraries = write_libraries(tmp_path / "libraries.csv", ids, listeners=4)
    recipe = {"locked": {ids[599]: 2, ids[440]: 5}, "shifts": {"energy": 2}, "length": 15}
    (tmp_path / "recipe.json").write_text(json.dumps(recipe))
    words = [libraries, "--catalogue", tmp_path / "catalogue.parquet", "--recipe", tmp_path / "recipe.json", "--json"]

    run(*words, "--out", tmp_path / "whole.parquet")
    run(*words, "--out", tmp_path / "split.parquet", "--shards", 3)

    lists = pd.read_parquet(tmp_path / "whole.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "split.parquet"), lists, check_exact=True)
    catalogue = Catalogue.from_tracks(tracks)
    for n in range(4):
        own = tmp_path / f"{n}.csv"
        own.write_text("track_id\n" + "\n".join(ids[(n * 7 + k * 3) % len(ids)] for k in range(12)) + "\n")
        alone = Recommender(catalogue, read_files([(own, own.name)]).tracks).recommend(Recipe.from_json(recipe)).table
        batched = lists[lists["listener"] == f"listener-{n}"]
        assert batched["track_id"].iloc[[1, 4]].tolist() == list(recipe["locked"])
        assert batched["track_id"].tolist() == alone["track_id"].tolist()
        assert batched["score"].tolist() == alone["score"].tolist()
