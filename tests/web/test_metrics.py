"""What the owner of a server sees of it, and that nobody else does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from recsys.app.spotify import Limit
from recsys.errors import StorageProblem
from recsys.services.sync_progress import Stage, SyncProgress
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.store import SqliteStore
from tests.fakes.faults import Fault
from tests.web.conftest import OURS, PAGE, Browser, app_of

HERE = ("127.0.0.1", 50000)


def owner_of(deployment, client=HERE, **changed):
    """A program on the same machine as the server."""
    return Browser(app_of(replace(deployment, **changed)), client=client)


def samples(browser, **headers):
    """Every value by its name and labels."""
    answer = browser.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_requests_are_counted_by_method_route_and_status(deployment):
    owner = owner_of(deployment)
    before = samples(owner)
    for path in ("/api/me", "/api/me", "/api/nothing", "/library", "/any/thing?a=b", "/robots.txt"):
        owner.get(path)
    after = samples(owner)

    def more(*labels):
        name = ("tonearm_http_requests_total", *labels)
        return after[name] - before.get(name, 0)

    assert more("GET", "/api/me", "401") == 2
    assert more("GET", "/api/*", "404") == 1
    assert more("GET", "page", "200") == 2
    assert more("GET", "page", "404") == 1
    assert after[("tonearm_http_request_seconds_count", "/api/me")] >= 2


def test_labels_cannot_be_invented(deployment):
    owner = owner_of(deployment)
    before = set(samples(owner))
    for number in range(5):
        owner.request(f"METHOD{number}", f"/invented{number}/path{number}")
    new = {labels for labels in set(samples(owner)) - before if labels[0] == "tonearm_http_requests_total"}
    assert {label[1:3] for label in new} <= {("other", "page"), ("GET", "/metrics")}


def test_a_list_made_for_a_program_is_timed(world, spotify, deployment):
    owner = owner_of(deployment)
    owner.keep_session("x" * 43)
    name = ("tonearm_ranking_seconds_count", "program")
    before = samples(owner).get(name, 0)
    owner.get("/api/recommend?seeds=nobody")
    assert samples(owner)[name] == before + 1


def test_the_catalogue_running_syncs_and_spotifys_limits_are_said(deployment):
    now = deployment.clock()
    sync = SyncProgress((Stage("saved", "Saved", "running", stored=50, pending=88, skipped={"local file": 2}),), True)
    limits = [Limit("saved tracks", 12, 400, now + timedelta(seconds=90)), Limit("top tracks", 0, 150, None)]
    owner = owner_of(
        deployment, catalogue_songs=lambda: 5657, running_syncs=lambda: [sync, sync], spotify_limits=lambda: limits
    )

    seen = samples(owner)

    assert seen[("tonearm_catalogue_songs",)] == 5657
    assert seen[("tonearm_running_syncs",)] == 2
    counts = {name[1]: value for name, value in seen.items() if name[0] == "tonearm_running_sync_entries"}
    assert counts == {"found": 280, "stored": 100, "skipped": 4, "pending": 176}
    assert counts["found"] == counts["stored"] + counts["skipped"] + counts["pending"]
    assert seen[("tonearm_spotify_requests_today", "saved tracks")] == 12
    assert seen[("tonearm_spotify_budget", "saved tracks")] == 400
    assert seen[("tonearm_spotify_wait_seconds", "saved tracks")] == pytest.approx(90, abs=1)
    assert seen[("tonearm_spotify_wait_seconds", "top tracks")] == 0
    assert seen[("process_resident_memory_bytes",)] > 0


def test_a_running_sync_is_among_them(world, spotify, deployment, browser):
    browser.sign_in(spotify)
    spotify.fail_when("GET /v1/me/top/tracks", Fault.slow(0.2))
    browser.post("/api/sync-spotify", headers=OURS)
    running = []
    while not running:
        running = world.sync.running()
    assert all(one.found == one.stored + one.skipped + one.pending for one in running)


def test_a_store_that_fails_is_counted(deployment, tmp_path):
    name = ("tonearm_store_errors_total", "sqlite")
    owner = owner_of(deployment)
    before = samples(owner).get(name, 0)
    (tmp_path / "tonearm.db").write_bytes(b"this is not a database" * 1000)
    with pytest.raises(StorageProblem):
        SqliteStore(Database(tmp_path / "tonearm.db")).check()
    assert samples(owner)[name] > before


def test_while_the_store_does_not_answer_the_rest_is_reported(deployment):
    def limits():
        raise StorageProblem("The database does not answer. Try again later.")

    seen = samples(owner_of(deployment, spotify_limits=limits))

    assert seen[("tonearm_running_syncs",)] == 0
    assert not [name for name in seen if name[0] == "tonearm_spotify_wait_seconds"]


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/_stcore/metrics", "/_stcore/metrics/"])
@pytest.mark.parametrize(
    ("headers", "client", "changed"),
    [
        ({}, ("203.0.113.9", 1), {}),
        ({"X-Forwarded-For": "127.0.0.1"}, HERE, {}),
        ({"Forwarded": "for=203.0.113.9"}, HERE, {}),
        ({"X-Real-IP": "203.0.113.9"}, HERE, {}),
        ({"Host": "tonearm.example"}, HERE, {}),
        ({"Host": "tonearm.example:8501"}, HERE, {}),
        ({"Host": "[::1"}, HERE, {}),
        ({}, HERE, {"public_url": "https://tonearm.example"}),
        ({}, HERE, {"metrics_token": "secret"}),
        ({"Authorization": "Bearer wrong"}, HERE, {"metrics_token": "secret"}),
        ({"Authorization": "secret"}, HERE, {"metrics_token": "secret"}),
    ],
)
def test_nobody_else_reads_them(deployment, path, headers, client, changed):
    answer = owner_of(deployment, client, **changed).get(path, headers={**PAGE, **headers})
    assert answer.status_code == 403
    assert "tonearm_" not in answer.text


def test_whoever_has_the_token_reads_them_from_anywhere(deployment):
    owner = owner_of(deployment, ("203.0.113.9", 1), public_url="https://tonearm.example", metrics_token="secret")
    assert samples(owner, Authorization="Bearer secret")
    assert samples(owner, Authorization="bearer secret")


def test_a_token_may_hold_any_letters(deployment):
    owner = owner_of(deployment, ("203.0.113.9", 1), metrics_token="sésame")

    assert samples(owner, Authorization="Bearer sésame".encode())


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost", "[::1]:8501"])
def test_a_user_of_this_machine_reads_them_under_any_of_its_names(deployment, host):
    assert samples(owner_of(deployment), Host=host)


def test_the_process_is_alive_whatever_its_parts_do(deployment):
    def broken():
        raise RuntimeError("everything else is broken")

    program = Browser(app_of(replace(deployment, check_store=broken, catalogue_is_loaded=lambda: False)))
    assert program.get("/livez").json() == {"status": "ok"}
    assert program.get("/livez", headers=PAGE).status_code == 200
