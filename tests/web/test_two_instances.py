"""Two instances behind a proxy, each with a data folder of its own as on two hosts, and Supabase as their store."""

import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest

from tests.browser.server import connected_server
from tests.database.signing_in import REDIRECT_URI, browse, gateway_at
from tests.fakes.faults import Fault
from tests.fakes.spotify import FakeSpotify
from tests.fakes.sticky_proxy import COOKIE, StickyProxy

APP_SECRET = "a secret of all instances, long enough to be one"
SAVED = 320


@pytest.fixture(scope="module")
def spotify():
    with FakeSpotify(saved=SAVED, redirect_uris=(REDIRECT_URI,)) as fake:
        yield fake


@pytest.fixture(scope="module")
def instances(cluster, project, spotify, tmp_path_factory):
    """The proxy, and the servers behind it by the value of its cookie."""
    with ExitStack() as running:
        proxy = running.enter_context(StickyProxy())
        gateway = running.enter_context(gateway_at(spotify, cluster, cluster.copy(project, "instances")))
        servers = {}
        for name in ("one", "two"):
            server = connected_server(
                tmp_path_factory.mktemp(name),
                spotify,
                SUPABASE_URL=gateway.url,
                SUPABASE_PUBLISHABLE_KEY=gateway.project.publishable_key,
                SUPABASE_SECRET_KEY=gateway.project.secret_key,
                APP_SECRET_KEY=APP_SECRET,
                PUBLIC_URL=proxy.url,
            )
            servers[str(len(servers))] = running.enter_context(server)
        proxy.instances = [server.url for server in servers.values()]
        yield proxy, servers


@pytest.fixture
def ada(instances, spotify):
    """A browser that has signed in through the proxy."""
    proxy, _ = instances
    with httpx.Client(base_url=proxy.url, timeout=60) as client:
        begun = client.get("/login")
        query, back = browse(begun.headers["location"], spotify)
        assert back == f"{proxy.url}/callback"
        client.get(urlsplit(back).path, params=query)
        yield client


def progress(client):
    """How far the sync is. That the counts add up is checked whenever they are read."""
    sync = client.get("/api/sync-spotify").json()
    for part in (sync, *sync["stages"]):
        skipped = part["skipped"] if isinstance(part["skipped"], int) else sum(part["skipped"].values())
        assert part["found"] == part["stored"] + skipped + part["pending"], part
    return sync


def until(client, is_reached, seconds=120):
    deadline = time.monotonic() + seconds
    while not is_reached(sync := progress(client)):
        assert time.monotonic() < deadline, sync
        time.sleep(0.1)
    return sync


def saved_pages(spotify):
    """The pages of saved tracks that were answered."""
    return [
        seen.params["offset"] for seen in spotify.requests if seen.call == "GET /v1/me/tracks" and seen.status == 200
    ]


def test_a_sync_goes_on_at_the_other_instance_when_its_own_is_taken_away(instances, ada, spotify):
    proxy, servers = instances
    assert ada.get("/api/me").json()["display_name"] == "Ada"
    spotify.fail_when("GET /v1/me/tracks", Fault(delay=15), lambda seen: seen.params["offset"] == "200")
    first = ada.cookies[COOKIE]
    ada.post("/api/sync-spotify", headers={"Origin": proxy.url})
    before = until(ada, lambda sync: any(s["name"] == "saved" and s["stored"] == 200 for s in sync["stages"]))
    assert before["is_running"]

    servers[first].kill()
    spotify.clear_faults()
    after = progress(ada)
    assert ada.cookies[COOKIE] != first, "the proxy has moved the browser"
    assert next(stage for stage in after["stages"] if stage["name"] == "saved")["stored"] == 200, "nothing is lost"
    ada.post("/api/sync-spotify", headers={"Origin": proxy.url})
    done = until(ada, lambda sync: not sync["is_running"] and sync["finished_at"])

    saved = next(stage for stage in done["stages"] if stage["name"] == "saved")
    assert (saved["found"], saved["stored"], saved["pending"]) == (SAVED, SAVED, 0)
    assert done["pending"] == 0
    assert [page for page in saved_pages(spotify) if page != "200"] == ["0", "50", "100", "150", "250", "300"]
    servers[first].start()


def test_signing_out_at_one_instance_is_known_at_the_other(instances, ada):
    proxy, servers = instances
    first, second = servers.values()
    session = {name: value for name, value in ada.cookies.items() if name != COOKIE}
    for instance in (first, second):
        assert httpx.get(f"{instance.url}/api/me", cookies=session, timeout=60).status_code == 200

    ada.cookies.set(COOKIE, "0")
    ada.post("/logout", headers={"Origin": proxy.url})

    assert httpx.get(f"{second.url}/api/me", cookies=session, timeout=60).status_code == 401
