"""`tonearm catalogue add`: the candidates, built from whatever dumps their owner has."""

import threading
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler

import pytest
from click.testing import CliRunner

from recsys.commands.catalogue import command
from recsys.errors import SettingsProblem
from recsys.importers.catalogue_file import read_catalogue

FIRST, SECOND = "0000000000000000000001", "0000000000000000000002"


def add(*arguments):
    return CliRunner().invoke(command, ["add", *map(str, arguments)])


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


def test_files_become_one_parquet_catalogue(write, tmp_path):
    one = write("one.csv", f"id,name,artists,energy\n{FIRST},Blue,Ann,0.5\n")
    two = write("two.csv", f"id,name,artists,energy\n{SECOND},Red,Bob,0.25\n")
    path = tmp_path / "made" / "catalogue.parquet"

    answer = add(one, two, "--to", path)

    assert answer.exit_code == 0
    assert read_catalogue(path)[["title", "energy"]].to_numpy().tolist() == [["Blue", 0.5], ["Red", 0.25]]


def test_adding_again_updates_and_takes_nothing_away(write, tmp_path):
    path = tmp_path / "catalogue.parquet"
    add(
        write("old.csv", f"id,name,artists,energy,year\n{FIRST},Blue,Ann,0.5,1999\n{SECOND},Red,Bob,0.25,\n"),
        "--to",
        path,
    )

    answer = add(write("new.csv", f"id,name,artists,energy\n{FIRST},Blue,Ann,0.75\n"), "--to", path)

    assert "holds 2 tracks" in answer.stdout
    known = read_catalogue(path).set_index("track_id")
    assert known.loc[FIRST, ["energy", "year"]].tolist() == [0.75, 1999]


def test_genres_come_from_their_own_file(write, tmp_path):
    path = tmp_path / "catalogue.parquet"
    tracks = write("tracks.csv", f"id,name,artists\n{FIRST},Blue,Ann\n")
    genres = write("genres.csv", f'id,genres\n{FIRST},"Folk, Indie Folk"\n{SECOND},jazz\n')

    add(tracks, "--genres", genres, "--to", path)

    assert read_catalogue(path)[["track_id", "genres"]].to_numpy().tolist() == [[FIRST, "folk,indie folk"]]


def test_without_a_path_the_catalogue_of_the_data_folder_is_meant(write, tmp_path, monkeypatch):
    monkeypatch.setenv("TONEARM_DATA", str(tmp_path / "data"))

    tracks = write("tracks.csv", f"id,name,artists\n{FIRST},Blue,Ann\n")

    answer, elsewhere = add(tracks), add(tracks, "--to", tmp_path / "mine.parquet")

    assert len(read_catalogue(tmp_path / "data" / "catalogue.parquet")) == 1
    assert "Restart the app" in answer.stdout and "Restart the app" not in elsewhere.stdout


def test_the_catalogue_that_the_app_is_set_to_use_is_meant_first(write, tmp_path, monkeypatch):
    tracks = write("tracks.csv", f"id,name,artists\n{FIRST},Blue,Ann\n")
    monkeypatch.setenv("TONEARM_CATALOGUE", str(tmp_path / "mine.parquet"))
    add(tracks)
    monkeypatch.setenv("TONEARM_CATALOGUE", "https://example.com/catalogue.parquet")
    refused = add(tracks)

    assert len(read_catalogue(tmp_path / "mine.parquet")) == 1
    assert isinstance(refused.exception, SettingsProblem) and "--to" in str(refused.exception)


@pytest.mark.parametrize("there", ["id,name,artists,mood\n" + SECOND + ",Red,Bob,calm\n", "shopping list\n"])
def test_a_file_that_is_no_catalogue_is_not_written_over(write, there):
    path = write("mine.csv", there)

    answer = add(write("tracks.csv", f"id,name,artists\n{FIRST},Blue,Ann\n"), "--to", path)

    assert "is there already and is no catalogue" in str(answer.exception)
    assert path.read_text("utf-8") == there


def test_without_tracks_or_without_genres_nothing_is_written(write, tmp_path):
    path = tmp_path / "catalogue.parquet"
    tracks = write("tracks.csv", f"id,name,artists\n{FIRST},Blue,Ann\n")

    empty = add(write("YourLibrary.json", '{"tracks": [], "albums": []}'), "--to", path)
    genreless = add(tracks, "--genres", tracks, "--to", path)

    assert "There are no tracks to add" in str(empty.exception)
    assert "holds no genres" in str(genreless.exception)
    assert not path.exists()


def test_an_unreadable_file_changes_nothing(write, tmp_path):
    path = tmp_path / "catalogue.parquet"
    add(write("tracks.csv", f"id,name,artists\n{FIRST},Blue,Ann\n"), "--to", path)
    before = path.read_bytes()

    answer = add(write("broken.csv", "just words\nand more\n"), "--to", path)

    assert answer.exception is not None
    assert path.read_bytes() == before


def test_the_passport_of_a_catalogue_at_an_address_is_shown(write, tmp_path, monkeypatch):
    songs = write("songs.csv", f"id,name,artists,energy\n{FIRST},Blue,Ann,0.5\n{SECOND},Red,Bob,0.25\n")
    monkeypatch.setenv("TONEARM_DATA", str(tmp_path / "data"))
    with HTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("TONEARM_CATALOGUE", f"http://127.0.0.1:{server.server_port}/{songs.name}")
        answer = CliRunner().invoke(command, ["passport"])
        server.shutdown()

    assert answer.stdout.startswith("127.0.0.1/songs.csv: 2 songs\n")
