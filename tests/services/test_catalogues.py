"""Real songs on request: who may install them, and fetching as a job with progress and cancel."""

import threading
from dataclasses import replace

import pytest

from recsys.app.catalogue_files import StoredCatalogues, registry
from recsys.catalogues.models import Passport
from recsys.catalogues.passport import read_passport
from recsys.errors import BadValue, NotAllowed
from recsys.importers.catalogue_file import read_catalogue
from recsys.services.catalogues import CatalogueProgress, Catalogues, passport_sentences
from recsys.services.jobs import Jobs
from recsys.settings import Settings
from tests.fakes.catalogue_host import CALL, FakeCatalogueHost
from tests.fakes.faults import Fault
from tests.importers.files import TIDYTUESDAY

PATIENCE = 30


@pytest.fixture
def host():
    with FakeCatalogueHost(TIDYTUESDAY.encode()) as host:
        yield host


@pytest.fixture
def jobs():
    jobs = Jobs()
    yield jobs
    jobs.close()


@pytest.fixture
def make(host, jobs, tmp_path):
    """A service whose catalogue is tmp_path / "catalogue.parquet"; `make.installed` counts the calls."""

    def make(installers="loopback", **columns):
        settings = Settings(tmp_path, "", catalogues=str(host.registry(tmp_path, **columns)))
        files = StoredCatalogues(tmp_path / "catalogues", tmp_path / "catalogue.parquet")
        return Catalogues(lambda: registry(settings), files, jobs, installers, lambda: make.installed.append(1))

    make.installed = []
    return make


def ended(jobs, listener="ann"):
    return jobs.wait(f"catalogue:{listener}", PATIENCE)


def test_one_click_installs_real_songs_and_tells_the_app(make, jobs, tmp_path):
    make().start("songs", "ann", install=True, is_loopback=True)

    done = ended(jobs)

    assert done.state == "done", done.message
    assert done.result.is_installed and make.installed == [1]
    counts = done.result.counts
    assert counts.rows == counts.tracks + counts.duplicates + sum(counts.skipped.values())
    assert len(read_catalogue(tmp_path / "catalogue.parquet")) == counts.tracks == done.result.passport.songs
    assert read_passport(tmp_path / "catalogue.parquet").licence == "CC0"


def test_for_a_session_of_ones_own_nothing_is_installed(make, jobs, tmp_path):
    make("nobody").start("songs", "ann", install=False, is_loopback=False)

    ready = ended(jobs).result

    assert not ready.is_installed and make.installed == []
    assert len(read_catalogue(ready.path)) == ready.passport.songs
    assert not (tmp_path / "catalogue.parquet").exists()


def test_what_was_fetched_once_is_not_fetched_again_until_the_registry_names_another_file(make, host, jobs):
    for listener in ("ann", "bob"):
        make().start("songs", listener, install=False, is_loopback=False)
        ended(jobs, listener)
    assert host.count(CALL) == 1

    make(sha256=None).start("songs", "ann", install=False, is_loopback=False)
    ended(jobs)
    assert host.count(CALL) == 2


@pytest.mark.parametrize(
    ("installers", "on_loopback", "elsewhere"),
    [("loopback", True, False), ("everyone", True, True), ("nobody", False, False)],
)
def test_who_may_install_is_a_setting(make, installers, on_loopback, elsewhere):
    service = make(installers)

    assert (service.may_install(is_loopback=True), service.may_install(is_loopback=False)) == (on_loopback, elsewhere)


def test_whoever_may_not_install_is_refused_before_anything_is_fetched(make, host):
    with pytest.raises(NotAllowed, match="Only the owner"):
        make().start("songs", "ann", install=True, is_loopback=False)

    assert host.count(CALL) == 0


def test_progress_is_seen_and_cancel_leaves_the_old_catalogue(make, host, jobs, tmp_path):
    host.stall_after = 100
    (tmp_path / "catalogue.parquet").write_bytes(b"the old one")
    service = make()
    service.start("songs", "ann", install=True, is_loopback=True)
    while not host.ranges:
        threading.Event().wait(0.01)

    running = service.snapshot("ann")
    service.cancel("ann")
    host.go_on()

    assert running.is_active
    assert ended(jobs).state == "cancelled"
    assert (tmp_path / "catalogue.parquet").read_bytes() == b"the old one"


def test_a_failure_is_a_sentence_and_changes_nothing(make, host, jobs, tmp_path):
    host.fail_when(CALL, Fault.not_found())

    make().start("songs", "ann", install=True, is_loopback=True)

    assert ended(jobs).state == "failed"
    assert "tonearm catalogue add FILE" in ended(jobs).message
    assert not (tmp_path / "catalogue.parquet").exists() and make.installed == []


def test_a_catalogue_that_was_built_by_hand_is_moved_aside_not_lost(make, jobs, tmp_path):
    service = make()
    entry = service.entry("songs")
    ready = service.get(entry, lambda progress: None, lambda seconds: None, install=True)
    assert ready.previous is None
    again = service.get(entry, lambda progress: None, lambda seconds: None, install=True)
    assert again.previous is None, "what can be fetched again need not be stored twice"

    (tmp_path / "catalogue.passport.json").unlink()
    by_hand = (tmp_path / "catalogue.parquet").read_bytes()
    third = service.get(entry, lambda progress: None, lambda seconds: None, install=True)

    assert third.previous.read_bytes() == by_hand


def test_an_unknown_name_says_which_there_are(make):
    with pytest.raises(BadValue, match=r"no catalogue “song”\. Did you mean “songs”"):
        make().entry("song")


def test_a_manual_catalogue_is_listed_and_not_offered(make):
    service = make(kind="manual")

    assert [each.name for each in service.entries()] == ["songs"]
    assert service.fetchable() == ()


def test_the_share_of_a_download_is_known_only_with_its_size():
    running = CatalogueProgress("songs", "download", 50, 200)

    assert running.share == 0.25
    assert replace(running, total=None).share is None
    assert CatalogueProgress("songs").share is None


def test_a_passport_reads_as_sentences_that_never_round_to_all_or_none():
    passport = Passport("songs", "Songs", 1_000, "Spotify, 2020", "CC0", "2020", "", 2020, 1.0, 0.999, 0.001, 0.0)

    assert passport_sentences(passport) == [
        "Songs: 1,000 songs",
        "Source: Spotify, 2020",
        "Licence as stated: CC0",
        "Values from: 2020",
        "Known of its songs: audio 100%, year 99%, newest 2020, genres 1%, popularity 0%",
    ]
    assert "no such songs exist" in passport_sentences(replace(passport, is_invented=True))[0]


@pytest.mark.parametrize(
    ("announced", "sentence"),
    [
        (25_594, "The registry counts 25,594; 7 of them were the same songs in another version"),
        (25_588, "The registry counts 25,588; 1 of them was the same song in another version"),
    ],
)
def test_a_passport_of_fewer_songs_than_were_announced_says_why(announced, sentence):
    assert sentence in passport_sentences(Passport("tt", "TidyTuesday", 25_587, registry_songs=announced))


@pytest.mark.parametrize("announced", [None, 25_587, 25_000])
def test_a_passport_of_as_many_songs_as_were_announced_says_nothing_of_it(announced):
    found = passport_sentences(Passport("tt", "TidyTuesday", 25_587, registry_songs=announced))

    assert not any("registry" in line for line in found)
