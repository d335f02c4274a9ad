"""A catalogue's file is fetched whole and right, in one piece or in many, or not at all."""

import hashlib
import json

import pytest

from recsys.app.catalogue_files import registry
from recsys.catalogues.download import download
from recsys.errors import DownloadFailed
from recsys.settings import Settings
from tests.fakes.catalogue_host import CALL, FakeCatalogueHost, registry_table
from tests.fakes.faults import Fault

CONTENT = b"".join(b"%07d\n" % number for number in range(125_000))  # a megabyte in which every place is different


@pytest.fixture
def host():
    with FakeCatalogueHost(CONTENT) as host:
        yield host


@pytest.fixture
def fetch(host, tmp_path):
    """Fetches the host's file into tmp_path / "songs"; the waits that were asked for are returned."""

    def fetch(report=lambda size, total: None, **columns):
        settings = Settings(tmp_path, "", catalogues=str(host.registry(tmp_path, **columns)))
        waits = []
        download(registry(settings)[0], tmp_path / "songs", report, waits.append)
        return waits

    return fetch


class Stopped(BaseException):
    """What a cancelled job raises."""


def stopped_at(size):
    def report(arrived, total):
        if arrived >= size:
            raise Stopped

    return report


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != "catalogues.toml")


def test_progress_is_reported_and_adds_up(fetch, tmp_path):
    seen = []

    assert fetch(lambda size, total: seen.append((size, total))) == []

    assert (tmp_path / "songs").read_bytes() == CONTENT
    assert names(tmp_path) == ["songs"]
    assert [size for size, _ in seen] == sorted(size for size, _ in seen) and len(seen) == 4
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_a_cancelled_download_is_continued(fetch, host, tmp_path):
    with pytest.raises(Stopped):
        fetch(stopped_at(300_000))
    part = (tmp_path / "songs.part").read_bytes()
    fetch()

    assert CONTENT.startswith(part) and part
    assert host.ranges == [None, f"bytes={len(part)}-"]
    assert (tmp_path / "songs").read_bytes() == CONTENT


def test_a_part_of_an_older_version_is_not_continued(fetch, host, tmp_path):
    with pytest.raises(Stopped):
        fetch(stopped_at(300_000))
    host.content, host.etag = CONTENT[::-1], '"2"'
    fetch()

    assert (tmp_path / "songs").read_bytes() == CONTENT[::-1]


@pytest.mark.parametrize("etag", [None, 'W/"1"'])
def test_without_a_strong_validator_the_download_begins_again(fetch, host, tmp_path, etag):
    host.etag = etag
    with pytest.raises(Stopped):
        fetch(stopped_at(300_000))
    fetch()

    assert host.ranges == [None, None]
    assert (tmp_path / "songs").read_bytes() == CONTENT


def test_a_part_of_another_address_or_without_notes_is_not_continued(fetch, host, tmp_path):
    with pytest.raises(Stopped):
        fetch(stopped_at(300_000))
    notes = tmp_path / "songs.part.json"
    notes.write_text(json.dumps(json.loads(notes.read_text()) | {"address": "other"}))
    with pytest.raises(Stopped):
        fetch(stopped_at(300_000))
    notes.unlink()
    fetch()

    assert host.ranges == [None, None, None]


def test_a_part_that_was_complete_before_the_process_died_is_taken(fetch, host, tmp_path):
    with pytest.raises(Stopped):
        fetch(stopped_at(len(CONTENT)))
    assert (tmp_path / "songs.part").stat().st_size == len(CONTENT)
    fetch()

    assert (tmp_path / "songs").read_bytes() == CONTENT


def test_a_connection_that_breaks_is_continued_at_once(fetch, host, tmp_path):
    host.fail_next(CALL, Fault.cut_midway(), times=2)

    waits = fetch()

    assert (tmp_path / "songs").read_bytes() == CONTENT
    assert waits == [2.0, 2.0], "an attempt that brought something is not counted against the host"
    assert host.ranges[0] is None and all(host.ranges[1:])


def test_a_busy_host_is_asked_again_after_the_wait_it_wants(fetch, host):
    host.fail_next(CALL, Fault.server_error(503))
    host.fail_next(CALL, Fault.too_many_requests(retry_after=7))

    assert fetch() == [2.0, 7.0]


def test_a_host_that_stays_away_is_a_sentence_and_the_part_stays(fetch, host, tmp_path):
    with pytest.raises(Stopped):
        fetch(stopped_at(300_000))
    host.fail_when(CALL, Fault.cut_before())

    with pytest.raises(DownloadFailed, match=r"broke off after 0\.\d MB .*continues where it stopped"):
        fetch()

    assert (tmp_path / "songs.part").exists()


def test_a_host_that_cannot_be_connected_to_is_given_up_soon(tmp_path):
    (tmp_path / "catalogues.toml").write_text(registry_table("http://127.0.0.1:9/songs.csv"))
    settings = Settings(tmp_path, "", catalogues=str(tmp_path / "catalogues.toml"))
    waits = []

    with pytest.raises(DownloadFailed, match=r"cannot be reached \(no connection\)\. Try again later\. Download "):
        download(registry(settings)[0], tmp_path / "songs", lambda size, total: None, waits.append)

    assert waits == [2.0], "the sentence comes after two seconds, not after thirty"


def test_another_checksum_is_refused_and_nothing_stays(fetch, tmp_path):
    with pytest.raises(DownloadFailed, match=r"its sha256 differs.*deleted"):
        fetch(sha256=hashlib.sha256(b"other").hexdigest())

    assert names(tmp_path) == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_file_that_is_gone_says_what_to_do_by_hand(fetch, host, status):
    host.fail_when(CALL, Fault.text(status, "gone"))

    with pytest.raises(DownloadFailed) as failed:
        fetch()

    assert f"There is no file at 127.0.0.1/songs.csv any more (status {status})" in str(failed.value)
    assert "yourself from https://catalogues.example/songs" in str(failed.value)
    assert "tonearm catalogue add FILE" in str(failed.value)
    assert host.count(CALL) == 1


@pytest.mark.parametrize("status", [401, 403, 400, 501])
def test_a_refusal_is_not_repeated(fetch, host, status):
    host.fail_when(CALL, Fault.text(status, "no"))

    with pytest.raises(DownloadFailed, match=f"status {status}"):
        fetch()

    assert host.count(CALL) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [("<!DOCTYPE html><p>Sign in", "text/plain"), ("\ufeff\n <html>", "text/csv"), ("anything", "text/html; x=y")],
)
def test_a_web_page_is_recognised(fetch, host, tmp_path, body, kind):
    host.fail_when(CALL, Fault.text(200, body, kind))

    with pytest.raises(DownloadFailed, match="a web page, not with a table"):
        fetch()

    assert not (tmp_path / "songs").exists()


def test_a_redirect_into_this_host_is_not_followed(fetch, host):
    with FakeCatalogueHost(CONTENT) as inner:
        host.fail_when(CALL, Fault.redirect(inner.address))
        with pytest.raises(DownloadFailed, match="must be fetched over https"):
            fetch()
        host.faults.clear_faults()
        host.fail_when(CALL, Fault.redirect(inner.address.replace("http:", "https:")))
        with pytest.raises(DownloadFailed, match="private network, so it was not asked"):
            fetch()

        assert inner.count("*") == 0


def test_a_redirect_on_the_host_the_registry_names_is_followed_but_not_for_ever(fetch, host, tmp_path):
    host.fail_next(CALL, Fault.redirect("/songs.csv?mirror=1"))
    fetch()
    host.fail_when(CALL, Fault.redirect("/songs.csv"))

    with pytest.raises(DownloadFailed, match="redirects more than 5 times"):
        fetch()


def test_more_than_the_registry_states_is_not_stored(fetch, host, monkeypatch):
    monkeypatch.setattr("recsys.catalogues.download.SLACK_BYTES", 0)
    with pytest.raises(DownloadFailed, match=r"larger than 0 MB; the registry states 0\.1 MB"):
        fetch(bytes=100_000)

    host.stall_after = 10  # an answer whose length is not known before
    host.go_on()
    with pytest.raises(DownloadFailed, match="larger than"):
        fetch(bytes=100_000)


def test_a_full_disk_is_a_sentence_before_anything_is_fetched(fetch, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 5_000}))

    with pytest.raises(DownloadFailed, match=r"needs 1 MB more.*has 0 MB free"):
        fetch()


def test_a_compressed_answer_is_refused(fetch, host):
    packed = Fault(200, "x", (("content-encoding", "gzip"),))
    host.fail_when(CALL, packed)

    with pytest.raises(DownloadFailed, match="answered compressed"):
        fetch()


def test_an_empty_answer_is_refused(fetch, host):
    host.content = b""

    with pytest.raises(DownloadFailed, match="an empty file"):
        fetch(sha256=None)


@pytest.mark.parametrize("header", [("content-range", f"bytes 0-9/{'9' * 5_000}"), ("retry-after", "9" * 5_000)])
@pytest.mark.parametrize("status", [200, 206, 416, 429])
def test_a_number_of_any_length_in_a_header_is_a_sentence(fetch, host, status, header):
    host.fail_when(CALL, Fault(status, "x", (header,)))

    with pytest.raises(DownloadFailed, match=r"\.$"):
        fetch()
