"""`tonearm demo`: the invented music as files that the other commands read."""

import pandas as pd
import pytest
from click.testing import CliRunner

from recsys.__main__ import main
from recsys.commands.demo import command
from recsys.demo.catalogue import demo_catalogue
from recsys.demo.listeners import demo_listeners
from recsys.importers.any_file import read_file
from recsys.importers.catalogue_file import read_catalogue

NAMES = ["marlo-quennick", "odile-varnesby", "teodor-pellwick"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "made" / "on the way"
    answer = CliRunner().invoke(command, ["--out", str(folder)])
    assert answer.exit_code == 0, answer.output
    return folder, answer.output


def test_it_writes_the_catalogue_and_a_library_and_a_history_for_each_listener(written):
    folder, said = written
    expected = {"catalogue.parquet", "catalogue.csv", *(f"{name}.csv" for name in NAMES)}
    expected |= {f"{name}-history.csv" for name in NAMES}
    assert {path.name for path in folder.iterdir()} == expected
    assert all(str(folder / name) in said for name in expected)


def test_the_catalogue_file_holds_the_demo_catalogue(written):
    read = read_catalogue(written[0] / "catalogue.parquet")
    assert set(read["track_id"]) == set(demo_catalogue()["track_id"])


def test_a_library_is_read_back_as_it_was(written):
    library = demo_listeners()[0].library
    imported = read_file(written[0] / "marlo-quennick.csv", "marlo-quennick.csv")
    read = imported.tracks.set_index("track_id").loc[library["track_id"]].reset_index()
    assert (imported.report.tracks, sum(imported.report.skipped.values())) == (len(library), 0)
    same = ["track_id", "title", "artists", "genres", "energy", "tempo", "duration_ms", "year"]
    pd.testing.assert_frame_equal(read[same], library[same], check_dtype=False)


@pytest.mark.parametrize("name", ["catalogue", *NAMES, *(f"{name}-history" for name in NAMES)])
def test_every_row_of_every_csv_says_that_it_is_demo_data(written, name):
    table = pd.read_csv(written[0] / f"{name}.csv", encoding="utf-8-sig")
    assert set(table["note"]) == {"demo data"}


def test_the_history_names_the_songs_that_were_played(written):
    history = pd.read_csv(written[0] / "teodor-pellwick-history.csv", encoding="utf-8-sig")
    assert len(history) == len(demo_listeners()[2].plays)
    assert history[["track_id", "played_at", "ms_played", "title", "artists"]].notna().all(axis=None)
    assert history["played_at"].is_monotonic_increasing


def test_writing_again_replaces_the_files(written):
    folder, said = written
    before = (folder / "catalogue.csv").read_bytes()
    assert CliRunner().invoke(command, ["--out", str(folder)]).output == said
    assert (folder / "catalogue.csv").read_bytes() == before


def test_a_file_in_place_of_the_folder_is_refused_in_a_sentence(tmp_path, monkeypatch, capsys):
    path = tmp_path / "taken"
    path.write_text("mine")
    monkeypatch.setattr("sys.argv", ["recsys", "demo", "--out", str(path)])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    assert capsys.readouterr().err == f"Error: The demo cannot be written to {path}: it is a file, not a folder.\n"
    assert path.read_text() == "mine"


def test_a_seed_below_zero_is_refused(tmp_path):
    assert CliRunner().invoke(command, ["--out", str(tmp_path), "--seed", "-1"]).exit_code == 2


def test_the_help_shows_an_example():
    assert "tonearm demo --out demo" in CliRunner().invoke(command, ["--help"]).output


@pytest.mark.parametrize("name", ["catalogue.csv", "catalogue.parquet", "marlo-quennick.csv"])
def test_a_file_of_ones_own_is_never_overwritten(tmp_path, name):
    (tmp_path / name).write_text("title,artist\nBlue,Ann\n")

    answer = CliRunner().invoke(command, ["--out", str(tmp_path)])

    assert "exists and is not from a demo, so nothing was written. Choose another folder." in str(answer.exception)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {name: "title,artist\nBlue,Ann\n"}
