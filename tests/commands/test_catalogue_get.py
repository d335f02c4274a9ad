"""`tonearm catalogue list`, `get` and `passport`, against a registry on loopback; kill -9 included."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from recsys.catalogues.passport import passport_file
from recsys.commands.catalogue import command
from recsys.errors import BadValue, DownloadFailed, SettingsProblem
from recsys.importers.catalogue_file import read_catalogue
from tests.fakes.catalogue_host import CALL, FakeCatalogueHost
from tests.fakes.faults import Fault
from tests.importers.files import TIDYTUESDAY

PATIENCE = 30


def run(*arguments):
    return CliRunner().invoke(command, [*map(str, arguments)])


@pytest.fixture
def host(tmp_path, monkeypatch):
    with FakeCatalogueHost(TIDYTUESDAY.encode()) as host:
        monkeypatch.setenv("TONEARM_CATALOGUES", str(host.registry(tmp_path)))
        yield host


def many_rows(count):
    header = "track_id,track_name,track_artist,energy,danceability,track_album_release_date\n"
    rows = (f"{number:022d},Song {number},Artist {number % 997},0.{number % 10},0.5,2019\n" for number in range(count))
    return (header + "".join(rows)).encode()


def test_the_list_says_what_there_is_under_which_licence_and_from_where(host):
    text, values = run("list"), json.loads(run("list", "--json").stdout)

    assert "songs: Songs on loopback, 10 songs" in text.stdout and "Licence as stated: CC0" in text.stdout
    (only,) = values
    assert {"name", "songs", "bytes", "licence", "source", "date", "address", "has"} <= set(only)
    assert only["address"] == host.address


def test_the_list_of_the_package_needs_no_network():
    assert json.loads(run("list", "--json").stdout)[0]["name"] == "tidytuesday"


def test_get_installs_where_the_app_looks_with_a_report_and_a_passport(host, tmp_path, monkeypatch):
    monkeypatch.setenv("TONEARM_DATA", str(tmp_path / "data"))

    answer = run("get", "songs")

    assert answer.exit_code == 0, answer.exception
    assert "3 rows = 2 tracks + 1 duplicate + 0 skipped" in answer.stdout
    assert "Downloading songs" in answer.stderr
    assert len(read_catalogue(tmp_path / "data" / "catalogue.parquet")) == 2
    assert "Songs on loopback: 2 songs" in run("passport").stdout


def test_get_to_another_file_reports_for_programs(host, tmp_path):
    path = tmp_path / "mine" / "songs.parquet"

    answer = json.loads(run("get", "songs", "--to", path, "--json").stdout)

    assert answer["path"] == str(path) and answer["installed"]
    assert answer["import"]["rows"] == 3
    assert answer["passport"] == json.loads(run("passport", path, "--json").stdout)


def test_a_catalogue_that_was_brought_has_a_passport_that_says_so(tmp_path):
    (tmp_path / "tracks.csv").write_text(TIDYTUESDAY, "utf-8")
    run("add", tmp_path / "tracks.csv", "--to", tmp_path / "mine.parquet")

    shown = run("passport", tmp_path / "mine.parquet")

    assert "tracks.csv: 2 songs" in shown.stdout and "nobody recorded where it is from" in shown.stdout


def test_a_catalogue_is_named_after_all_the_files_it_was_made_of(tmp_path):
    catalogue = tmp_path / "mine.parquet"
    for name in ("tracks.csv", "more.csv", "tracks.csv", "ore.csv"):
        (tmp_path / name).write_text(TIDYTUESDAY, "utf-8")
        run("add", tmp_path / name, "--to", catalogue)
    assert json.loads(run("passport", catalogue, "--json").stdout)["title"] == "tracks.csv and more.csv and ore.csv"

    passport_file(catalogue).unlink()  # as one that an older version made
    run("add", tmp_path / "more.csv", "--to", catalogue)

    assert json.loads(run("passport", catalogue, "--json").stdout)["title"] == "mine.parquet and more.csv"


def test_without_an_installed_catalogue_the_passport_describes_the_invented_songs(tmp_path, monkeypatch):
    monkeypatch.setenv("TONEARM_DATA", str(tmp_path / "data"))

    shown = run("passport")

    assert shown.exit_code == 0, shown.exception
    assert "invented songs: no such songs exist" in shown.stdout and "No catalogue is installed" in shown.stdout
    assert json.loads(run("passport", "--json").stdout)["is_invented"]


def test_an_unknown_name_and_a_catalogue_at_an_address_are_sentences(host, monkeypatch):
    unknown = run("get", "sogs")
    monkeypatch.setenv("TONEARM_CATALOGUE", "https://example.com/catalogue.parquet")
    no_place = run("get", "songs")

    assert isinstance(unknown.exception, BadValue) and "Did you mean “songs”" in str(unknown.exception)
    assert isinstance(no_place.exception, SettingsProblem) and host.count(CALL) == 0


def test_a_file_that_is_no_catalogue_is_not_written_over(host, tmp_path):
    mine = tmp_path / "thesis.txt"
    mine.write_text("important")

    answer = run("get", "songs", "--to", mine)

    assert "is no catalogue, so it was left as it is" in str(answer.exception)
    assert mine.read_text() == "important"


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault.not_found(), "There is no file at"),
        (Fault.html(), "a web page"),
        (Fault.redirect("http://127.0.0.1:1/admin"), "must be fetched over https"),
        (Fault.redirect("https://169.254.169.254/latest"), "private network, so it was not asked"),
        (Fault.text(200, "not the songs"), "its sha256 differs"),
    ],
)
def test_whatever_goes_wrong_the_old_catalogue_stays(host, tmp_path, fault, says):
    path = tmp_path / "songs.parquet"
    run("get", "songs", "--to", path)
    before = path.read_bytes()
    host.registry(tmp_path, name="new")
    host.fail_when(CALL, fault)

    answer = run("get", "new", "--to", path)

    assert isinstance(answer.exception, DownloadFailed) and says in str(answer.exception)
    assert path.read_bytes() == before


def test_a_download_that_was_killed_is_continued(tmp_path, monkeypatch):
    content = many_rows(20_000)
    part = tmp_path / "data" / "catalogues" / "songs.published.part"
    with FakeCatalogueHost(content) as host:
        host.stall_after = 600_000
        registry = host.registry(tmp_path)
        environment = os.environ | {"TONEARM_DATA": str(tmp_path / "data"), "TONEARM_CATALOGUES": str(registry)}
        arguments = [sys.executable, "-m", "recsys", "catalogue", "get", "songs"]
        with subprocess.Popen(arguments, env=environment, stderr=subprocess.DEVNULL) as running:
            deadline = time.monotonic() + PATIENCE
            while not (part.exists() and part.stat().st_size >= 500_000):
                assert running.poll() is None and time.monotonic() < deadline
                time.sleep(0.01)
            running.send_signal(signal.SIGKILL)
        size = part.stat().st_size
        host.go_on()
        monkeypatch.setenv("TONEARM_DATA", str(tmp_path / "data"))
        monkeypatch.setenv("TONEARM_CATALOGUES", str(registry))

        answer = run("get", "songs")

    assert answer.exit_code == 0, answer.exception
    assert host.ranges == [None, f"bytes={size}-"]
    assert len(read_catalogue(tmp_path / "data" / "catalogue.parquet")) == 20_000
    assert not part.exists()
